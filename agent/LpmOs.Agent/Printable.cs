using System.Text;

namespace LpmOs.Agent;

/// <summary>Makes text from firmware, disks and peers fit for a console, a log and JSON.</summary>
internal static class Printable
{
    /// <summary>Control characters and broken encodings out, runs of blanks joined, ends trimmed, at most <paramref name="longest"/> characters.</summary>
    public static string Clean(string? text, int longest = 200)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var clean = new StringBuilder(Math.Min(text.Length, longest));
        foreach (var rune in text.EnumerateRunes())
        {
            var blank = rune == Rune.ReplacementChar || Rune.IsControl(rune) || Rune.IsWhiteSpace(rune);
            if (blank && (clean.Length == 0 || clean[^1] == ' '))
                continue;
            if (clean.Length + rune.Utf16SequenceLength > longest)
                break;
            if (blank)
                clean.Append(' ');
            else
                clean.Append(rune.ToString());
        }
        return clean.ToString().TrimEnd();
    }

    /// <summary>Decodes bytes that should be UTF-8 but may be anything.</summary>
    public static string Clean(ReadOnlySpan<byte> bytes, int longest = 200) => Clean(Encoding.UTF8.GetString(bytes), longest);
}
