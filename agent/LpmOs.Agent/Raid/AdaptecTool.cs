using System.Globalization;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Raid;

/// <summary>Microchip's (Adaptec's) arcconf: fields below headings; controllers count from 1.</summary>
internal sealed class AdaptecTool(ProgramCall call) : IRaidTool
{
    private const int Unit = 1024;
    private static readonly string[] Programs = ["arcconf"];

    public string Name => "arcconf";

    public async Task<IReadOnlyList<RaidController>> ListAsync(CancellationToken cancellationToken)
    {
        if (await RaidPrograms.AskAsync(call, Programs, ["GETCONFIG", "1", "AL"], cancellationToken).ConfigureAwait(false) is not var (program, first))
            return [];
        var count = first.Output.Split('\n').Select(line => RaidText.Field(line)).FirstOrDefault(field => field is { Name: "Controllers found" }) is var (_, text) ? RaidText.Number(text) ?? 0 : 0;
        var found = new List<RaidController>();
        for (var number = 1; number <= Math.Min(count, InventoryBounds.RaidControllers); number++)
        {
            var id = number.ToString(CultureInfo.InvariantCulture);
            found.Add(Parse(id, number == 1 ? first.Output : await RaidPrograms.AskAsync(call, program, ["GETCONFIG", id, "AL"], cancellationToken).ConfigureAwait(false)));
        }
        return found;
    }

    public Task DeleteAsync(RaidController controller, RaidArray array, CancellationToken cancellationToken) =>
        RaidPrograms.ChangeAsync(call, Programs, ["DELETE", controller.Id, "LOGICALDRIVE", array.Id, "noprompt"], cancellationToken);

    // Places are given as channel and device, each a word of its own; levels as bare numbers, a mirror of mirrors as 10.
    public Task CreateAsync(RaidController controller, RaidArraySpec array, CancellationToken cancellationToken) =>
        RaidPrograms.ChangeAsync(call, Programs, ["CREATE", controller.Id, "LOGICALDRIVE", "Name", array.Name, "MAX", array.Level[4..], .. array.Disks.SelectMany(place => place.Split(',')), "noprompt"], cancellationToken);

    public static RaidController Parse(string id, string output)
    {
        var controller = new RaidController { Id = id, Tool = "arcconf" };
        var (array, disk, arrays, disks) = ((RaidArray?)null, (Part?)null, new List<RaidArray>(), new List<Part>());
        var section = "";
        var members = new List<string>();
        foreach (var line in output.Split('\n'))
        {
            var text = line.Trim();
            if (text.EndsWith(" information", StringComparison.OrdinalIgnoreCase) && RaidText.Field(text) is null)
            {
                // "Logical Device segment information" stays within its array.
                if (!text.Contains("segment", StringComparison.OrdinalIgnoreCase))
                {
                    End();
                    section = text.ToLowerInvariant();
                }
            }
            else if (section.StartsWith("logical device", StringComparison.Ordinal) && text.StartsWith("Logical device number ", StringComparison.OrdinalIgnoreCase))
            {
                End();
                array = new() { Id = Printable.Clean(text[22..], 16) };
            }
            else if (section.StartsWith("physical device", StringComparison.Ordinal) && text.StartsWith("Device #", StringComparison.Ordinal))
            {
                End();
                disk = new(new() { Id = Printable.Clean(text[8..], 16) }, null, true);
            }
            else if (disk is not null && text.StartsWith("Device is a", StringComparison.Ordinal))
            {
                // Backplanes and expanders are listed with the disks.
                disk = disk with { IsDisk = text.Contains("Hard drive", StringComparison.OrdinalIgnoreCase) };
            }
            else if (RaidText.Field(text) is var (name, value))
            {
                if (array is not null)
                {
                    array = With(array, name, value);
                    // The serial number stands behind the place: "Present (953869MB, SATA, HDD, Enclosure:0, Slot:0)   Z1W0AAAA".
                    if (name.Contains("Segment ", StringComparison.Ordinal) && value.LastIndexOf(')') is > 0 and var at && RaidText.Given(value[(at + 1)..]) is { } serial && members.Count < InventoryBounds.Members)
                        members.Add(serial);
                }
                else if (disk is not null)
                    disk = With(disk, name, value);
                else
                    controller = With(controller, name, value);
            }
        }
        End();
        var bySerial = disks.Where(one => one.Disk.Serial is not null).DistinctBy(one => one.Disk.Serial).ToDictionary(one => one.Disk.Serial!, one => one.Disk.Id);
        return controller with
        {
            Arrays = [.. arrays.Select(one => one with { Disks = [.. one.Disks.Select(serial => bySerial.GetValueOrDefault(serial, serial))] })],
            Disks = [.. disks.Select(one => one.Disk)],
        };

        void End()
        {
            if (array is not null && arrays.Count < InventoryBounds.Members)
                arrays.Add(array with { Disks = [.. members] });
            if (disk is { IsDisk: true } && disks.Count < InventoryBounds.Members)
                disks.Add(disk with { Disk = disk.Disk with { Model = RaidText.Given($"{(disk.Vendor is "ATA" or "NVMe" ? null : disk.Vendor)} {disk.Disk.Model}") } });
            (array, disk) = (null, null);
            members.Clear();
        }
    }

