using System.Globalization;
using LpmOs.Boot.Files;

namespace LpmOs.Boot.Http;

/// <summary>What is said of a file, whichever way it is sent.</summary>
internal static class FileHeaders
{
    /// <summary>A strong entity tag (RFC 9110, section 8.8.3), with its quotes.</summary>
    public static string EntityTag(AssetFile file) => string.Create(CultureInfo.InvariantCulture, $"\"{file.LastModified.UtcTicks:x}-{file.Size:x}\"");

    /// <summary>UEFI HTTP boot tells a boot program from a disk image by its type (UEFI specification, section 24.7.3.1).</summary>
    public static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".efi" => "application/efi",
        ".json" => "application/json",
        ".ipxe" or ".txt" => "text/plain",
        _ => "application/octet-stream",
    };
}
