using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>One firmware's way in, and its way back to the disk: a machine that starts, and lines of its console that must come.</summary>
internal sealed class BootCase(string name, LabNetwork network, ITestOutputHelper output)
{
    // Three times what an idle machine with two cores needs in software emulation.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(400);

    private readonly CaseTimes _times = new(name);

    public OperatorApi Operator { get; } = new(network);

    /// <summary>
    /// Powers on and waits for the line. An emulated guest loses its timers about once in a hundred starts and stands still:
    /// then it is started a second time.
    /// </summary>
    /// <param name="forbidden">What must not have been on the console until then.</param>
    public async Task<ConsoleLine> StartAsync(
        VirtualMachine machine, string what, System.Text.RegularExpressions.Regex mark, CancellationToken cancellationToken, System.Text.RegularExpressions.Regex? forbidden = null)
    {
        machine.PowerOn();
        ConsoleLine line;
        try
        {
            line = await machine.Console.WaitForAsync(mark, Limit, cancellationToken);
        }
        catch (TimeoutException hang)
        {
            output.WriteLine(hang.Message);
            _times.Note($"{what}: power-cycled once");
            await machine.PowerOffAsync();
            machine.PowerOn();
            line = await machine.Console.WaitForAsync(mark, Limit, cancellationToken);
        }

        if (forbidden is not null)
            Assert.DoesNotContain(machine.Console.Lines, seen => forbidden.IsMatch(seen.Text));
        _times.Add(what, line.At);
        return line;
    }

    /// <summary>A time to be shown at the end.</summary>
    public void Add(string what, TimeSpan time) => _times.Add(what, time);

    /// <summary>What the machine does that we have no business with: its task was rejected, and it must start its own system.</summary>
    public async Task RejectAsync(MachineSpec spec, CancellationToken cancellationToken)
    {
        await Operator.CreateTaskAsync(spec, "node-e2e", cancellationToken);
        await Operator.RejectAsync(spec.SerialNumber, cancellationToken);
    }

    /// <summary>Ends the capture and looks for packets that tshark cannot parse.</summary>
    public static async Task CheckAsync(PacketCapture capture, CancellationToken cancellationToken)
    {
        await capture.StopAsync();
        Assert.Empty(await capture.MalformedAsync(cancellationToken));
    }

    public async Task EndAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        await machine.PowerOffAsync();
        _times.Note($"CPU {machine.ProcessorTime.TotalSeconds:0} s");
        output.WriteLine(_times.ToString());
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "summary.txt"), _times + Environment.NewLine, cancellationToken);
    }
}
