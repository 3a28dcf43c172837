using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>An installation onto a disk layout: judged by what the new system says on its console at each start, and by the disks' bytes.</summary>
internal sealed partial class StorageCase(string name, MachineSpec spec, LabNetwork network, ITestOutputHelper output)
{
    // Several times what it takes alone: an initramfs is made inside the emulated machine.
    private static readonly TimeSpan ReportTime = TimeSpan.FromSeconds(300), InstallTime = TimeSpan.FromSeconds(2400), BootTime = TimeSpan.FromSeconds(600);

    /// <summary>Says at each start of the new system what it stands on.</summary>
    private const string Witness = """
        cat > /etc/systemd/system/e2e-witness.service <<'UNIT'
        [Unit]
        After=local-fs.target swap.target boot-efi.mount
        [Service]
        Type=oneshot
        StandardOutput=journal+console
        ExecStart=/bin/sh -c 'echo E2E-BEGIN; findmnt -rno TARGET,SOURCE,FSTYPE; sed "s/^/md: /" /proc/mdstat; sed "s/^/swap: /" /proc/swaps; echo E2E-END'
        [Install]
        WantedBy=multi-user.target
        UNIT
        systemctl enable e2e-witness.service
        """;

    /// <summary>JSON of <c>network</c>; null: DHCP on the boot interface.</summary>
    public string? Network { get; init; }
    /// <summary>JSON of <c>hardware_config</c>; null: none.</summary>
    public string? HardwareConfig { get; init; }
    /// <summary>Runs while the machine is installed, from the approval on.</summary>
    public Func<VirtualMachine, CancellationToken, Task>? WhileInstalling { get; init; }

    /// <summary>What a person does at the console at each start of the new system.</summary>
    public Func<VirtualMachine, CancellationToken, Task>? AtStart { get; init; }

    /// <summary>
    /// The boot interface is named, so that its network is an operation of its own, and the agent is killed twice in it: at its beginning, and by the second agent's first word of it.
    /// </summary>
    public bool NetworkIsKilled { get; init; }

    /// <summary>For the services of a case that is so.</summary>
    public static (string Key, string Value) KillingNetwork => ("Boot:KernelArguments", "console=tty0 console=ttyS0,115200 lpmos.test-kill=network_config,finalizing");

    /// <summary>What must be up before each power-on.</summary>
    public Func<CancellationToken, Task>? BeforeStart { get; init; }

    private readonly OperatorApi _operator = new(network);
    private readonly CaseTimes _times = new(name);

    public CaseTimes Times => _times;

