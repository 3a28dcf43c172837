using System.Text.RegularExpressions;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Hosting;

/// <summary>docs/configuration.md promises every setting: its table and the keys in the services' sources are compared both ways.</summary>
public sealed partial class ConfigurationPageTests
{
    /// <summary>Of no use to a person: how many servers share a process, and a setting of former versions that is taken over once.</summary>
    private static readonly string[] Inner = ["Hosting:Servers", "Tasks:Operators"];

    private static readonly IReadOnlyList<string> Sources =
        [.. Directory.EnumerateFiles(Path.Join(Repository.Root, "services"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)).Select(File.ReadAllText)];

    /// <summary>Keys of the table. A short one has the section of the one before it; the place in a list is left out.</summary>
    private static readonly IReadOnlyList<string> Documented = [.. File.ReadLines(Path.Join(Repository.Root, "docs", "configuration.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line =>
    {
        var section = "";
        return Word().Matches(line[..line.IndexOf('|', 1)]).Select(match => match.Groups[1].Value.Replace(":0:", ":", StringComparison.Ordinal)).Select(word =>
        {
            if (word.LastIndexOf(':') is > 0 and var end)
                section = word[..(end + 1)];
            return word.Contains(':', StringComparison.Ordinal) ? word : section + word;
        }).ToList();
    })];

    [Fact]
    public void Every_key_that_a_service_reads_is_in_the_table()
    {
        var keys = Sources.SelectMany(source => Key().Matches(source).Select(match => match.Groups[1].Value)).Distinct().ToList();
        Assert.True(keys.Count > 70, $"Only {keys.Count} keys were found in the sources.");
        // The name of a whole section may stand alone.
        Assert.Empty(keys.Except(Inner).Where(key => !Documented.Contains(key) && !Documented.Any(known => known.StartsWith(key + ":", StringComparison.Ordinal))).Order());
        // The section of these is put in when the service runs.
        var names = Sources.SelectMany(source => Composed().Matches(source).Select(match => match.Groups[1].Value)).Distinct().ToList();
        Assert.NotEmpty(names);
        Assert.Empty(names.Where(name => !Documented.Any(known => $":{known}:".Contains($":{name}:", StringComparison.Ordinal))).Order());
    }

    [Fact]
    public void Every_key_of_the_table_is_read()
    {
        Assert.True(Documented.Count > 80, $"Only {Documented.Count} keys were found in the table.");
        Assert.Empty(Documented.Where(key =>
        {
            var (section, name) = key.LastIndexOf(':') is > 0 and var at ? (key[..at], key[(at + 1)..]) : ("", key);
            return !Sources.Any(source => source.Contains($"\"{key}\"", StringComparison.Ordinal) || (section.Length > 0
                && (source.Contains($"\"{section}\"", StringComparison.Ordinal) || source.Contains($"\"{section}:{{", StringComparison.Ordinal)) && (source.Contains($"\"{name}\"", StringComparison.Ordinal) || source.Contains($"}}:{name}\"", StringComparison.Ordinal))));
        }).Order());
    }

    /// <summary>A literal that looks like a key: words with capitals, between them colons, and nothing else.</summary>
    [GeneratedRegex("(?<!\\w)\"([A-Z][A-Za-z]+(?::[A-Z][A-Za-z]+)+)\"")]
    private static partial Regex Key();

    [GeneratedRegex("\\$\"\\{\\w+\\}:([A-Z][A-Za-z]+)\"")]
    private static partial Regex Composed();

    [GeneratedRegex("`([A-Za-z0-9:]+)`")]
    private static partial Regex Word();
}
