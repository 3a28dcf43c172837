using System.Globalization;
using System.Text;
using System.Text.Json;
using LpmOs.Bench.Report;

namespace LpmOs.Bench.Twins;

/// <summary>The table of how the cost of a fleet grows with its size, in docs/bench/twins.md.</summary>
internal static class TwinsCurve
{
    private const string Begin = "## The curve";

    /// <param name="page">twins.md; what stands there before the curve stays.</param>
    /// <param name="runs">What each run wrote, the smallest fleet first.</param>
    public static void Write(string page, IEnumerable<string> runs, BenchMachine machine)
    {
        var fleets = runs.Select(file => JsonSerializer.Deserialize(File.ReadAllBytes(file), BenchJson.Default.FleetFigures) ?? throw new InvalidDataException($"{file} is empty.")).OrderBy(fleet => fleet.Machines).ToList();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Begin}\n\nWritten by `make twins N=\"{string.Join(' ', fleets.Select(fleet => fleet.Machines))}\"` on {machine.At:yyyy-MM-dd HH:mm} UTC, each fleet with an etcd and services of its own. {machine.Processor}, {machine.Processors} processors, which carry the machines too; load {machine.LoadBefore} at the beginning.\n\n");
        text.Append("| machines | all wait, s | approval to agent, ms (median / 99%) | all installed, s | installed a second | processor time for one installation, ms (Tasks / Regional / Boot) | waiting: % of a processor (T / R / B) | waiting: MB (T / R / B) | MB at most (T / R / B) | etcd transactions a machine | faults |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var fleet in fleets)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {fleet.Machines:N0} | {fleet.WaitingSeconds:F0} | {fleet.ApprovalMedian:F1} / {fleet.ApprovalP99:F1} | {fleet.InstalledSeconds:F1} | {fleet.Machines / fleet.InstalledSeconds:F1} | {Each(one => one.InstallationMilliseconds, "F1")} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Each(one => one.WaitingProcessorPercent, "F1")} | {Each(one => one.WaitingMegabytes, "F0")} | {Each(one => one.PeakMegabytes, "F0")} | {fleet.EtcdTransactions:F1} | {fleet.Faults} |\n");

            string Each(Func<ServiceFigures, double> figure, string format) =>
                string.Join(" / ", ((string[])["Tasks", "Regional", "Boot"]).Select(name => fleet.Services.TryGetValue(name, out var one) ? figure(one).ToString(format, CultureInfo.InvariantCulture) : "?"));
        }
        if (fleets is [{ } smallest, .., { } largest])
            text.Append(CultureInfo.InvariantCulture, $"\nFrom {smallest.Machines:N0} to {largest.Machines:N0} machines, {(double)largest.Machines / smallest.Machines:F1} times as many: all processor time of the services for one installation {Total(smallest):F1} ms and {Total(largest):F1} ms ({Total(largest) / Total(smallest):F2} times; 1 is linear), time to all installed {largest.InstalledSeconds / smallest.InstalledSeconds:F1} times.\n");
        var before = File.Exists(page) ? File.ReadAllText(page) : "# Twins\n";
        var at = before.IndexOf(Begin, StringComparison.Ordinal);
        File.WriteAllText(page, $"{(at < 0 ? before : before[..at]).TrimEnd()}\n\n{text}");

        static double Total(FleetFigures fleet) => fleet.Services.Values.Sum(one => one.InstallationMilliseconds);
    }
}