    /// <param name="layout">JSON of <c>disk_layout</c>.</param>
    /// <returns>The plan's answer as it was before the approval.</returns>
    public async Task<JsonElement> InstallAsync(VirtualMachine machine, string layout, CancellationToken cancellationToken)
    {
        var (plan, began) = await BeginAsync(machine, layout, cancellationToken);
        if (AtStart is not null)
            await AtStart(machine, cancellationToken);
        var task = await _operator.WaitForTaskAsync(spec.SerialNumber, task => task.GetProperty("status").GetString() == "completed", InstallTime, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "task.json"), task.ToString(), cancellationToken);
        _times.Add("approval to completed", machine.Console.Now - began);
        if (NetworkIsKilled)
        {
            // The new system called over this network alone.
            Assert.Equal(["network_config", "finalizing"], machine.Console.Lines.Select(line => ConsoleMarks.KilledAt().Match(line.Text)).Where(match => match.Success).Select(match => match.Groups["step"].Value));
            Assert.Equal(["os_install", "network_config", "reboot"], task.GetProperty("operations").EnumerateArray().Select(operation => operation.GetProperty("operation").GetString()!));
        }
        return plan;
    }

    /// <summary>The same for a task that must fail.</summary>
    /// <returns>The task, failed.</returns>
    public async Task<JsonElement> FailAsync(VirtualMachine machine, string layout, CancellationToken cancellationToken)
    {
        var (_, began) = await BeginAsync(machine, layout, cancellationToken);
        var task = await _operator.WaitAsync($"/api/v1/tasks/dc1/{spec.SerialNumber}", task => task.GetProperty("status").GetString() is "failed" or "completed", InstallTime, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "task.json"), task.ToString(), cancellationToken);
        Assert.Equal("failed", task.GetProperty("status").GetString());
        _times.Add("approval to failed", machine.Console.Now - began);
        return task;
    }

    private async Task<(JsonElement Plan, TimeSpan Began)> BeginAsync(VirtualMachine machine, string layout, CancellationToken cancellationToken)
    {
        if (BeforeStart is not null)
            await BeforeStart(cancellationToken);
        machine.PowerOn();
        await machine.Console.WaitForAsync(ConsoleMarks.Polling(), ReportTime, cancellationToken);
        _times.Add("power-on to first report", machine.Console.Now);
        using var asked = JsonDocument.Parse(layout);
        var wanted = NetworkIsKilled ? $$"""{"interfaces":[{"mac":"{{spec.Mac}}","dhcp4":true}]}""" : Network;
        using var interfaces = JsonDocument.Parse(wanted ?? "null");
        using var hardware = JsonDocument.Parse(HardwareConfig ?? "null");
        var body = new Dictionary<string, object>
        {
            ["idc"] = "dc1", ["sn"] = spec.SerialNumber, ["mac"] = spec.Mac, ["os_type"] = "Debian 12", ["os_version"] = "12", ["hostname"] = InstallationCase.Hostname,
            ["disk_layout"] = asked.RootElement, ["scripts"] = new[] { new Dictionary<string, string> { ["name"] = "witness", ["when"] = "post", ["text"] = Witness } },
        };
        if (wanted is not null)
            body["network"] = interfaces.RootElement;
        if (HardwareConfig is not null)
            body["hardware_config"] = hardware.RootElement;
        await _operator.PostAsync("/api/v1/tasks", JsonSerializer.Serialize(body), cancellationToken);
        var plan = await _operator.GetAsync($"/api/v1/tasks/dc1/{spec.SerialNumber}/plan", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "plan.json"), plan.ToString(), cancellationToken);
        Assert.True(plan.TryGetProperty("plan", out _), plan.ToString());
        var began = machine.Console.Now;
        await _operator.ApproveAsync(spec.SerialNumber, cancellationToken);
        if (WhileInstalling is not null)
            await WhileInstalling(machine, cancellationToken);
        return (plan, began);
    }

    /// <summary>What the witness said at the last start.</summary>
    public static async Task<string> WitnessAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        await machine.Console.WaitForAsync(WitnessEnd(), BootTime, cancellationToken);
        await machine.Console.WaitForAsync(ConsoleMarks.Login(), BootTime, cancellationToken);
        var said = string.Join('\n', machine.Console.Lines.Select(line => Prefix().Replace(line.Text, "")));
        return said[said.LastIndexOf("E2E-BEGIN", StringComparison.Ordinal)..];
    }

    /// <summary>Starts the installed system anew: from its disks, no installer.</summary>
    public async Task<string> RestartAsync(VirtualMachine machine, string what, CancellationToken cancellationToken)
    {
        await machine.PowerOffAsync();
        if (BeforeStart is not null)
            await BeforeStart(cancellationToken);
        machine.PowerOn();
        if (AtStart is not null)
            await AtStart(machine, cancellationToken);
        var said = await WitnessAsync(machine, cancellationToken);
        Assert.DoesNotContain(machine.Console.Lines, line => ConsoleMarks.BootImage().IsMatch(line.Text));
        _times.Add(what, machine.Console.Now);
        return said;
    }

    /// <summary>Somebody types it, when the system asks for what opens its disks; that may be after a whole installation.</summary>
    public static async Task TypePassphraseAsync(VirtualMachine machine, string passphrase, CancellationToken cancellationToken)
    {
        await machine.Console.WaitForPromptAsync(PassphrasePrompt(), InstallTime, cancellationToken);
        await machine.TypeAsync(passphrase + "\n", cancellationToken);
    }

    /// <summary>What was typed first did not open the disks, and the system asks again.</summary>
    public static async Task MistypePassphraseAsync(VirtualMachine machine, string passphrase, CancellationToken cancellationToken)
    {
        await TypePassphraseAsync(machine, passphrase, cancellationToken);
        await machine.Console.WaitForAsync(PassphraseRefused(), InstallTime, cancellationToken);
    }

    /// <summary>Nobody wrote it down.</summary>
    public async Task CheckLogsAsync(string secret, CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(network.Folder, "*.log"))
            Assert.DoesNotContain(secret, await File.ReadAllTextAsync(file, cancellationToken), StringComparison.Ordinal);
    }

    public async Task EndAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        await machine.PowerOffAsync();
        _times.Note($"CPU {machine.ProcessorTime.TotalSeconds:0} s");
        output.WriteLine(_times.ToString());
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "summary.txt"), _times + Environment.NewLine, cancellationToken);
    }

    // The journal's lines on the console begin with the time since the start and the program: "[   41.2] sh[312]: ".
    [GeneratedRegex(@"^\[ *[0-9.]+\] \S+\[\d+\]: ")]
    private static partial Regex Prefix();

    [GeneratedRegex("E2E-END")]
    private static partial Regex WitnessEnd();

    [GeneratedRegex("Please unlock disk luks-lvm")]
    private static partial Regex PassphrasePrompt();

    [GeneratedRegex("bad password or options")]
    private static partial Regex PassphraseRefused();
}