    private sealed record Part(RaidDisk Disk, string? Vendor, bool IsDisk);

    private static RaidController With(RaidController controller, string name, string value) => name switch
    {
        "Controller Model" => controller with { Model = RaidText.Given(value) },
        "Controller Serial Number" => controller with { Serial = RaidText.Given(value) },
        "Controller Status" => controller with { State = RaidText.Given(value) },
        "Firmware" => controller with { Firmware = RaidText.Given(value) },
        "Overall Backup Unit Status" or "Status" => controller with { CacheBattery = RaidText.Given(value) },
        // Decimal bus, device, function behind a decimal domain.
        "PCI Address (Domain" or "PCI Address (Bus" => controller with { PciSlot = PciSlot(value) },
        _ => controller,
    };

    private static string? PciSlot(string value)
    {
        var parts = value[(value.IndexOf(')', StringComparison.Ordinal) + 1)..].Trim(':', ' ').Split(':').Select(part => int.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var n) ? n : -1).ToArray();
        return parts is [>= 0 and <= 0xFFFF and var domain, >= 0 and <= 255 and var bus, >= 0 and <= 31 and var device, >= 0 and <= 7 and var function] ? $"{domain:x4}:{bus:x2}:{device:x2}.{function:x}" : null;
    }

    private static RaidArray With(RaidArray array, string name, string value) => name.ToLowerInvariant() switch
    {
        "logical device name" => array with { Name = RaidText.Given(value) },
        "raid level" => array with { Level = RaidText.Level(value) },
        "status of logical device" => array with { State = value switch { "Optimal" => "optimal", "Degraded" or "Suboptimal" => "degraded", "Failed" or "Offline" => "failed", _ when value.Contains("Rebuild", StringComparison.Ordinal) => "rebuilding", _ => RaidText.Given(value) } },
        "size" => array with { SizeBytes = RaidText.Bytes(value, Unit) },
        "disk name" => array with { Device = RaidText.Given(value.Split(' ')[0]) },
        "volume unique identifier" => array with { Wwn = RaidText.Given(value) is { Length: 32 } wwn ? "naa." + wwn.ToLowerInvariant() : null },
        _ => array,
    };

    private static Part With(Part part, string name, string value)
    {
        var disk = part.Disk;
        return name switch
        {
            "Vendor" => part with { Vendor = RaidText.Given(value) },
            "Reported Channel,Device(T" => part with { Disk = disk with { Id = RaidText.Given(value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('(')[0]) ?? disk.Id } },
            "Model" => part with { Disk = disk with { Model = RaidText.Given(value) } },
            "Firmware" => part with { Disk = disk with { Firmware = RaidText.Given(value) } },
            "Serial number" => part with { Disk = disk with { Serial = RaidText.Given(value) } },
            "Total Size" or "Size" => part with { Disk = disk with { SizeBytes = RaidText.Bytes(value, Unit) } },
            "SSD" => part with { Disk = disk with { Type = value == "Yes" ? "ssd" : "hdd" } },
            "Transfer Speed" => part with { Disk = disk with { Transport = value.StartsWith("SAS", StringComparison.Ordinal) ? "sas" : value.StartsWith("SATA", StringComparison.Ordinal) ? "sata" : disk.Transport } },
            "State" => part with { Disk = disk with { State = value switch { "Online" => "online", "Ready" => "unassigned", "Hot Spare" or "Hot-Spare" or "Dedicated Hot-Spare" or "Global Hot-Spare" => "hot_spare", "Raw (Pass Through)" => "jbod", "Rebuilding" => "rebuilding", "Failed" => "failed", _ => RaidText.Given(value) } } },
            "S.M.A.R.T. warnings" => part with { Disk = disk with { Health = (disk.Health ?? new() { Source = "arcconf" }) with { Passed = value == "0" } } },
            "Temperature" or "Current Temperature" => part with { Disk = disk with { Health = (disk.Health ?? new() { Source = "arcconf" }) with { TemperatureCelsius = RaidText.Number(value) } } },
            _ => part,
        };
    }
}
