using System.Text.Json;
using LpmOs.Testing;

namespace LpmOs.Bench.Report;

/// <summary>Makes the report of what another program measured.</summary>
internal static class SheetReport
{
    /// <exception cref="InvalidDataException">The file is no sheet, or a round has not two figures.</exception>
    public static (BenchReport Report, string LoadBefore) Read(string target, string file)
    {
        FigureSheet sheet;
        try
        {
            // The sheet's own program wrote it with the serializer's names.
            sheet = JsonSerializer.Deserialize<FigureSheet>(File.ReadAllBytes(file)) ?? throw new InvalidDataException($"{file} is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file} is no sheet of figures: {e.Message}", e);
        }
        var report = new BenchReport(target, sheet.Title);
        foreach (var row in sheet.Rows)
        {
            if (row.Rounds.Count == 0 || row.Rounds.Any(round => round.Length != 2))
                throw new InvalidDataException($"{file}: each round of '{row.What}' needs two figures, ours and theirs.");
            report.Add(Row.Of(row.What, row.Unit, row.Against, row.Sense, [.. row.Rounds.Select(round => (round[0], round[1]))], (ours, theirs) => ours / theirs) with { AtLeast = row.AtLeast, AtMost = row.AtMost });
        }
        foreach (var note in sheet.Notes)
            report.Note(note);
        return (report, sheet.LoadBefore);
    }
}
