using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LpmOs.Bench.Report;
using LpmOs.Testing;
using Perfolizer.Horology;

namespace LpmOs.Bench.HotPaths;

/// <summary>The hot paths by BenchmarkDotNet, in this process (a build of its own for each would not find the central package versions).</summary>
internal static class HotPathBench
{
    private static readonly (string What, string Ours, string Against, string Theirs)[] Pairs =
    [
        ("boot script of a machine without a task", nameof(HotPath.BootScriptOfAnUnknownMachine), "the same text, fixed, by string interpolation", nameof(HotPath.FixedText)),
        ("boot script of an approved task", nameof(HotPath.BootScriptOfAnApprovedTask), "the text of a machine without a task, fixed, by string interpolation", nameof(HotPath.FixedText)),
        ("DHCP packet parsed, decided, answered", nameof(HotPath.DhcpAnswer), "a prepared answer copied", nameof(HotPath.DhcpCopiedAnswer)),
        ("TFTP request parsed and checked", nameof(HotPath.TftpRequestParsed), "split at its zero bytes", nameof(HotPath.TftpRequestSplit)),
        ("report of progress recorded and serialized", nameof(HotPath.ProgressRecorded), "the task serialized", nameof(HotPath.ProgressSerializedAlone)),
        ("change of a task read into the watched copy", nameof(HotPath.ChangeFollowed), "its JSON read", nameof(HotPath.ChangeReadAlone)),
        ("machine's token verified", nameof(HotPath.TokenVerified), "its HMAC alone", nameof(HotPath.TokenHashedAlone)),
    ];

    public static Task RunAsync(BenchReport report, bool longForm)
    {
        using var folder = new TemporaryFolder();
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.DontLogOutput).WithLaunchCount(1).WithWarmupCount(2).WithIterationCount(longForm ? 10 : 4).WithIterationTime(TimeInterval.FromMilliseconds(longForm ? 200 : 100));
        var log = new AccumulationLogger();
        var config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(log).AddColumnProvider(DefaultColumnProviders.Instance).AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(folder.Path).WithOptions(ConfigOptions.DisableLogFile);
        var rounds = new List<Dictionary<string, (double Nanoseconds, long? Bytes)>>();
        for (var round = 0; round < (longForm ? 7 : 3); round++)
        {
            var summary = BenchmarkRunner.Run<HotPath>(config);
            var measured = summary.Reports.Where(one => one.ResultStatistics is not null)
                .ToDictionary(one => one.BenchmarkCase.Descriptor.WorkloadMethod.Name, one => (one.ResultStatistics!.Median, one.GcStats.GetBytesAllocatedPerOperation(one.BenchmarkCase)));
            if (summary.HasCriticalValidationErrors || Pairs.Any(pair => !measured.ContainsKey(pair.Ours) || !measured.ContainsKey(pair.Theirs)))
                throw new InvalidOperationException($"BenchmarkDotNet did not measure every path:\n{string.Join('\n', log.GetLog().Split('\n').TakeLast(40))}");
            rounds.Add(measured);
        }
        foreach (var (what, ours, against, theirs) in Pairs)
        {
            report.Add(Row.Of(what, "ns", against, "times as long", [.. rounds.Select(round => (round[ours].Nanoseconds, round[theirs].Nanoseconds))], (mine, other) => mine / other));
            report.Note($"{what}: {rounds[^1][ours].Bytes} bytes allocated, {against}: {rounds[^1][theirs].Bytes}.");
        }
        report.Note($"BenchmarkDotNet {typeof(BenchmarkRunner).Assembly.GetName().Version?.ToString(3)}, in one process, medians of its iterations. Theirs does not decide anything: it is what the same answer costs at least.");
        return Task.CompletedTask;
    }
}
