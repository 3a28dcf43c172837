using System.Text;

namespace LpmOs.Tasks.Batch;

/// <summary>A record of a CSV file and the line on which it begins, from 1.</summary>
internal sealed record CsvRecord(int Line, IReadOnlyList<string> Fields);

/// <summary>What breaks RFC 4180, and where.</summary>
internal sealed class CsvFormatException(int line, int column, string message) : Exception(message)
{
    public int Line { get; } = line;
    /// <summary>Of the field, from 1.</summary>
    public int Column { get; } = column;
}

/// <summary>Splits CSV text as RFC 4180 says; also takes bare line feeds. White space around a field that is not quoted is taken off.</summary>
internal static class CsvTable
{
    /// <exception cref="CsvFormatException">Thrown from the enumeration.</exception>
    public static IEnumerable<CsvRecord> Read(string text)
    {
        var (at, line) = (0, 1);
        while (at < text.Length)
        {
            var fields = new List<string>();
            var begin = line;
            do
            {
                fields.Add(Field(text, ref at, ref line, fields.Count + 1));
            } while (at < text.Length && text[at++] == ',');
            yield return new CsvRecord(begin, fields);
            line++;
        }
    }

    /// <summary>Reads one field and stops at the comma or line feed after it, or at the end.</summary>
    private static string Field(string text, ref int at, ref int line, int column)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        if (at < text.Length && text[at] == '"')
            return Quoted(text, ref at, ref line, column);
        var start = at;
        while (at < text.Length && text[at] is not (',' or '\n'))
        {
            if (text[at++] == '"')
                throw new CsvFormatException(line, column, "A quotation mark stands inside a field that does not begin with one. Put the field in quotation marks and double the mark.");
        }
        return text[start..at].Trim();
    }

    private static string Quoted(string text, ref int at, ref int line, int column)
    {
        var begin = line;
        var field = new StringBuilder();
        for (at++; ; at++)
        {
            if (at >= text.Length)
                throw new CsvFormatException(begin, column, "The quotation mark that begins this field is never closed.");
            if (text[at] == '"')
            {
                if (at + 1 >= text.Length || text[at + 1] != '"')
                    break;
                at++;
            }
            else if (text[at] == '\n')
            {
                line++;
            }
            field.Append(text[at]);
        }
        at++;
        while (at < text.Length && text[at] is ' ' or '\t' or '\r')
            at++;
        if (at < text.Length && text[at] is not (',' or '\n'))
            throw new CsvFormatException(line, column, "Something follows the closing quotation mark. A mark inside the field must be doubled.");
        return field.ToString();
    }
}
