using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;

namespace LpmOs.Boot.Images;

/// <summary>What one manifest says, or why it does not count.</summary>
internal sealed record ManifestReading(string File, SiteImage? Image, string? Problem);

/// <summary>Reads the manifests <c>images/*.json</c> beside the image files.</summary>
internal static class ImageManifests
{
    public const string Folder = "images";
    private const int MostManifests = 500;
    private const long LargestManifest = 64 * 1024;

    /// <summary>Name, size and time of every file there: while this stays the same, so do the manifests.</summary>
    public static string Stamp(string filesRoot)
    {
        var folder = new DirectoryInfo(Path.Combine(filesRoot, Folder));
        return folder.Exists ? string.Join('\n', folder.EnumerateFiles().Select(f => $"{f.Name} {f.Length} {f.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal)) : "";
    }

    public static IReadOnlyList<ManifestReading> Read(string filesRoot)
    {
        var folder = new DirectoryInfo(Path.Combine(filesRoot, Folder));
        return folder.Exists ? [.. folder.EnumerateFiles("*.json").OrderBy(f => f.Name, StringComparer.Ordinal).Take(MostManifests).Select(ReadOne)] : [];
    }

    private static ManifestReading ReadOne(FileInfo manifest)
    {
        try
        {
            if (manifest.Length > LargestManifest)
                return new(manifest.Name, null, $"it is larger than {LargestManifest} bytes");
            var image = JsonSerializer.Deserialize(File.ReadAllBytes(manifest.FullName), CoreJson.Default.SiteImage);
            if (image is { Signature: null } && IsName(image.File) && Signature(Path.Combine(manifest.DirectoryName!, image.File + ".sig")) is { } signature)
                image = image with { Signature = signature };
            return image is null ? new(manifest.Name, null, "it is empty") : Check(image, manifest.DirectoryName!) is { } problem ? new(manifest.Name, null, problem) : new(manifest.Name, image, null);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return new(manifest.Name, null, e.Message);
        }
    }

    /// <summary>As openssl writes it, in DER, or its Base64; null where there is no such file, or one too long for a signature. What is none is for <see cref="Check"/> to refuse.</summary>
    private static string? Signature(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 and <= 2 * ImageSignature.Longest })
            return null;
        var bytes = File.ReadAllBytes(path);
        // DER begins with SEQUENCE.
        return bytes[0] == 0x30 ? Convert.ToBase64String(bytes) : System.Text.Encoding.ASCII.GetString(bytes).ReplaceLineEndings("").Trim();
    }

    private static string? Check(SiteImage image, string folder)
    {
        if (!IsName(image.Id))
            return $"id '{image.Id}' is not allowed: letters, digits, '.', '_' and '-', at most 100, beginning with a letter or digit";
        if (!IsName(image.File))
            return $"file '{image.File}' is not a plain file name";
        if (!ImageFormats.All.Contains(image.Format))
            return $"format '{image.Format}' is not one of {string.Join(", ", ImageFormats.All)}{(image.Format == "qcow2" ? "; boot/import-disk-image.sh makes raw.zst of it" : "")}";
        if (ImageFormats.IsWholeDisk(image.Format) != image.RawBytes is > 0)
            return ImageFormats.IsWholeDisk(image.Format) ? $"format {image.Format} needs raw_bytes, the size of the disk in it once unpacked" : "raw_bytes is only for images of whole disks";
        if (image.Format == "raw" && image.RawBytes != image.SizeBytes)
            return $"raw_bytes {image.RawBytes} is not size_bytes {image.SizeBytes}, though format raw is not packed";
        if (image.Sha256.Length != 64 || !image.Sha256.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f'))
            return "sha256 is not 64 lower-case hexadecimal digits";
        if (image.Supports.FirstOrDefault(word => !ImageAbilities.All.Contains(word)) is { } other)
            return $"supports has '{other}'; there are: {string.Join(", ", ImageAbilities.All)}";
        if (image.Signature is { } signed && (signed.Length > ImageSignature.Longest || !Convert.TryFromBase64String(signed, new byte[ImageSignature.Longest], out _)))
            return "signature is not the Base64 of a signature in DER (openssl dgst -sha256 -sign KEY -out FILE.sig FILE)";
        var file = new FileInfo(Path.Combine(folder, image.File));
        if (!file.Exists)
            return $"its file {image.File} is not there";
        return file.Length == image.SizeBytes ? null : $"its file {image.File} has {file.Length} bytes, size_bytes says {image.SizeBytes}: it is still being copied, or broken";
    }

    private static bool IsName(string? text) =>
        text is { Length: > 0 and <= 100 } && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
