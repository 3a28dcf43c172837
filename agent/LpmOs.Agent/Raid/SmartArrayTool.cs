using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Raid;

/// <summary>HPE's ssacli (and its forerunners hpssacli, hpacucli), which writes an indented list: what is deeper belongs to what is above it.</summary>
internal sealed class SmartArrayTool(ProgramCall call) : IRaidTool
{
    private static readonly string[] Programs = ["ssacli", "hpssacli", "hpacucli"];

    // They have fields of the same names as disks and controllers.
    private static readonly string[] Neighbours = ["SEP (", "Enclosure ", "Expander ", "Port Name:", "Internal Drive Cage", "External Drive Cage"];

    public string Name => "ssacli";

    public async Task<IReadOnlyList<RaidController>> ListAsync(CancellationToken cancellationToken) =>
        await RaidPrograms.AskAsync(call, Programs, ["controller", "all", "show", "config", "detail"], cancellationToken).ConfigureAwait(false) is var (_, result) ? Parse(result.Output) : [];

    public Task DeleteAsync(RaidController controller, RaidArray array, CancellationToken cancellationToken) =>
        RaidPrograms.ChangeAsync(call, Programs, ["controller", $"slot={controller.Id}", "logicaldrive", array.Id, "delete", "forced"], cancellationToken);

    // Its words for levels are its own: 1+0. Names are "labels" and cannot be given when an array is made.
    public Task CreateAsync(RaidController controller, RaidArraySpec array, CancellationToken cancellationToken) =>
        RaidPrograms.ChangeAsync(call, Programs, ["controller", $"slot={controller.Id}", "create", "type=ld", $"drives={string.Join(',', array.Disks)}", $"raid={(array.Level == "raid10" ? "1+0" : array.Level[4..])}", "forced"], cancellationToken);

    public static IReadOnlyList<RaidController> Parse(string output)
    {
        var found = new List<RaidController>();
        var (controller, array, disk, arrays, disks) = ((RaidController?)null, (RaidArray?)null, (RaidDisk?)null, new List<RaidArray>(), new List<RaidDisk>());
        // The same disk is told of again below a mirror group, in one line; there it says which array it is in.
        string? group = null;
        var groups = new Dictionary<string, List<string>>();
        var logical = new Dictionary<string, string?>();
        foreach (var line in output.Split('\n'))
        {
            var text = line.Trim();
            if (text.Length == 0)
                continue;
            if (!char.IsWhiteSpace(line[0]) && text.Contains(" in Slot ", StringComparison.Ordinal))
            {
                EndOfDisk();
                EndOfArray();
                EndOfController();
                if (found.Count == InventoryBounds.RaidControllers)
                    return found;
                var at = text.IndexOf(" in Slot ", StringComparison.Ordinal);
                controller = new() { Id = text[(at + 9)..].Split(' ')[0], Model = Printable.Clean(text[..at]), Tool = "ssacli" };
                group = null;
                continue;
            }
            if (controller is null)
                continue;
            if (Neighbours.Any(one => text.StartsWith(one, StringComparison.Ordinal)))
            {
                EndOfDisk();
                EndOfArray();
                group = "";
            }
            else if (text.StartsWith("physicaldrive ", StringComparison.Ordinal))
            {
                if (text.Contains('(', StringComparison.Ordinal))
                    continue;
                EndOfDisk();
                EndOfArray();
                disk = new() { Id = Printable.Clean(text[14..], 64) };
                if (group is not null)
                    groups.TryAdd(group, []);
                if (group is not null && groups[group].Count < InventoryBounds.Members)
                    groups[group].Add(disk.Id);
            }
            else if (text.StartsWith("Logical Drive:", StringComparison.Ordinal))
            {
                EndOfDisk();
                EndOfArray();
                array = new() { Id = Printable.Clean(text[14..], 64) };
            }
            else if (text is "Unassigned" or "HBA Drives" || text.StartsWith("Array:", StringComparison.Ordinal) || text.StartsWith("Array ", StringComparison.Ordinal) && text.Length < 12 && !text.Contains(':', StringComparison.Ordinal))
            {
                EndOfDisk();
                EndOfArray();
                group = text.StartsWith("Array", StringComparison.Ordinal) ? Printable.Clean(text[5..].Trim(':', ' '), 16) : null;
            }
            else if (RaidText.Field(text) is var (name, value))
            {
                if (disk is not null)
                    disk = With(disk, name, value);
                else if (array is not null)
                    array = With(array, name, value);
                else if (group is null)
                    controller = With(controller, name, value);
            }
        }
        EndOfDisk();
        EndOfArray();
        EndOfController();
        return found;

        void EndOfDisk()
        {
            if (disk is not null && disks.Count < InventoryBounds.Members)
                disks.Add(disk);
            disk = null;
        }

        void EndOfArray()
        {
            if (array is not null && arrays.Count < InventoryBounds.Members)
            {
                arrays.Add(array);
                logical[array.Id] = group;
            }
            array = null;
        }

        void EndOfController()
        {
            if (controller is not null)
                found.Add(controller with { Arrays = [.. arrays.Select(one => one with { Disks = logical[one.Id] is { } own && groups.TryGetValue(own, out var members) ? [.. members] : [] })], Disks = [.. disks] });
            (arrays, disks, groups, logical) = ([], [], [], []);
        }
    }

