using System.Text.Json;
using LpmOs.Bench.Report;

namespace LpmOs.Bench.Installation;

/// <summary>The whole installation of a BIOS server beside the plain shell lab: the rows of the report, and the page of where the time goes.</summary>
internal static class InstallBench
{
    private const string Lab = "plain shell lab", Longer = "times as long";
    /// <summary>Below this a ratio of two phases says nothing.</summary>
    private const double TooShort = 0.2;

    /// <param name="marks">The file that tests/LpmOs.EndToEnd/Figures wrote.</param>
    /// <param name="folder">docs/bench of the checkout.</param>
    public static BenchReport Report(string marks, BenchMachine machine, string folder)
    {
        var measured = JsonSerializer.Deserialize(File.ReadAllBytes(marks), BenchJson.Default.InstallMarks) is { Rounds.Count: > 0 } some ? some : throw new InvalidDataException($"{marks} has no whole round.");
        var report = new BenchReport("install", "The whole installation of a BIOS server beside the plain shell lab");
        report.Add(Row.Of("power-on to the login of the new system", "s", Lab, Longer, [.. measured.Rounds.Select(round => (round.Ours.Values.Sum(), round.Install.Values.Sum()))], ByTheirs) with { AtMost = 1.3 });
        foreach (var phase in InstallPhase.All)
        {
            var pairs = measured.Rounds.Where(round => round.Install.GetValueOrDefault(phase.Key) >= TooShort).Select(round => (round.Ours[phase.Key], round.Install[phase.Key])).ToList();
            if (pairs.Count > 0)
                report.Add(Row.Of(phase.What, "s", Lab, Longer, pairs, ByTheirs));
        }
        Asked("first program to the report that was taken", "report", 10);
        Asked("approval to the agent's start, the making of the task included", "approval", 1);
        foreach (var note in measured.Notes)
            report.Note(note);
        report.Note("One virtual server at a time (QEMU in software emulation, two processors, virtio), the same kernel, image, disk and wire for both; ours checks the image's SHA-256 and the disk against the plan, the shell lab checks nothing. Where the time goes: [where-the-time-goes.md](where-the-time-goes.md).");
        TimeSplit.Write(Path.Combine(folder, "where-the-time-goes.md"), measured, machine);
        return report;

        void Asked(string what, string phase, double seconds) =>
            report.Add(Row.AtMostOf(what, "s", seconds, [.. measured.Rounds.Select(round => round.Ours[phase])]));
    }

    private static double ByTheirs(double ours, double theirs) => ours / theirs;
}
