using System.Globalization;
using System.Text.Json;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Install.Target.Efi;

/// <summary>
/// Tells the firmware where the new system's loader is. A machine starts without it, too, by the removable path that every ESP has; so what the firmware refuses is said and no failure.
/// </summary>
internal sealed class EfiEntries(SystemTree machine, ProgramRunner programs, AgentLog log)
{
    private const string EspType = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
    private const int LongestTitle = 60;

    /// <param name="disks">Those with an ESP, the best first: each gets an entry.</param>
    /// <param name="loader">Its path on each of the ESPs.</param>
    public async Task WriteAsync(string title, IReadOnlyList<string> disks, string loader, CancellationToken cancellationToken)
    {
        var variables = new EfiVariables(machine);
        if (!variables.AreThere)
            return;
        try
        {
            var places = new List<EspPlace>();
            foreach (var disk in disks)
            {
                if (await FindAsync(disk, cancellationToken).ConfigureAwait(false) is { } place)
                    places.Add(place);
            }
            var name = BootOrder.Mark + Printable.Clean(title, LongestTitle);
            var ours = places.Select((place, at) => LoadOption.OfFile(at == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} (disk {at + 1})"), place, loader)).ToList();
            var changes = BootOrder.With(variables.Entries(), variables.Order(), ours);
            variables.Apply(changes);
            var now = variables.Entries();
            log.Line($"  The firmware's boot order: {string.Join(", ", changes.Order.Select(number => $"{EfiVariables.Name(number)} {(now.TryGetValue(number, out var entry) ? Printable.Clean(entry.Description, 80) : "-")}"))}");
        }
        // Whatever firmware comes up with: the machine starts without the entry, too.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.Line($"  The firmware did not take a boot entry: {Printable.Clean(e.Message, 300)}. The machine starts the new system by the removable path (EFI/BOOT) all the same");
        }
    }

    private async Task<EspPlace?> FindAsync(string disk, CancellationToken cancellationToken)
    {
        var said = await programs.RunAsync("sfdisk", ["--json", disk], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
        using var document = JsonDocument.Parse(said.Output);
        if (!document.RootElement.TryGetProperty("partitiontable", out var table) || table.GetProperty("label").GetString() != "gpt" || !table.TryGetProperty("partitions", out var partitions))
            return null;
        foreach (var partition in partitions.EnumerateArray())
        {
            if (!string.Equals(partition.GetProperty("type").GetString(), EspType, StringComparison.OrdinalIgnoreCase) || !Guid.TryParse(partition.GetProperty("uuid").GetString(), out var id))
                continue;
            var node = partition.GetProperty("node").GetString()!;
            var number = uint.Parse(node.AsSpan(node.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            return new(number, partition.GetProperty("start").GetUInt64(), partition.GetProperty("size").GetUInt64(), id);
        }
        return null;
    }
}
