namespace LpmOs.Cli.Output;

/// <summary>RFC 4180, with line feeds. Control characters other than line feed and tab are shown as escapes, as everywhere.</summary>
internal static class CsvText
{
    public static string Line(IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell));

    private static string Cell(string? value)
    {
        var safe = SafeText.Of(value ?? "", '\n', '\t');
        return safe.AsSpan().ContainsAny(",\"\n\t") || safe.StartsWith(' ') || safe.EndsWith(' ') ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
