using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LpmOs.Bench.Installation;
using LpmOs.Bench.Twins;

namespace LpmOs.Bench.Report;

/// <summary>What one target measured: printed as it comes, kept as JSON for programs and as a page for people.</summary>
internal sealed class BenchReport(string target, string title)
{
    private readonly List<Row> _rows = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _faults = [];

    public bool Failed => _faults.Count > 0;

    public void Add(Row row)
    {
        _rows.Add(row);
        Console.WriteLine(Line(row));
    }

    public void Note(string text)
    {
        _notes.Add(text);
        Console.WriteLine($"  {text}");
    }

    /// <summary>Something that must not be, whatever the figures are.</summary>
    public void Fail(string text)
    {
        _faults.Add(text);
        Console.Error.WriteLine($"bench: {text}");
    }

    /// <param name="folder">docs/bench of the checkout.</param>
    public void Write(string folder, BenchMachine machine)
    {
        Directory.CreateDirectory(folder);
        var document = new BenchDocument { Target = target, Title = title, Machine = machine, Rows = _rows, Notes = _notes, Faults = _faults };
        File.WriteAllText(Path.Combine(folder, $"{target}.json"), JsonSerializer.Serialize(document, BenchJson.Default.BenchDocument) + "\n");
        File.WriteAllText(Path.Combine(folder, $"{target}.md"), Markdown(machine));
        BenchIndex.Write(folder);
    }

    private string Markdown(BenchMachine machine)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {title}\n\nWritten by `make bench TARGET={target}` on {machine.At:yyyy-MM-dd HH:mm} UTC. {machine.Processor}, {machine.Processors} processors, {machine.MemoryGb} GB, {machine.System}, .NET {machine.Runtime}{(machine.Etcd is { } etcd ? $", {etcd}" : "")}; load {machine.LoadBefore} at the beginning, {machine.LoadAfter} at the end. Each cell: minimum / median / maximum of the rounds; ours and the other in alternation.\n\n");
        page.Append("| what | unit | ours | against | theirs | ratio | asked |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var row in _rows)
            page.Append(CultureInfo.InvariantCulture, $"| {row.What} | {row.Unit} | {Text(row.Ours)} | {row.Against} | {Text(row.Theirs)} | {Text(row.Ratio)} {row.Sense} | {Asked(row)} |\n");
        foreach (var text in _notes.Prepend("").Concat(_faults.Select(fault => $"**Failed:** {fault}")))
            page.Append(text.Length == 0 ? "\n" : $"- {text}\n");
        return page.ToString();
    }

    private static string Line(Row row) => string.Create(CultureInfo.InvariantCulture,
        $"{row.What}\n  ours {Text(row.Ours)} {row.Unit}; {row.Against} {Text(row.Theirs)}; {Text(row.Ratio)} {row.Sense}   {Asked(row)}");

    public static string Asked(Row row) => (row.AtLeast, row.AtMost, row.Reached) switch
    {
        (null, null, _) => "",
        ({ } least, _, var reached) => string.Create(CultureInfo.InvariantCulture, $"at least {least:0.##}: {(reached == true ? "reached" : "missed")}"),
        (_, { } most, var reached) => string.Create(CultureInfo.InvariantCulture, $"at most {most:0.##}: {(reached == true ? "reached" : "missed")}"),
    };

    public static string Text(Spread spread) => $"{Text(spread.Min)} / {Text(spread.Median)} / {Text(spread.Max)}";

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "F0" : Math.Abs(value) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BenchDocument))]
[JsonSerializable(typeof(InstallMarks))]
[JsonSerializable(typeof(FleetFigures))]
internal sealed partial class BenchJson : JsonSerializerContext;
