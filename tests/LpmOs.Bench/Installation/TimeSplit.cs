using System.Globalization;
using System.Text;
using LpmOs.Bench.Report;

namespace LpmOs.Bench.Installation;

/// <summary>docs/bench/where-the-time-goes.md: the wall time of an installation by phase, beside what each can take at least on the same machine.</summary>
internal static class TimeSplit
{
    private const int Worst = 3;

    public static void Write(string file, InstallMarks measured, BenchMachine machine)
    {
        var phases = InstallPhase.All.Select(phase => new Measured(
            phase, Spread.Of(measured.Rounds.Select(round => round.Ours[phase.Key])), phase.Limit is { } limit ? Spread.Of(measured.Rounds.Select(limit)) : null,
            Spread.Of(measured.Rounds.Select(round => round.Ours[phase.Key] - (phase.Limit?.Invoke(round) ?? 0))))).ToList();
        var total = phases.Sum(phase => phase.Ours.Median);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# Where the time of an installation goes\n\nWritten by `make bench TARGET=install` on {machine.At:yyyy-MM-dd HH:mm} UTC, from the same rounds as [install.md](install.md). {machine.Processor}, {machine.Processors} processors, {machine.System}; load {machine.LoadBefore} at the beginning, {machine.LoadAfter} at the end. ");
        page.Append(CultureInfo.InvariantCulture, $"A BIOS server in QEMU's software emulation, Debian 12 from a tar.zst; {measured.Rounds.Count} rounds, each cell minimum / median / maximum in seconds. The limit of a phase is what the same virtual machine needs, in the same round, for that alone.\n\n");
        page.Append("| phase | ours, s | part of it | limit, s | what the limit is | ours by the limit |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var phase in phases)
        {
            var (limit, ratio) = phase.Limit is { } least ? (BenchReport.Text(least), (phase.Ours.Median / least.Median).ToString("F2", CultureInfo.InvariantCulture)) : ("none", "");
            page.Append(CultureInfo.InvariantCulture, $"| {phase.Phase.What} | {BenchReport.Text(phase.Ours)} | {phase.Ours.Median / total:P0} | {limit} | {phase.Phase.LimitIs} | {ratio} |\n");
        }
        page.Append(CultureInfo.InvariantCulture, $"\nAll phases at their median: {total:F1} s; all limits at theirs: {phases.Sum(phase => phase.Limit?.Median ?? 0):F1} s.\n\nThe phases that lose most beside their limit:\n\n");
        foreach (var (place, phase) in phases.OrderByDescending(phase => phase.Lost.Median).Take(Worst).Index())
            page.Append(CultureInfo.InvariantCulture, $"{place + 1}. {phase.Phase.What}: {BenchReport.Text(phase.Lost)} s more\n");
        var image = measured.Rounds;
        page.Append(CultureInfo.InvariantCulture, $"\nThe image alone, in the guest: HTTP {Seconds("http")} s, zstd -d {Seconds("zstd")} s, dd {Seconds("dd")} s; the shell lab's `wget | zstd | tar`, which shares two emulated processors between them, {BenchReport.Text(Spread.Of(image.Select(round => round.Install["image"])))} s.\n");
        File.WriteAllText(file, page.ToString());

        string Seconds(string limit) => BenchReport.Text(Spread.Of(image.Select(round => round.Limits[limit])));
    }

    /// <param name="Lost">Ours less the limit, of each round.</param>
    private sealed record Measured(InstallPhase Phase, Spread Ours, Spread? Limit, Spread Lost);
}
