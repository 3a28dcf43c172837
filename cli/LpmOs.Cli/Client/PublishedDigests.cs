using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace LpmOs.Cli.Client;

/// <summary>
/// Digests as vendors publish them: lines of sha256sum, sha384sum and sha512sum (GNU coreutils, and with --tag), Flatcar's DIGESTS (the same lines below «# SHA512 HASH»),
/// [checksums] of a .treeinfo file (productmd), and Fedora CoreOS's stream metadata, whose names are whole addresses. What is no such line is passed over; of several
/// digests of one name SHA-256 counts before SHA-512, SHA-384, and those that prove nothing (SHA-1, MD5), and of the same kind the first.
/// </summary>
internal sealed partial class PublishedDigests
{
    /// <summary>Characters of a list: Debian's has some hundred lines, openSUSE's some thousand.</summary>
    public const int Longest = 16 << 20;
    private const int LongestLine = 4096;
    private const int ShownNames = 12;
    /// <summary>The best first, with the number of hexadecimal digits.</summary>
    private static readonly (HashAlgorithmName Name, int Digits)[] Known =
        [(HashAlgorithmName.SHA256, 64), (HashAlgorithmName.SHA512, 128), (HashAlgorithmName.SHA384, 96), (HashAlgorithmName.SHA1, 40), (HashAlgorithmName.MD5, 32)];

    private readonly Dictionary<string, PublishedFile> _files;

    private PublishedDigests(Dictionary<string, PublishedFile> files) => _files = files;

    /// <summary>What the files' digests are made with, as far as it proves anything.</summary>
    public IEnumerable<HashAlgorithmName> Algorithms => _files.Values.Where(file => file.IsTrusted).Select(file => file.Algorithm).Distinct();

    /// <exception cref="FormatException">JSON that is no stream metadata; the message is the path of what is wrong with it.</exception>
    public static PublishedDigests Parse(string text)
    {
        if (text.AsSpan().TrimStart() is ['{', ..])
            return new PublishedDigests(StreamMetadata.Read(text).ToDictionary(one => one.Key, one => new PublishedFile(one.Key, HashAlgorithmName.SHA256, one.Value), StringComparer.Ordinal));
        var all = new PublishedDigests(new Dictionary<string, PublishedFile>(StringComparer.Ordinal));
        string? heading = null;
        foreach (var line in text.Split('\n').Where(line => line.Length <= LongestLine))
        {
            if (Heading().Match(line) is { Success: true } above)
                heading = above.Groups["kind"].Value;
            else if (Sum().Match(line) is { Success: true } found)
                all.Add(found.Groups["name"].Value, found.Groups["kind"] is { Success: true } kind ? kind.Value : heading, found.Groups["digest"].Value.ToLowerInvariant());
        }
        return all;
    }

    /// <param name="digests">Of a file, by algorithm.</param>
    public bool Has(IReadOnlyDictionary<HashAlgorithmName, string> digests) =>
        _files.Values.Any(file => file.IsTrusted && digests.TryGetValue(file.Algorithm, out var digest) && digest == file.Digest);

    /// <summary>The files of an address, in the order of their names: none where the list does not name it, several where '*' in the address fits several.</summary>
    /// <param name="list">The list's own address: names are relative to its folder, unless they are addresses themselves.</param>
    /// <param name="file">In it '*' stands for anything but '/': what changes with each release.</param>
    public IReadOnlyList<PublishedFile> Of(string list, string file)
    {
        var folder = list[..(list.LastIndexOf('/') + 1)];
        var relative = file.StartsWith(folder, StringComparison.Ordinal) ? file[folder.Length..] : null;
        if (!file.Contains('*', StringComparison.Ordinal))
            return (relative is not null && _files.TryGetValue(relative, out var one)) || _files.TryGetValue(file, out one) ? [one with { Address = file }] : [];
        return [.. _files.Values.Where(one => Fits(relative, one.Address)).Select(one => one with { Address = folder + one.Address })
            .Concat(_files.Values.Where(one => Fits(file, one.Address)))
            .OrderBy(one => one.Address, StringComparer.Ordinal)];
    }

    /// <summary>Some of the names, for messages.</summary>
    public string Names() => _files.Count == 0 ? "-" : string.Join(", ", _files.Keys.Take(ShownNames)) + (_files.Count > ShownNames ? ", …" : "");

    /// <param name="kind">What the list says that it is; null: the number of its digits tells.</param>
    private void Add(string name, string? kind, string digest)
    {
        var rank = Array.FindIndex(Known, known => known.Digits == digest.Length && (kind is null || string.Equals(kind.Replace("-", "", StringComparison.Ordinal), known.Name.Name, StringComparison.OrdinalIgnoreCase)));
        var plain = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        if (rank >= 0 && (!_files.TryGetValue(plain, out var there) || rank < Array.FindIndex(Known, known => known.Name == there.Algorithm)))
            _files[plain] = new PublishedFile(plain, Known[rank].Name, digest);
    }

    private static bool Fits(string? pattern, string name) =>
        pattern is not null && Regex.IsMatch(name, $"^{string.Join("[^/]*", pattern.Split('*').Select(Regex.Escape))}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);

    /// <summary>BLAKE2b has as many digits as SHA-512: below such a heading nothing else is meant.</summary>
    [GeneratedRegex(@"^# *(?<kind>[A-Za-z0-9-]+) +HASH\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*(?:(?<digest>[0-9A-Fa-f]{32,128}) +\*?(?<name>[^\s*].*?)|(?<kind>[A-Za-z0-9-]+) \((?<name>.+)\) = (?<digest>[0-9A-Fa-f]{32,128})|(?<name>\S+) = (?<kind>[A-Za-z0-9-]+):(?<digest>[0-9A-Fa-f]{32,128}))\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Sum();
}