    private static RaidController With(RaidController controller, string name, string value) => name switch
    {
        "Serial Number" => controller with { Serial = RaidText.Given(value) },
        "Firmware Version" => controller with { Firmware = RaidText.Given(value) },
        "Controller Status" => controller with { State = RaidText.Given(value) },
        "Driver Name" => controller with { Driver = RaidText.Given(value) },
        "Battery/Capacitor Status" => controller with { CacheBattery = RaidText.Given(value) },
        "PCI Address (Domain" => controller with { PciSlot = RaidText.Given(value[(value.IndexOf(')', StringComparison.Ordinal) + 1)..].Trim(':', ' '))?.ToLowerInvariant() },
        _ => controller,
    };

    private static RaidArray With(RaidArray array, string name, string value) => name switch
    {
        "Size" => array with { SizeBytes = RaidText.Bytes(value, 1000) },
        "Fault Tolerance" => array with { Level = RaidText.Level(value) },
        "Status" => array with { State = State(value) },
        "Unique Identifier" => array with { Wwn = RaidText.Given(value) is { } id ? "naa." + id.ToLowerInvariant() : null },
        "Disk Name" => array with { Device = RaidText.Given(value.Split(' ')[0]) },
        "Logical Drive Label" => array with { Name = RaidText.Given(value) },
        _ => array,
    };

    private static string? State(string value) => value switch
    {
        "OK" => "optimal",
        _ when value.StartsWith("Recovering", StringComparison.Ordinal) || value.Contains("Rebuild", StringComparison.Ordinal) => "rebuilding",
        _ when value.StartsWith("Interim Recovery", StringComparison.Ordinal) => "degraded",
        _ when value.StartsWith("Failed", StringComparison.Ordinal) => "failed",
        _ => RaidText.Given(value),
    };

    private static RaidDisk With(RaidDisk disk, string name, string value) => name switch
    {
        "Size" => disk with { SizeBytes = RaidText.Bytes(value, 1000) },
        "Serial Number" => disk with { Serial = RaidText.Given(value) },
        "Firmware Revision" => disk with { Firmware = RaidText.Given(value) },
        "Model" => disk with { Model = RaidText.Given(value) },
        "Interface Type" => disk with
        {
            Type = value.Contains("Solid State", StringComparison.Ordinal) || value.Contains("NVMe", StringComparison.Ordinal) ? "ssd" : "hdd",
            Transport = value.Contains("SATA", StringComparison.Ordinal) ? "sata" : value.Contains("NVMe", StringComparison.Ordinal) ? "nvme" : value.Contains("SAS", StringComparison.Ordinal) ? "sas" : null,
        },
        "Drive Type" when disk.State != "failed" => disk with { State = value switch { "Data Drive" => "online", "Unassigned Drive" => "unassigned", "Spare Drive" => "hot_spare", "HBA Mode Drive" => "jbod", _ => RaidText.Given(value) } },
        "Status" => disk with
        {
            State = value.StartsWith("Failed", StringComparison.Ordinal) ? "failed" : value.StartsWith("Rebuilding", StringComparison.Ordinal) ? "rebuilding" : disk.State,
            Health = (disk.Health ?? new() { Source = "ssacli" }) with { Passed = value == "OK" },
        },
        "Current Temperature (C)" => disk with { Health = (disk.Health ?? new() { Source = "ssacli" }) with { TemperatureCelsius = RaidText.Number(value) } },
        "Usage remaining" => disk with { Health = (disk.Health ?? new() { Source = "ssacli" }) with { WearPercent = RaidText.Number(value) is { } left and <= 100 ? 100 - left : null } },
        _ => disk,
    };
}
