using System.Text.RegularExpressions;

namespace LpmOs.Cli.Client;

/// <summary>
/// SHA-256 digests as vendors publish them: lines of sha256sum (GNU coreutils, and with --tag), [checksums] of a .treeinfo file (productmd), and Fedora CoreOS's
/// stream metadata, whose names are whole addresses. What is no such line, or has another kind of digest, is passed over.
/// </summary>
internal sealed partial class PublishedDigests
{
    /// <summary>Characters of a list: Debian's has some hundred lines, openSUSE's some thousand.</summary>
    public const int Longest = 16 << 20;
    private const int LongestLine = 4096;
    private const int ShownNames = 12;

    private readonly Dictionary<string, string> _digests;

    private PublishedDigests(Dictionary<string, string> digests) => _digests = digests;

    /// <exception cref="FormatException">JSON that is no stream metadata; the message is the path of what is wrong with it.</exception>
    public static PublishedDigests Parse(string text)
    {
        if (text.AsSpan().TrimStart() is ['{', ..])
            return new PublishedDigests(StreamMetadata.Read(text));
        var all = new PublishedDigests(new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var line in text.Split('\n'))
        {
            if (line.Length <= LongestLine && Sum().Match(line) is { Success: true } found)
                all._digests.TryAdd(Plain(found.Groups["name"].Value), found.Groups["digest"].Value.ToLowerInvariant());
        }
        return all;
    }

    public bool Has(string digest) => _digests.ContainsValue(digest);

    /// <summary>The files of an address, in the order of their names: none where the list does not name it, several where '*' in the address fits several.</summary>
    /// <param name="list">The list's own address: names are relative to its folder, unless they are addresses themselves.</param>
    /// <param name="file">In it '*' stands for anything but '/': what changes with each release.</param>
    public IReadOnlyList<PublishedFile> Of(string list, string file)
    {
        var folder = list[..(list.LastIndexOf('/') + 1)];
        var relative = file.StartsWith(folder, StringComparison.Ordinal) ? file[folder.Length..] : null;
        if (!file.Contains('*', StringComparison.Ordinal))
            return (relative is not null && _digests.TryGetValue(relative, out var digest)) || _digests.TryGetValue(file, out digest) ? [new(file, digest)] : [];
        return [.. _digests.Where(one => Fits(relative, one.Key)).Select(one => new PublishedFile(folder + one.Key, one.Value))
            .Concat(_digests.Where(one => Fits(file, one.Key)).Select(one => new PublishedFile(one.Key, one.Value)))
            .OrderBy(one => one.Address, StringComparer.Ordinal)];
    }

    /// <summary>Some of the names, for messages.</summary>
    public string Names() => _digests.Count == 0 ? "-" : string.Join(", ", _digests.Keys.Take(ShownNames)) + (_digests.Count > ShownNames ? ", …" : "");

    private static string Plain(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;

    private static bool Fits(string? pattern, string name) =>
        pattern is not null && Regex.IsMatch(name, $"^{string.Join("[^/]*", pattern.Split('*').Select(Regex.Escape))}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);

    [GeneratedRegex(@"^\s*(?:(?<digest>[0-9A-Fa-f]{64}) +\*?(?<name>[^\s*].*?)|SHA256 \((?<name>.+)\) = (?<digest>[0-9A-Fa-f]{64})|(?<name>\S+) = sha256:(?<digest>[0-9A-Fa-f]{64}))\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Sum();
}
