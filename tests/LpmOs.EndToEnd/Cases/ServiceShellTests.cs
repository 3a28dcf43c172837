using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (z) A rescue shell through the service, opened with lpmosctl on a machine with 1 GB of memory: while it waits for its task, and again while the image is written, where the
/// machine's own kernel says how much memory the agent has needed at most.
/// </summary>
public sealed partial class ServiceShellTests(ITestOutputHelper output)
{
    private const int MostAgentKilobytes = 120 * 1000;

    [Fact]
    [Trait("case", "z")]
    public async Task A_shell_is_opened_with_lpmosctl_while_the_machine_waits_and_while_it_works_and_is_on_record()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("z");
        await using var network = await LabNetwork.CreateAsync("z", folder, cancellationToken);
        await using var deployment = await Deployment.SeparateAsync(network, "full", cancellationToken);
        var spec = new MachineSpec { Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-SHELL-0001", Mac = "52:54:00:77:00:2a", DiskSerial = "VD-SHELL", MemoryMiB = 1024 };
        var boot = new BootCase("z BIOS, 1 GB, shell through the service", network, output);
        await using var machine = new VirtualMachine(network, spec);
        await boot.StartAsync(machine, "power-on to first report", ConsoleMarks.Polling(), cancellationToken);

        var shown = await ShellAsync(network, spec, "cat /proc/cmdline; tty; exit\n", cancellationToken);
        Assert.Matches(@"lpmos\.regional=http://\S+", shown);
        Assert.Contains(spec.Mac.Replace(':', '-'), shown, StringComparison.OrdinalIgnoreCase);
        Assert.Matches(@"/dev/pts/\d", shown);

        await boot.Operator.CreateTaskAsync(spec, "shell-e2e", cancellationToken);
        await boot.Operator.ApproveAsync(spec.SerialNumber, cancellationToken);
        await machine.Console.WaitForAsync(Streaming(), TimeSpan.FromSeconds(900), cancellationToken);
        var peak = Peak().Match(await ShellAsync(network, spec, "grep VmHWM /proc/$(pidof lpmos-agent)/status; exit\n", cancellationToken));
        Assert.True(peak.Success, peak.Value);
        var kilobytes = int.Parse(peak.Groups["kb"].Value, CultureInfo.InvariantCulture);
        Assert.InRange(kilobytes, 1, MostAgentKilobytes);
        output.WriteLine($"The agent's memory at most, in the middle of the image: {kilobytes} kB");
        await machine.Console.WaitForAsync(ConsoleMarks.Finalizing(), TimeSpan.FromSeconds(900), cancellationToken);

        using var audit = JsonDocument.Parse(await Lpmosctl.RunAsync(network, ["audit", "--idc", "dc1", "--action", "shell.", "-o", "json", "--server", OperatorApi.Url], cancellationToken));
        var records = audit.RootElement.GetProperty("items").EnumerateArray().Where(record => record.GetProperty("sn").GetString() == spec.SerialNumber).ToList();
        Assert.Equal(["shell.closed", "shell.opened", "shell.closed", "shell.opened"], records.Select(record => record.GetProperty("action").GetString()));
        Assert.All(records.Where((_, i) => i % 2 == 0), record => Assert.Equal("the shell ended with code 0", record.GetProperty("reason").GetString()));
        Assert.True(records[2].GetProperty("value_after").GetProperty("output_bytes").GetInt64() > 100);
        await boot.EndAsync(machine, cancellationToken);
    }

    private static async Task<string> ShellAsync(LabNetwork network, MachineSpec spec, string typed, CancellationToken cancellationToken)
    {
        var file = Path.Combine(network.Folder, "typed");
        await File.WriteAllTextAsync(file, typed, cancellationToken);
        var (code, shown, errors) = await network.TryAsync(["sh", "-c", "exec dotnet \"$1\" shell \"$2\" --reason e2e --server \"$3\" < \"$4\"", "sh", Repository.Assembly("lpmosctl", "cli", "LpmOs.Cli"), $"dc1/{spec.SerialNumber}", OperatorApi.Url, file], cancellationToken);
        Assert.True(code == 0, $"lpmosctl shell ended with {code}: {shown} {errors}");
        return shown;
    }

    /// <summary>The image's bytes flow: a good part of them is on the disk, and not the last.</summary>
    [GeneratedRegex(@"Progress: \[\s*6[3-7]%\] ")]
    private static partial Regex Streaming();

    [GeneratedRegex(@"VmHWM:\s+(?<kb>\d+) kB")]
    private static partial Regex Peak();
}
