using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LpmOs.Bench.Report;

/// <summary>docs/bench/README.md: every target that was measured, what it reached, and its worst rows.</summary>
internal static class BenchIndex
{
    private const int Worst = 2;

    /// <param name="folder">docs/bench of the checkout.</param>
    public static void Write(string folder)
    {
        var page = new StringBuilder("# What was measured\n\nWritten by `make bench` from the JSON of each target beside it; every row of a target's page is a ratio measured in alternation in one run. ");
        page.Append("A margin of 1.00 is what was asked for, or as good as the other; less is worse.\n\n| target | when | rows asked for that are reached | worst rows | margin |\n| --- | --- | --- | --- | --- |\n");
        var faults = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(file), BenchJson.Default.BenchDocument) ?? throw new InvalidDataException($"{file} is empty.");
            var asked = document.Rows.Where(row => row.Reached is not null).ToList();
            // What was asked for comes first; a peer that nobody asked us to reach is told where nothing was.
            var worst = (asked.Count > 0 ? asked : document.Rows).OrderBy(row => row.Margin).Take(Worst).ToList();
            page.Append(CultureInfo.InvariantCulture, $"| [{document.Title ?? document.Target}]({document.Target}.md) | {document.Machine.At:yyyy-MM-dd} | {asked.Count(row => row.Reached == true)} of {asked.Count} | ");
            page.Append(CultureInfo.InvariantCulture, $"{string.Join("<br>", worst.Select(row => $"{row.What}: {BenchReport.Text(row.Ratio)} {row.Sense} ({row.Against}) {BenchReport.Asked(row)}".TrimEnd()))} | {string.Join("<br>", worst.Select(row => row.Margin.ToString("F2", CultureInfo.InvariantCulture)))} |\n");
            faults.AddRange(document.Faults.Select(fault => $"- **Failed** in {document.Target}: {fault}\n"));
        }
        page.Append('\n').AppendJoin("", faults);
        foreach (var (name, what) in new[] { ("where-the-time-goes.md", "Where the time of an installation goes, beside what the machine can do at most"), ("twins.md", "A fleet of machines that speak the real protocols: what it costs, and the curve") })
        {
            if (File.Exists(Path.Combine(folder, name)))
                page.Append(CultureInfo.InvariantCulture, $"- [{what}]({name})\n");
        }
        File.WriteAllText(Path.Combine(folder, "README.md"), page.ToString());
    }
}
