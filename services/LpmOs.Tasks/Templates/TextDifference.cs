using System.Globalization;
using System.Text;

namespace LpmOs.Tasks.Templates;

/// <summary>Line by line, in the unified form of diff(1). Longest common subsequence over what lies between the common beginning and end.</summary>
internal static class TextDifference
{
    private const int Context = 3;
    /// <summary>Beyond this many pairs of lines the middle is shown as replaced whole: nobody reads such a difference, and its table would fill the memory.</summary>
    private const long MostPairs = 25_000_000;

    public static (string Text, int Added, int Removed) Unified(string from, string to, string fromName, string toName)
    {
        var edits = Edits(Lines(from), Lines(to));
        var (added, removed) = (edits.Count(edit => edit.Kind == '+'), edits.Count(edit => edit.Kind == '-'));
        if (added == 0 && removed == 0)
            return ("", 0, 0);
        var text = new StringBuilder($"--- {fromName}\n+++ {toName}\n");
        for (var i = 0; i < edits.Count;)
        {
            var change = edits.FindIndex(i, edit => edit.Kind != ' ');
            if (change < 0)
                break;
            var (start, end) = (Math.Max(i, change - Context), change);
            while (end < edits.Count && edits.FindIndex(end, edit => edit.Kind != ' ') is >= 0 and var next && next - end <= 2 * Context)
                end = next + 1;
            end = Math.Min(edits.Count, end + Context);
            Hunk(text, edits, start, end);
            i = end;
        }
        return (text.ToString(), added, removed);
    }

    private static void Hunk(StringBuilder text, List<(char Kind, string Line)> edits, int start, int end)
    {
        int Count(int first, int last, char other) => edits.GetRange(first, last - first).Count(edit => edit.Kind != other);
        var (oldLines, newLines) = (Count(start, end, '+'), Count(start, end, '-'));
        var (oldStart, newStart) = (Count(0, start, '+') + (oldLines > 0 ? 1 : 0), Count(0, start, '-') + (newLines > 0 ? 1 : 0));
        text.Append(CultureInfo.InvariantCulture, $"@@ -{oldStart},{oldLines} +{newStart},{newLines} @@\n");
        foreach (var (kind, line) in edits.GetRange(start, end - start))
        {
            text.Append(kind).Append(line);
            if (!line.EndsWith('\n'))
                text.Append("\n\\ No newline at end of file\n");
        }
    }

    private static List<(char Kind, string Line)> Edits(List<string> a, List<string> b)
    {
        var head = 0;
        while (head < a.Count && head < b.Count && a[head] == b[head])
            head++;
        var tail = 0;
        while (tail < a.Count - head && tail < b.Count - head && a[^(tail + 1)] == b[^(tail + 1)])
            tail++;
        List<(char, string)> edits = [.. a.Take(head).Select(line => (' ', line))];
        Middle(edits, a.GetRange(head, a.Count - head - tail), b.GetRange(head, b.Count - head - tail));
        edits.AddRange(a.Skip(a.Count - tail).Select(line => (' ', line)));
        return edits;
    }

    private static void Middle(List<(char, string)> edits, List<string> a, List<string> b)
    {
        if ((long)a.Count * b.Count > MostPairs)
        {
            edits.AddRange(a.Select(line => ('-', line)));
            edits.AddRange(b.Select(line => ('+', line)));
            return;
        }
        // common[i, j]: length of the longest common subsequence of what follows.
        var common = new int[a.Count + 1, b.Count + 1];
        for (var i = a.Count - 1; i >= 0; i--)
        {
            for (var j = b.Count - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        var (x, y) = (0, 0);
        while (x < a.Count || y < b.Count)
        {
            if (x < a.Count && y < b.Count && a[x] == b[y])
                (edits, x, y) = (Add(edits, ' ', a[x]), x + 1, y + 1);
            else if (x < a.Count && (y == b.Count || common[x + 1, y] >= common[x, y + 1]))
                edits.Add(('-', a[x++]));
            else
                edits.Add(('+', b[y++]));
        }
    }

    private static List<(char, string)> Add(List<(char, string)> edits, char kind, string line)
    {
        edits.Add((kind, line));
        return edits;
    }

    /// <summary>With their line ends, so that a missing last one is a difference.</summary>
    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }
        return lines;
    }
}
