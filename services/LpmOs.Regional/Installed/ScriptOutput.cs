using System.Buffers.Text;
using System.Text;

namespace LpmOs.Regional.Installed;

/// <summary>What scripts said at the first boot, as lines for the task's log.</summary>
internal static class ScriptOutput
{
    /// <summary>Base64 of 60,000 bytes, and some.</summary>
    public const int Longest = 90_000;
    private const int MostLines = 1000;
    private const int LongestLine = 4096;

    /// <summary>Empty where it is none, or not Base64: no log is worth an installation.</summary>
    public static IReadOnlyList<string> Lines(string? output)
    {
        if (string.IsNullOrEmpty(output) || !Base64.IsValid(output))
            return [];
        var lines = Encoding.UTF8.GetString(Convert.FromBase64String(output)).Split('\n').Select(line => Printable(line.TrimEnd('\r'))).Where(line => line.Length > 0).ToList();
        return lines.Count > MostLines ? lines.GetRange(lines.Count - MostLines, MostLines) : lines;
    }

    private static string Printable(string line) => string.Concat((line.Length > LongestLine ? line[..LongestLine] : line).Select(c => char.IsControl(c) && c != '\t' ? '?' : c));
}
