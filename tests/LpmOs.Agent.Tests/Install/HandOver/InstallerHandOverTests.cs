using System.Security.Cryptography;
using LpmOs.Agent.Settings;
using LpmOs.Agent.Workflow;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install.HandOver;

/// <summary>A waiting agent that gets a task of an installer, from its approval to what it does with the machine.</summary>
[Collection(ProcessEnvironment.Name)]
public sealed class InstallerHandOverTests : IAsyncLifetime
{
    private const string Token = "token-of-the-installer";
    private readonly List<(byte[] Kernel, byte[] Initrd, string CommandLine)> _loaded = [];
    private readonly byte[] _kernel = RandomNumberGenerator.GetBytes(300_001), _initrd = RandomNumberGenerator.GetBytes(700_001), _rootfs = RandomNumberGenerator.GetBytes(5_000);
    private FakeRegional _regional = null!;
    private FakeBootService _boot = null!;

    public async ValueTask InitializeAsync()
    {
        (_regional, _boot) = (await FakeRegional.StartAsync(), await FakeBootService.StartAsync());
        (_boot.Files["/files/assets/k/linux"], _boot.Files["/files/assets/i/initrd.gz"], _boot.Files["/files/assets/r/rootfs"]) = (_kernel, _initrd, _rootfs);
        _regional.Assigned = () => Plans.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _boot.DisposeAsync();
        await _regional.DisposeAsync();
    }

    [Fact]
    public async Task Verified_kernel_and_initramfs_are_loaded_with_the_rendered_command_line()
    {
        var (outcome, console) = await RunAsync(Plan());
        Assert.Equal(AttemptOutcome.Kexec, outcome);
        var (kernel, initrd, line) = Assert.Single(_loaded);
        Assert.Equal(_kernel, kernel);
        Assert.Equal(_initrd, initrd);
        Assert.Equal("auto=true url=http://10.0.0.1/preseed.cfg --- console=ttyS0", line);
        Assert.Contains($"/install/{Token}/command-line.txt", _boot.Asked);
        Assert.Contains(console, text => text.Contains("without a restart (kexec)", StringComparison.Ordinal));
        // The token opens the installer's files: it is on no console.
        Assert.DoesNotContain(console, text => text.Contains(Token, StringComparison.Ordinal));
        // The installer tells its end itself.
        Assert.All(_regional.Asked, asked => Assert.Null(asked.Completed));
    }

    [Fact]
    public async Task A_root_file_system_follows_the_initramfs_at_the_next_multiple_of_four()
    {
        await RunAsync(Plan(Asset("rootfs", "live/rootfs", "/files/assets/r/rootfs", _rootfs)));
        Assert.Equal([.. _initrd, 0, 0, 0, .. _rootfs], Assert.Single(_loaded).Initrd);
    }

