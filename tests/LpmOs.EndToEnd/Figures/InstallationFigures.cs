using System.Text.Json;
using LpmOs.EndToEnd.Cases;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Figures;

/// <summary>
/// The whole installation of a BIOS server beside the plain shell lab, in turns, and the limits of the same machine: build/bench-install.sh starts it and
/// makes the report of what it writes (LPMOS_BENCH_MARKS=file, LPMOS_BENCH_LAB=initramfs, LPMOS_BENCH_ROUNDS=n). It asserts that systems came up, never times.
/// </summary>
public sealed class InstallationFigures(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(600);

    private const int MostStarts = 4;

    private readonly List<string> _notes = [];

    [Fact(Explicit = true)]
    public async Task Measure()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var rounds = new List<Dictionary<string, object>>();
        // Each alone while the lab is worked on; a report needs all three.
        var parts = (Environment.GetEnvironmentVariable("LPMOS_BENCH_PARTS") ?? "ours install limits").Split(' ');
        for (var round = 1; round <= int.Parse(Setting("ROUNDS"), System.Globalization.CultureInfo.InvariantCulture); round++)
        {
            var measured = new Dictionary<string, object>();
            foreach (var part in parts)
            {
                var phases = part == "ours" ? await OursAsync(cancellationToken) : await ShellAsync(part, cancellationToken);
                Tell($"round {round}, {part}:", phases);
                measured[part] = phases;
            }

            rounds.Add(measured);
            // After each round: what was measured is not lost when a later one fails.
            await File.WriteAllTextAsync(Setting("MARKS"), JsonSerializer.Serialize(new Dictionary<string, object> { ["rounds"] = rounds, ["notes"] = _notes }), cancellationToken);
        }
    }

    /// <summary>As end-to-end case (a) does it, but that nobody waits: the task is created and approved as soon as the machine has reported.</summary>
    private async Task<IReadOnlyDictionary<string, double>> OursAsync(CancellationToken cancellationToken)
    {
        var folder = Repository.NewWorkFolder("install-ours");
        await using var network = await LabNetwork.CreateAsync("o", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        await using var machine = new VirtualMachine(network, Spec());
        var operators = new OperatorApi(network);
        await PowerOnAsync(machine, ConsoleMarks.Polling(), cancellationToken);
        await operators.CreateTaskAsync(machine.Spec, "node-lab", cancellationToken);
        await operators.ApproveAsync(machine.Spec.SerialNumber, cancellationToken);
        await operators.WaitForTaskAsync(machine.Spec.SerialNumber, task => task.GetProperty("status").GetString() == "completed", Limit, cancellationToken);
        await machine.Console.WaitForAsync(ConsoleMarks.Login(), Limit, cancellationToken);
        var phases = PhaseMarks.OfOurs(machine.Console);
        await machine.PowerOffAsync();
        File.Delete(machine.DiskFile);
        return phases;
    }

    private async Task<IReadOnlyDictionary<string, double>> ShellAsync(string mode, CancellationToken cancellationToken)
    {
        var folder = Repository.NewWorkFolder("install-" + mode);
        await using var network = await LabNetwork.CreateAsync("s", folder, cancellationToken);
        await using var lab = await ShellLab.StartAsync(network, Setting("LAB"), mode, cancellationToken);
        await using var machine = new VirtualMachine(network, Spec());
        await PowerOnAsync(machine, PhaseMarks.Reported, cancellationToken);
        if (mode == "limits")
        {
            await WaitAsync(machine, PhaseMarks.LimitsEnd, cancellationToken);
            return PhaseMarks.OfLimits(machine.Console);
        }

        await WaitAsync(machine, PhaseMarks.ShellInstalled, cancellationToken);
        await lab.InstalledAsync(cancellationToken);
        await WaitAsync(machine, ConsoleMarks.Login(), cancellationToken);
        return PhaseMarks.OfShell(machine.Console);
    }

    private async Task PowerOnAsync(VirtualMachine machine, System.Text.RegularExpressions.Regex mark, CancellationToken cancellationToken)
    {
        for (var starts = 1; ; starts++)
        {
            machine.PowerOn();
            var why = "A guest stood still at its start";
            try
            {
                await WaitAsync(machine, mark, cancellationToken, TimeSpan.FromSeconds(180));
                if (PhaseMarks.HasFetch(machine.Console))
                    return;
                why = "The end of iPXE's fetch was lost on the serial console";
            }
            catch (TimeoutException) when (starts < MostStarts)
            {
                // An emulated guest loses its timers about once in a hundred starts and stands still. Its time would say nothing.
            }

            Assert.True(starts < MostStarts, $"{why}, {starts} times.");
            _notes.Add($"{why}; it was power-cycled, and the times are those of its next start.");
            await machine.PowerOffAsync();
        }
    }

    /// <summary>The line, or what the shell lab says instead of it.</summary>
    private static async Task WaitAsync(VirtualMachine machine, System.Text.RegularExpressions.Regex mark, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var either = new System.Text.RegularExpressions.Regex($"{mark}|^lab: failed|^ALERT! ");
        var line = await machine.Console.WaitForAsync(either, limit ?? Limit, cancellationToken);
        Assert.True(mark.IsMatch(line.Text), $"The machine's own word: {line.Text}; {machine.Console.Tail(15)}");
    }

    private static MachineSpec Spec() => new()
    {
        Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-BENCH-0001", Mac = "52:54:00:77:00:01", DiskSerial = "VD-0001",
    };

    private static string Setting(string name) => Environment.GetEnvironmentVariable("LPMOS_BENCH_" + name) ?? throw new InvalidOperationException("Run make bench TARGET=install.");

    private void Tell(string what, IReadOnlyDictionary<string, double> phases) =>
        output.WriteLine(FormattableString.Invariant($"{what} {phases.Values.Sum():0.0} s: {string.Join(", ", phases.Select(phase => FormattableString.Invariant($"{phase.Key} {phase.Value:0.0}")))}"));
}
