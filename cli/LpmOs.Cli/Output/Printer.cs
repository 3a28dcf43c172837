using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Session;
using Spectre.Console;

namespace LpmOs.Cli.Output;

/// <summary>Writes answers: tables for people, JSON, YAML and CSV for scripts.</summary>
internal sealed class Printer
{
    private static readonly JsonSerializerOptions Indented = new(ClientJson.Options) { WriteIndented = true };
    private readonly TextWriter _out;

    public Printer(Terminal terminal, OutputFormat format)
    {
        _out = terminal.Out;
        Format = format;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Out),
            Ansi = terminal.Interactive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal.Interactive && terminal.Environment("NO_COLOR") is null or "" ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = terminal.Interactive ? InteractionSupport.Yes : InteractionSupport.No,
        });
        Console.Profile.Width = terminal.Width ?? 10_000;
        // Left to itself it asks the process's terminal, which may have none: moving bars then have no place.
        Console.Profile.Height = terminal.Height;
        Console.Profile.Capabilities.Unicode = true;
    }

    public OutputFormat Format { get; }
    public IAnsiConsole Console { get; }

    /// <summary>A list: <paramref name="whole"/> in JSON and YAML, the rows in tables and CSV.</summary>
    public void List<T>(object whole, IReadOnlyCollection<T> rows, IReadOnlyList<Column<T>> columns, string nothing)
    {
        if (Structured(whole))
            return;
        if (Format == OutputFormat.Csv)
            WriteCsv(rows, columns);
        else if (rows.Count == 0)
            _out.WriteLine(nothing);
        else
            WriteTable(rows, columns);
    }

    /// <summary>One thing: <paramref name="whole"/> in JSON and YAML, its facts in tables and CSV.</summary>
    public void Facts<T>(T whole, IReadOnlyList<Column<T>> facts) where T : class
    {
        if (Structured(whole))
            return;
        if (Format == OutputFormat.Csv)
        {
            WriteCsv([whole], facts);
            return;
        }
        var grid = new Table { Border = TableBorder.None, ShowHeaders = false }.AddColumn("").AddColumn("");
        foreach (var fact in facts)
        {
            if (fact.Value(whole) is { Length: > 0 } value)
                grid.AddRow(new Text(fact.Title, new Style(decoration: Decoration.Dim)), new Text(SafeText.Of(value, '\n')));
        }
        Console.Write(grid);
    }

    /// <summary>True where it was JSON or YAML that was wanted, and is written now.</summary>
    public bool Structured(object whole)
    {
        if (Format == OutputFormat.Json)
            _out.WriteLine(SafeText.OfJson(JsonSerializer.Serialize(whole, whole.GetType(), Indented)));
        else if (Format == OutputFormat.Yaml)
            _out.Write(SafeText.OfJson(YamlText.Of(JsonSerializer.SerializeToElement(whole, whole.GetType(), ClientJson.Options))));
        return Format is OutputFormat.Json or OutputFormat.Yaml;
    }

    /// <summary>One JSON object on one line, for streams.</summary>
    public void JsonLine(object value)
    {
        _out.WriteLine(SafeText.OfJson(JsonSerializer.Serialize(value, value.GetType(), ClientJson.Options)));
        _out.Flush();
    }

    /// <summary>Text of others of any number of lines, ending with a line end.</summary>
    public void Text(string text)
    {
        _out.Write(SafeText.Of(text, '\n', '\t'));
        if (text.Length > 0 && !text.EndsWith('\n'))
            _out.WriteLine();
        _out.Flush();
    }

    /// <summary>A line of text of others.</summary>
    public void Line(string text)
    {
        _out.WriteLine(SafeText.Of(text, '\t'));
        _out.Flush();
    }

    private void WriteCsv<T>(IEnumerable<T> rows, IReadOnlyList<Column<T>> columns)
    {
        _out.WriteLine(CsvText.Line(columns.Select(column => column.Key)));
        foreach (var row in rows)
            _out.WriteLine(CsvText.Line(columns.Select(column => column.Value(row))));
    }

    private void WriteTable<T>(IEnumerable<T> rows, IReadOnlyList<Column<T>> columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column.Title)) { Alignment = column.Right ? Justify.Right : Justify.Left });
        foreach (var row in rows)
            table.AddRow(columns.Select(column => new Text(SafeText.Of(column.Value(row) ?? ""))));
        Console.Write(table);
    }
}