    [Theory]
    [InlineData(409, """{"title":"No","status":409,"code":"no_kexec","detail":"firmware.yaml rules kexec out for Acme PizzaBox."}""", "rules kexec out for Acme PizzaBox")]
    [InlineData(404, "", "answered 404")]
    [InlineData(503, "<html>", "answered 503")]
    [InlineData(200, "", "command line has 0 characters")]
    [InlineData(200, "auto=true\nroot=/dev/sda", "such that a kernel does not take")]
    [InlineData(200, "caf\u00e9=1", "such that a kernel does not take")]
    public async Task Without_a_usable_command_line_the_machine_restarts_into_its_boot_script(int status, string text, string why)
    {
        _boot.CommandLine = (status, text);
        var (outcome, console) = await RunAsync(Plan());
        Assert.Equal(AttemptOutcome.Reboot, outcome);
        Assert.Empty(_loaded);
        Assert.Contains(console, line => line.Contains("by a restart into its boot script", StringComparison.Ordinal) && line.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_kernel_that_the_running_one_refuses_is_started_by_a_restart()
    {
        var (outcome, console) = await RunAsync(Plan(), (_, _, _) => throw new IOException("kexec failed: Operation not permitted"));
        Assert.Equal(AttemptOutcome.Reboot, outcome);
        Assert.Contains(console, line => line.Contains("Operation not permitted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_installer_that_memory_has_no_room_for_is_started_by_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-small-").FullName;
        RecordedMachine.Program("mount", $"-t tmpfs -o size=512k tmpfs {folder}");
        var before = Environment.GetEnvironmentVariable("TMPDIR");
        Environment.SetEnvironmentVariable("TMPDIR", folder);
        try
        {
            var (outcome, console) = await RunAsync(Plan());
            Assert.Equal(AttemptOutcome.Reboot, outcome);
            Assert.Contains(console, line => line.Contains("by a restart into its boot script", StringComparison.Ordinal) && line.Contains("does not fit into the memory", StringComparison.Ordinal));
            Assert.Empty(_loaded);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
            RecordedMachine.Program("umount", folder);
            Directory.Delete(folder);
        }
    }

    [Fact]
    public async Task An_installer_that_is_no_Linux_kernel_is_started_by_a_restart()
    {
        var plan = Plan();
        var (outcome, _) = await RunAsync(plan with { Installer = plan.Installer! with { Assets = [.. plan.Installer.Assets.Where(asset => asset.Role == "kernel")] } });
        Assert.Equal(AttemptOutcome.Reboot, outcome);
        Assert.Empty(_boot.Asked);
    }

    [Fact]
    public async Task Another_file_than_the_approved_one_fails_the_task_and_starts_nothing()
    {
        _boot.Files["/files/assets/i/initrd.gz"] = [.. _initrd[..^1], (byte)(_initrd[^1] ^ 1)];
        await FailsAsync(Plan(), "image_digest_mismatch", "debian-12/initrd.gz");
    }

    [Fact]
    public async Task A_disk_that_changed_since_the_approval_fails_the_task_before_anything_is_fetched()
    {
        var plan = Plan();
        await FailsAsync(plan with { Disk = plan.Disk! with { SizeBytes = plan.Disk.SizeBytes + 512 } }, "disk_changed", "Planned: /dev/vda");
        Assert.Empty(_boot.Asked);
    }

    private async Task FailsAsync(InstallPlan plan, string code, string message)
    {
        var over = false;
        _regional.Assigned = () => over ? null : Plans.Task;
        _regional.Next = request =>
        {
            over |= request.Completed is { Success: false };
            return Operation(plan);
        };
        using var machine = RecordedMachine.Qemu();
        // Gives up its polls once the attempt is over.
        using var agent = Agent(machine, Load, polls: 2);
        var (_, outcome) = await agent.Run.RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(outcome);
        Assert.Empty(_loaded);
        var failure = Assert.Single(_regional.Asked, asked => asked.Completed is not null).Completed!;
        Assert.False(failure.Success);
        Assert.Equal(code, failure.Code);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    private async Task<(AttemptOutcome? Outcome, string[] Console)> RunAsync(InstallPlan plan, Agent.Install.HandOver.KernelLoader? loader = null)
    {
        _regional.Next = _ => Operation(plan);
        using var machine = RecordedMachine.Qemu();
        using var agent = Agent(machine, loader ?? Load, polls: 1);
        var (_, outcome) = await agent.Run.RunAsync(TestContext.Current.CancellationToken);
        return (outcome, agent.Console);
    }

    private AgentUnderTest Agent(RecordedMachine machine, Agent.Install.HandOver.KernelLoader loader, int polls) => new(
        new AgentSettings { RegionalUrl = _regional.Url, BootUrl = _boot.Url, InBootImage = true, MaxPolls = polls, PollInterval = TimeSpan.FromMilliseconds(100) }, machine.Root, loader: loader);

    private void Load(Microsoft.Win32.SafeHandles.SafeFileHandle kernel, Microsoft.Win32.SafeHandles.SafeFileHandle initrd, string line) => _loaded.Add((Bytes(kernel), Bytes(initrd), line));

    private static byte[] Bytes(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        Assert.Equal(bytes.Length, RandomAccess.Read(file, bytes, 0));
        return bytes;
    }

    private static NextOperation Operation(InstallPlan plan) => Plans.Operation(OperationNames.OsInstall, plan) with { InstallerToken = Token };

    private InstallPlan Plan(params AssetPlan[] more) => Plans.Plan with
    {
        Image = null,
        Installer = new() { Files = [], Assets = [Asset("kernel", "debian-12/linux", "/files/assets/k/linux", _kernel), Asset("initrd", "debian-12/initrd.gz", "/files/assets/i/initrd.gz", _initrd), .. more] },
    };

    private static AssetPlan Asset(string role, string name, string url, byte[] content) =>
        new() { Role = role, Name = name, Url = url, SizeBytes = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)) };
}
