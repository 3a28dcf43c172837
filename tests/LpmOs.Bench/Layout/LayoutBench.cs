using System.Diagnostics;
using LpmOs.Bench.Report;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Bench.Layout;

/// <summary>Our key layout beside the one before it, on a real etcd: how fast servers are entered and progress is taken up, what is lost, and what regional services are sent.</summary>
internal static class LayoutBench
{
    /// <summary>An etcd takes no request over 1.5 MiB: a list of 15,000 servers would be the last.</summary>
    private const int Added = 500, Machines = 100, Reports = 10;
    private const string Against = "one list, two keys";

    public static async Task RunAsync(BenchReport report, bool longForm)
    {
        var rounds = longForm ? 7 : 3;
        foreach (var (there, writers) in from there in new[] { 0, 5_000 } from writers in new[] { 1, 16, 64 } select (there, writers))
        {
            var results = new List<(Outcome Ours, Outcome Theirs)>();
            for (var round = 0; round < rounds; round++)
                results.Add(await InTurnAsync(round, site => RegisterAsync(site, there, writers)));
            Add(report, $"{Added:N0} servers registered in an IDC of {there:N0}, {writers} at once", "servers kept a second", results, 10);
        }
        foreach (var writers in new[] { 1, 16, 64 })
        {
            var results = new List<(Outcome Ours, Outcome Theirs)>();
            for (var round = 0; round < rounds; round++)
                results.Add(await InTurnAsync(round, site => ProgressAsync(site, writers, inOrder: true)));
            Add(report, $"{Machines * Reports:N0} reports of progress of {Machines} machines, {writers} of them at once", "reports kept a second", results, 2);
        }
        var meeting = new List<(Outcome Ours, Outcome Theirs)>();
        for (var round = 0; round < rounds; round++)
            meeting.Add(await InTurnAsync(round, site => ProgressAsync(site, 16, inOrder: false)));
        Add(report, $"{Machines * Reports:N0} reports of progress of {Machines} machines, 16 at once, where two of one machine may meet", "reports kept a second", meeting, null);
        await WatchTraffic.RunAsync(report, [(1, rounds), (10, rounds), (100, longForm ? 3 : 1)]);
        report.Note("One server at a time in an empty IDC: a list of nobody costs nothing to write anew. What is left to gain is a second round trip to the same disk, and that was gained; with 5,000 servers there it is what was asked for.");
        report.Note("One IDC alone: there is no other whose changes its regional service could be spared. What it is sent less is the machine's own part in place of a list of all; with ten it is what was asked for.");
    }

    /// <summary>What was found afterwards for each second of work; how much was not; and machines whose state says another thing than their task.</summary>
    private sealed record Outcome(double PerSecond, int Lost, int Divergent);

    // An etcd of its own for each, so that none pays for what the other wrote; and each goes first in every other round.
    private static async Task<(Outcome Ours, Outcome Theirs)> InTurnAsync(int round, Func<ISiteLayout, Task<Outcome>> measure)
    {
        Outcome? ours = null, theirs = null;
        foreach (var own in round % 2 == 0 ? new[] { true, false } : [false, true])
        {
            await using var etcd = await EtcdProcess.StartAsync(new EtcdSettings { Flags = ["--quota-backend-bytes", "8589934592"] });
            await using var store = TemporaryStore.Etcd(etcd.Endpoint);
            await using ISiteLayout site = own ? await KeyLayout.StartAsync(store.Store, "dc1") : new ListLayout(store.Store, "dc1");
            var outcome = await measure(site);
            (ours, theirs) = own ? (outcome, theirs) : (ours, outcome);
        }
        return (ours!, theirs!);
    }

    private static async Task<Outcome> RegisterAsync(ISiteLayout site, int there, int writers)
    {
        await site.FillAsync(there);
        var seconds = await AtOnceAsync(Enumerable.Range(there, Added), writers, n => site.RegisterAsync($"SN{n:D6}"));
        var kept = await site.RegisteredAsync() - there;
        return new Outcome(kept / seconds, Added - kept, 0);
    }

    /// <param name="inOrder">Each machine's one after the other, as its agent sends them; otherwise as chance has it, so that two changes of one task meet now and then, as an agent's and an operator's do.</param>
    private static async Task<Outcome> ProgressAsync(ISiteLayout site, int writers, bool inOrder)
    {
        for (var n = 0; n < Machines; n++)
            await site.CreateTaskAsync($"SN{n:D6}");
        var reports = Enumerable.Range(0, Machines * Reports).ToArray();
        if (!inOrder)
            new Random(1).Shuffle(reports); // The same order for both.
        var seconds = inOrder
            ? await AtOnceAsync(Enumerable.Range(0, Machines), writers, async machine =>
            {
                for (var n = 0; n < Reports; n++)
                    await site.ProgressAsync($"SN{machine:D6}", n);
            })
            : await AtOnceAsync(reports, writers, n => site.ProgressAsync($"SN{n % Machines:D6}", n));
        var (found, divergent) = (0, 0);
        for (var n = 0; n < Machines; n++)
        {
            var (kept, agrees) = await site.ReadAsync($"SN{n:D6}");
            found += kept;
            divergent += agrees ? 0 : 1;
        }
        return new Outcome(found / seconds, reports.Length - found, divergent);
    }

    private static async Task<double> AtOnceAsync(IEnumerable<int> work, int writers, Func<int, Task> doAsync)
    {
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = writers }, async (n, _) => await doAsync(n));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Add(BenchReport report, string what, string unit, List<(Outcome Ours, Outcome Theirs)> results, double? atLeast)
    {
        var row = Row.Of(what, unit, Against, "times as many", [.. results.Select(result => (result.Ours.PerSecond, result.Theirs.PerSecond))], (ours, theirs) => ours / theirs);
        report.Add(row with { AtLeast = atLeast });
        var (lost, others) = (results.Sum(result => result.Ours.Lost + result.Ours.Divergent), results.Select(result => (double)(result.Theirs.Lost + result.Theirs.Divergent)).ToArray());
        report.Note($"{what}: ours lost or left divergent {lost}; {Against}: {Spread.Of(others).Min:F0} to {Spread.Of(others).Max:F0} a round.");
        if (lost > 0)
            report.Fail($"{what}: {lost} of ours were lost.");
    }
}
