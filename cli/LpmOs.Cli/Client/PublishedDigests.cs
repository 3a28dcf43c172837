using System.Text.RegularExpressions;

namespace LpmOs.Cli.Client;

/// <summary>
/// SHA-256 digests as vendors publish them: lines of sha256sum (GNU coreutils, and with --tag), and [checksums] of a .treeinfo file (productmd). What is no such line,
/// or has another kind of digest, is passed over.
/// </summary>
internal sealed partial class PublishedDigests
{
    /// <summary>Characters of a list: Debian's has some hundred lines, openSUSE's some thousand.</summary>
    public const int Longest = 16 << 20;
    private const int LongestLine = 4096;
    private const int ShownNames = 12;

    private readonly Dictionary<string, string> _digests = new(StringComparer.Ordinal);

    public static PublishedDigests Parse(string text)
    {
        var all = new PublishedDigests();
        foreach (var line in text.Split('\n'))
        {
            if (line.Length <= LongestLine && Sum().Match(line) is { Success: true } found)
                all._digests.TryAdd(Plain(found.Groups["name"].Value), found.Groups["digest"].Value.ToLowerInvariant());
        }
        return all;
    }

    public bool Has(string digest) => _digests.ContainsValue(digest);

    /// <summary>The digest of a file by its address; null where the list does not name it.</summary>
    /// <param name="list">The list's own address: names are relative to its folder.</param>
    public string? Of(string list, string file)
    {
        var folder = list[..(list.LastIndexOf('/') + 1)];
        return file.StartsWith(folder, StringComparison.Ordinal) && _digests.TryGetValue(file[folder.Length..], out var digest) ? digest : null;
    }

    /// <summary>Some of the names, for messages.</summary>
    public string Names() => _digests.Count == 0 ? "-" : string.Join(", ", _digests.Keys.Take(ShownNames)) + (_digests.Count > ShownNames ? ", …" : "");

    private static string Plain(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;

    [GeneratedRegex(@"^\s*(?:(?<digest>[0-9A-Fa-f]{64}) [ *](?<name>\S.*?)|SHA256 \((?<name>.+)\) = (?<digest>[0-9A-Fa-f]{64})|(?<name>\S+) = sha256:(?<digest>[0-9A-Fa-f]{64}))\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Sum();
}
