using LpmOs.Agent.Discovery.Lldp;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Reporting;

/// <summary>Reports the hardware again when switches were heard, while the machine waits for its task.</summary>
internal sealed class NeighbourReporter(LldpListener listener, RegionalClient regional, AgentLog log, TimeProvider time)
{
    /// <summary>A neighbour that says something else each time must not fill the store.</summary>
    private const int MostReports = 5;
    /// <summary>Interfaces of one machine hear their switches at different times; so long the next ones are awaited.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(5);

    public async Task RunAsync(Inventory machine, CancellationToken cancellationToken)
    {
        try
        {
            for (var reports = 0; reports < MostReports; reports++)
            {
                var changed = listener.ChangedAsync(cancellationToken);
                var now = With(machine, listener.Heard);
                if (now.Nics.SequenceEqual(machine.Nics))
                {
                    await changed.ConfigureAwait(false);
                    await Task.Delay(Gathering, time, cancellationToken).ConfigureAwait(false);
                    now = With(machine, listener.Heard);
                }
                foreach (var (nic, neighbour) in now.Nics.Except(machine.Nics).Select(nic => (nic.Name, nic.Lldp)))
                    log.Line($"  {nic} is connected to {neighbour?.SwitchName ?? neighbour?.ChassisId}, port {neighbour?.Port}");
                machine = now;
                var answer = await regional.ReportAsync(new HardwareReport { Sn = machine.SerialNumber, MacAddress = machine.MacAddress, Hardware = machine }, cancellationToken).ConfigureAwait(false);
                if (answer.Value is null)
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // The task has come, or the agent ends.
        }
    }

    private static Inventory With(Inventory machine, IReadOnlyDictionary<string, LldpNeighbour> heard) =>
        machine with { Nics = [.. machine.Nics.Select(nic => heard.TryGetValue(nic.Name, out var neighbour) ? nic with { Lldp = neighbour } : nic)] };
}
