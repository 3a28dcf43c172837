using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.HandOver;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Agent.Workflow;

namespace LpmOs.Agent.Tests;

/// <summary>The whole agent against a fake regional service, with the machine read from a recorded tree.</summary>
internal sealed class AgentUnderTest : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly StringWriter _console = new();
    private readonly ProgressReporter _progress;

    public AgentUnderTest(AgentSettings settings, string root, Func<ProgressReporter, AgentLog, IInstallation>? installation = null, KernelLoader? loader = null, TimeProvider? clock = null)
    {
        var time = clock ?? TimeProvider.System;
        Log = new AgentLog(TextWriter.Synchronized(_console), settings.DryRun);
        var regional = new RegionalClient(_http, settings, Log, time) { Pauses = new() { First = TimeSpan.FromMilliseconds(20), Longest = TimeSpan.FromMilliseconds(100) } };
        _progress = new ProgressReporter(regional, Log, time, settings.DryRun);
        var logs = new LogStreamer(regional, Log, time);
        var tree = new SystemTree(root);
        var disks = new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(new ProgramRunner(Log.Line))), time);
        var source = new ImageSource(_http, settings, Log, time) { Pauses = new() { First = TimeSpan.FromMilliseconds(5), Longest = TimeSpan.FromMilliseconds(20) }, MostFruitlessTries = 3, LongestOutage = TimeSpan.Zero };
        var commandLines = new CommandLineSource(_http, settings, time) { Pauses = new() { First = TimeSpan.FromMilliseconds(5), Longest = TimeSpan.FromMilliseconds(20) } };
        var handOver = new InstallerHandOver(new DiskFinder(disks), source, commandLines, loader ?? ((_, _, _) => throw new IOException("no kernel is started by tests")), Log);
        var operations = new OperationLoop(regional, _progress, logs, Log, installation?.Invoke(_progress, Log) ?? new DryRunInstallation(_progress, Log), handOver, new HardwareConfiguration([], new ProgramRunner(Log.Line), settings.SigningKey, Log.Line),
            new SystemNetwork(new DiskFinder(disks), new StorageHolders(tree, new ProgramRunner(Log.Line), Log), new ProgramRunner(Log.Line), _progress, Log, tree, settings.BootMac, time), time, settings.DryRun);
        Run = new AgentRun(settings, new HardwareDiscovery(tree, disks, () => null), regional, _progress, logs, new TaskPoller(regional, Log, settings, time), operations, Log, time);
    }

    public AgentLog Log { get; }
    public AgentRun Run { get; }
    public string[] Console => _console.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        _progress.Dispose();
        _http.Dispose();
    }
}
