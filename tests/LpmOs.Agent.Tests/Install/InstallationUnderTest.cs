using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Disks.Wiping;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install;

/// <summary>The real installation on a loop device, from a real HTTP server; its progress goes to a fake regional service.</summary>
internal sealed class InstallationUnderTest : IAsyncDisposable
{
    public static FirstBootCall FirstBoot { get; } = new() { Url = "http://10.0.0.1:8081/api/v1/installed", Token = "one-time.token-of-this-machine" };

    public InstallOrder Order { get; set; } = new() { FirstBoot = FirstBoot };

    private readonly StringWriter _console = new();
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _delivery;
    private readonly ImageInstallation _installation;
    private readonly SystemNetwork _network;
    private readonly DiskDiscovery _disks;
    private readonly ProgressReporter _progress;

    private InstallationUnderTest(LoopDisk disk, FakeRegional regional, FakeImageServer images, TimeProvider? patience, Func<Action<string>, ArrayFinder>? arrays)
    {
        Disk = disk;
        Regional = regional;
        Images = images;
        Machine = disk.Machine();
        var time = TimeProvider.System;
        var log = new AgentLog(TextWriter.Synchronized(_console), false);
        log.Hide(FirstBoot.Token);
        var settings = new AgentSettings { RegionalUrl = regional.Url, BootUrl = images.Url, InBootImage = true };
        var client = new RegionalClient(_http, settings, log, time);
        _progress = new ProgressReporter(client, log, time, false);
        _progress.Identify("SN-1");
        Abort = _progress.Begin(new TaskIdentity("SN-1", Plans.TaskId, 1, 0));
        _delivery = _progress.RunAsync(_stop.Token);
        var programs = new ProgramRunner(log.Line);
        var tree = new SystemTree(Machine.Root);
        _disks = new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(programs)), time);
        var source = new ImageSource(_http, settings, log, time) { Pauses = new() { First = TimeSpan.FromMilliseconds(5), Longest = TimeSpan.FromMilliseconds(20) } };
        var finder = new DiskFinder(_disks, arrays?.Invoke(log.Line));
        _installation = new ImageInstallation(
            finder, new DiskPreparation(programs, log, time), new StorageHolders(tree, programs, log), new Wiper(tree, programs, _progress, client, log, time), new DiskEdges(log, patience ?? time), new ImageStep(source, _progress, log, new SystemTree("/"), time), programs, _progress, log, tree, "52:54:00:00:00:01", time);
        _network = new SystemNetwork(finder, new StorageHolders(tree, programs, log), programs, _progress, log, tree, "52:54:00:00:00:01", time);
    }

    public LoopDisk Disk { get; }
    public FakeRegional Regional { get; }
    public FakeImageServer Images { get; }
    public RecordedMachine Machine { get; }
    public CancellationToken Abort { get; }
    public string Console => _console.ToString();

    /// <param name="patience">The clock by which it waits for a disk that is in use.</param>
    public static async Task<InstallationUnderTest> StartAsync(byte[] archive, TimeProvider? patience = null, LoopDisk? disk = null, Func<Action<string>, ArrayFinder>? arrays = null)
    {
        var images = await FakeImageServer.StartAsync();
        images.Content = archive;
        return new(disk ?? new LoopDisk(768L << 20), await FakeRegional.StartAsync(), images, patience, arrays);
    }

    /// <summary>The plan for the disk as it is now. This machine's kernel may have no vfat: the ESP is ext4 here, and real in the virtual machines' tests.</summary>
    public async Task<InstallPlan> PlanAsync()
    {
        var disk = Assert.Single(await _disks.DisksAsync(TestContext.Current.CancellationToken));
        return Plans.Plan with
        {
            Disk = new() { Device = disk.Device, Serial = disk.Serial, SizeBytes = disk.SizeBytes, ContentDigest = disk.Content!.Digest },
            Image = new() { Url = "/files/images/small.tar.zst", Sha256 = SmallSystem.Digest(Images.Content), SizeBytes = Images.Content.Length, Format = "tar.zst" },
            Partitions = [.. Plans.Plan.Partitions.Select(partition => partition.Role == "esp" ? partition with { FileSystem = "ext4" } : partition)],
            Users = [new() { Name = "admin", Sudo = true, SshKeys = ["ssh-ed25519 AAAAC3Nza ops@example"] }],
        };
    }

    public Task RunAsync(InstallPlan plan) => _installation.RunAsync(plan, Order, TestContext.Current.CancellationToken);

    public Task<string> ConfigureNetworkAsync(InstallPlan plan) => _network.RunAsync(plan, Order.DiskPassphrase, TestContext.Current.CancellationToken);

    public bool NetworkSealed => _network.Sealed;

    public Task RunUntilAbortAsync(InstallPlan plan) => _installation.RunAsync(plan, Order, Abort);

    public Task DrainAsync() => _progress.DrainAsync(TestContext.Current.CancellationToken);

    public async Task<Disk> DiscoverAsync() => Assert.Single(await _disks.DisksAsync(TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _delivery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _progress.Dispose();
        _http.Dispose();
        await Images.DisposeAsync();
        await Regional.DisposeAsync();
        Disk.Dispose();
        Machine.Dispose();
        _stop.Dispose();
    }
}
