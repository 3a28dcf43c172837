using System.Globalization;
using System.Text.RegularExpressions;

namespace LpmOs.Agent.Tests;

/// <summary>One line of a recorded machine: a kind, perhaps a name, and <c>key=value</c> or <c>key="some value"</c>.</summary>
internal sealed partial record Fact(string Kind, string Name, IReadOnlyDictionary<string, string> Values)
{
    public string? this[string key] => Values.GetValueOrDefault(key);

    public bool Has(string key) => Values.ContainsKey(key);

    public long Number(string key) => this[key] is { } text ? text.StartsWith("0x", StringComparison.Ordinal) ? long.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : long.Parse(text, CultureInfo.InvariantCulture) : 0;

    public static IEnumerable<Fact> Parse(string text)
    {
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var head = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
            var name = head.Length > 1 && !head[1].Contains('=', StringComparison.Ordinal) ? head[1] : "";
            yield return new Fact(head[0], name, Pair().Matches(line).ToDictionary(match => match.Groups["key"].Value, match => match.Groups["text"].Success ? match.Groups["text"].Value : match.Groups["word"].Value));
        }
    }

    [GeneratedRegex("""(?<=\s)(?<key>[a-z0-9_/]+)=(?:"(?<text>[^"]*)"|(?<word>\S*))""")]
    private static partial Regex Pair();
}
