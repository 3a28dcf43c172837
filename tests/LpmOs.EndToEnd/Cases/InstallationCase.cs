using System.Diagnostics;
using System.Text.Json;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// The product's main job, step by step, on one virtual server: power-on, discovery, waiting, approval, installation, first boot,
/// two more power cycles. A case says how the server and LpmOs are set up, and may disturb the installation.
/// </summary>
internal sealed class InstallationCase(string name, MachineSpec spec, LabNetwork network, Deployment deployment, ITestOutputHelper output)
{
    public const string Hostname = "node-e2e";

    // Two to three times what an idle machine with two cores needs in software emulation.
    private static readonly TimeSpan FirstReportTime = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan InstallTime = TimeSpan.FromSeconds(900);
    private static readonly TimeSpan LocalBootTime = TimeSpan.FromSeconds(240);

    private readonly OperatorApi _operator = new(network);
    private readonly CaseTimes _times = new(name);

    /// <summary>Runs when the agent reports that it downloads.</summary>
    public Func<CancellationToken, Task>? DuringDownload { get; init; }

    /// <summary>Looks at the console of the installation, and at the completed task.</summary>
    public Action<ConsoleLog, JsonElement>? CheckInstalled { get; init; }

    /// <summary>Patterns of what the recorded timeline must tell before the first script; null: it is not looked at.</summary>
    public IReadOnlyList<string>? WayIn { get; init; }

    /// <summary>Looks at the packets of the first boot and the installation.</summary>
    public required Func<PacketCapture, CancellationToken, Task> CheckPackets { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var machine = new VirtualMachine(network, spec);
        var disk = new DiskImage(machine.DiskFile);
        await using (var capture = await PacketCapture.StartAsync(network, "install", cancellationToken))
        {
            await DiscoverAsync(machine, cancellationToken);
            await WaitForApprovalAsync(machine, disk, cancellationToken);
            await InstallAsync(machine, cancellationToken);
            if (WayIn is not null)
                await new RecordedBoots(network, _operator).CheckAsync(spec.SerialNumber, WayIn, cancellationToken);
            await capture.StopAsync();
            Assert.Empty(await capture.MalformedAsync(cancellationToken));
            await CheckPackets(capture, cancellationToken);
        }

        await machine.PowerOffAsync();
        await InstalledDisk.CheckAsync(disk, spec, Hostname, cancellationToken);
        for (var cycle = 1; cycle <= 2; cycle++)
            await BootLocallyAsync(machine, cycle, cancellationToken);

        _times.Note($"CPU {machine.ProcessorTime.TotalSeconds:0} s");
        var summary = _times.ToString();
        output.WriteLine(summary);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "summary.txt"), summary + Environment.NewLine, cancellationToken);
    }

    private async Task DiscoverAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        machine.PowerOn();
        try
        {
            await machine.Console.WaitForAsync(ConsoleMarks.Polling(), FirstReportTime, cancellationToken);
        }
        catch (TimeoutException hang)
        {
            // An emulated guest loses its timers about once in a hundred starts and stands still. A second start must do.
            _times.Note("guest hung once at its first boot, power-cycled");
            output.WriteLine(hang.Message);
            await machine.PowerOffAsync();
            machine.PowerOn();
            await machine.Console.WaitForAsync(ConsoleMarks.Polling(), FirstReportTime, cancellationToken);
        }

        _times.Add("power-on to first report", (await machine.Console.WaitForAsync(ConsoleMarks.Polling(), TimeSpan.Zero, cancellationToken)).At);
        var found = await _operator.MachineAsync(spec.SerialNumber, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "machine.json"), found.ToString(), cancellationToken);
        DiscoveredHardware.Check(found, spec);
        var unmatched = await _operator.GetAsync("/api/v1/machines?unmatched=true", cancellationToken);
        Assert.Contains(spec.SerialNumber, unmatched.ToString(), StringComparison.Ordinal);
    }

    private async Task WaitForApprovalAsync(VirtualMachine machine, DiskImage disk, CancellationToken cancellationToken)
    {
        var created = await _operator.CreateTaskAsync(spec, Hostname, cancellationToken);
        Assert.Equal("pending", created.GetProperty("status").GetString());
        // The agent asks again with the task in place: its long poll ends after 30 s at most.
        var before = machine.Console.Now;
        await machine.Console.WaitForAsync(ConsoleMarks.Polling(), TimeSpan.FromSeconds(90), cancellationToken, before);
        Assert.Equal("pending", (await _operator.TaskAsync(spec.SerialNumber, cancellationToken)).GetProperty("status").GetString());
        Assert.False(machine.Console.Contains(ConsoleMarks.Approved()));
        Assert.Equal(0, await disk.AllocatedBytesAsync(cancellationToken));
        _times.AddMegabytes("services idle", deployment.ResidentBytes);
    }

    private async Task InstallAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        var console = machine.Console;
        var asked = console.Now;
        await _operator.ApproveAsync(spec.SerialNumber, cancellationToken);
        var started = await console.WaitForAsync(ConsoleMarks.Approved(), TimeSpan.FromSeconds(60), cancellationToken);
        _times.AddMilliseconds("approval to agent", started.At - asked);
        if (DuringDownload is not null)
        {
            await console.WaitForAsync(ConsoleMarks.Downloading(), InstallTime, cancellationToken);
            await DuringDownload(cancellationToken);
        }

        var task = await _operator.WaitForTaskAsync(
            spec.SerialNumber, task => task.GetProperty("status").GetString() == "completed", InstallTime, cancellationToken);
        var completed = console.Now;
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "task.json"), task.ToString(), cancellationToken);
        Assert.Equal(100, task.GetProperty("percent").GetInt32());
        AddPhases(console, completed);
        CheckInstalled?.Invoke(console, task);
        // "completed" was said by the system on the disk: its console is there, and no second installer was booted.
        await console.WaitForAsync(ConsoleMarks.Login(), LocalBootTime, cancellationToken);
        Assert.Single(console.Lines, line => ConsoleMarks.BootImage().IsMatch(line.Text));
        _times.Add("approval to completed", completed - asked);
        _times.Add("power-on to completed", completed);
    }

    private async Task BootLocallyAsync(VirtualMachine machine, int cycle, CancellationToken cancellationToken)
    {
        await using var capture = await PacketCapture.StartAsync(network, $"cycle{cycle}", cancellationToken);
        machine.PowerOn();
        ConsoleLine login;
        try
        {
            login = await machine.Console.WaitForAsync(ConsoleMarks.Login(), LocalBootTime, cancellationToken);
        }
        catch (TimeoutException hang)
        {
            // As at the first start: an emulated guest stands still now and then.
            _times.Note($"guest hung once in power cycle {cycle}, power-cycled");
            output.WriteLine(hang.Message);
            Assert.DoesNotContain(machine.Console.Lines, line => ConsoleMarks.BootImage().IsMatch(line.Text));
            await machine.PowerOffAsync();
            machine.PowerOn();
            login = await machine.Console.WaitForAsync(ConsoleMarks.Login(), LocalBootTime, cancellationToken);
        }

        Assert.Equal(Hostname, ConsoleMarks.Login().Match(login.Text).Groups["hostname"].Value);
        Assert.DoesNotContain(machine.Console.Lines, line => ConsoleMarks.BootImage().IsMatch(line.Text));
        await capture.StopAsync();
        var requests = await capture.HttpRequestsAsync(cancellationToken);
        Assert.NotEmpty(await capture.DhcpAsync("dhcp.option.dhcp == 1", cancellationToken));
        Assert.DoesNotContain(requests, request => request.Contains("initramfs", StringComparison.Ordinal) || request.Contains("vmlinuz", StringComparison.Ordinal));
        var task = await _operator.TaskAsync(spec.SerialNumber, cancellationToken);
        Assert.Equal("completed", task.GetProperty("status").GetString());
        _times.Add($"power cycle {cycle}", login.At);
        await machine.PowerOffAsync();
    }

    private void AddPhases(ConsoleLog console, TimeSpan completed)
    {
        var steps = new List<(string Step, TimeSpan At)>();
        foreach (var line in console.Lines)
        {
            var match = ConsoleMarks.Progress().Match(line.Text);
            if (match.Success && (steps.Count == 0 || steps[^1].Step != match.Groups["step"].Value))
                steps.Add((match.Groups["step"].Value, line.At));
        }

        steps.Add(("end", completed));
        var first = steps.FindIndex(entry => entry.Step == "install_start");
        for (var i = Math.Max(first, 0); i < steps.Count - 1; i++)
            _times.Add(steps[i].Step, steps[i + 1].At - steps[i].At);
    }
}
