using System.Globalization;
using System.Text.Json;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Raid;

/// <summary>Broadcom's storcli, and Dell's perccli, which is the same program under another name. Both answer in JSON when asked with <c>J</c>.</summary>
internal sealed class MegaRaidTool(string name, IReadOnlyList<string> programs, ProgramCall call) : IRaidTool
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = InventoryBounds.Depth };

    public string Name => name;

    public async Task<IReadOnlyList<RaidController>> ListAsync(CancellationToken cancellationToken)
    {
        if (await RaidPrograms.AskAsync(call, programs, ["/call", "show", "all", "J"], cancellationToken).ConfigureAwait(false) is not var (program, result))
            return [];
        using var answer = Parse(result.Output);
        var found = new List<RaidController>();
        foreach (var data in Answers(answer).Take(InventoryBounds.RaidControllers))
        {
            if (Object(data, "Basics") is not { } basics || Text(basics, "Controller") is not { } id)
                continue;
            using var arrays = Parse(await RaidPrograms.AskAsync(call, program, [$"/c{id}/vall", "show", "all", "J"], cancellationToken).ConfigureAwait(false));
            using var disks = Parse(await RaidPrograms.AskAsync(call, program, [$"/c{id}/eall/sall", "show", "all", "J"], cancellationToken).ConfigureAwait(false));
            found.Add(Controller(id, data, basics, Answers(arrays).FirstOrDefault(), Answers(disks).FirstOrDefault()));
        }
        return found;
    }

    // storcli numbers drive groups and virtual drives; "0/1" is virtual drive 1. Without force it refuses one that an operating system may use.
    public Task DeleteAsync(RaidController controller, RaidArray array, CancellationToken cancellationToken) =>
        ChangeAsync([$"/c{controller.Id}/v{array.Id.Split('/')[^1]}", "del", "force", "J"], cancellationToken);

    // A mirror of mirrors needs to know how many disks are in each: two.
    public Task CreateAsync(RaidController controller, RaidArraySpec array, CancellationToken cancellationToken) =>
        ChangeAsync([$"/c{controller.Id}", "add", "vd", $"type={array.Level}", $"name={array.Name}", $"drives={string.Join(',', array.Disks)}", .. array.Level == "raid10" ? ["pdperarray=2"] : System.Array.Empty<string>(), "J"], cancellationToken);

    // Without force it refuses a disk with partitions.
    public Task ClaimAsync(RaidController controller, RaidDisk disk, CancellationToken cancellationToken) =>
        ChangeAsync([disk.Id.Split(':') is [var enclosure, var slot] ? PathOf(controller.Id, enclosure, slot) : throw new ProgramException($"{name} has no path for the disk at {disk.Id}"), "set", "good", "force", "J"], cancellationToken);

    // Disks that hang on the controller without an enclosure have a blank in its place.
    private static string PathOf(string controller, string enclosure, string slot) => enclosure.Trim().Length > 0 ? $"/c{controller}/e{enclosure}/s{slot}" : $"/c{controller}/s{slot}";

    private async Task ChangeAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var answer = Parse(await RaidPrograms.ChangeAsync(call, programs, arguments, cancellationToken).ConfigureAwait(false));
        var status = List(answer.RootElement, "Controllers").Select(entry => Object(entry, "Command Status")).OfType<JsonElement>().FirstOrDefault();
        if (status.ValueKind != JsonValueKind.Object || Text(status, "Status") != "Success")
        {
            var why = status.ValueKind != JsonValueKind.Object ? "no answer that can be read" : List(status, "Detailed Status").Select(detail => Text(detail, "ErrMsg")).OfType<string>().FirstOrDefault() ?? Text(status, "Description") ?? "no reason given";
            throw new ProgramException($"{name} {string.Join(' ', arguments)} failed: {Printable.Clean(why, 300)}");
        }
    }

    private RaidController Controller(string id, JsonElement data, JsonElement basics, JsonElement arrays, JsonElement disks) => new()
    {
        Id = id,
        Tool = name,
        Model = Text(basics, "Model"),
        Serial = Text(basics, "Serial Number"),
        Firmware = Object(data, "Version") is { } version ? Text(version, "Firmware Package Build") ?? Text(version, "Firmware Version") : null,
        Driver = Object(data, "Version") is { } drivers ? Text(drivers, "Driver Name") : null,
        PciSlot = PciSlot(Text(basics, "PCI Address")),
        State = Object(data, "Status") is { } status ? Text(status, "Controller Status") : null,
        CacheBattery = List(data, "BBU_Info").Concat(List(data, "Cachevault_Info")).Select(battery => Text(battery, "State")).FirstOrDefault(),
        Arrays = [.. List(data, "VD LIST").Take(InventoryBounds.Members).Select(array => Array(array, arrays)).OfType<RaidArray>()],
        Disks = [.. List(data, "PD LIST").Take(InventoryBounds.Members).Select(disk => Disk(id, disk, disks)).OfType<RaidDisk>()],
    };

    private static RaidArray? Array(JsonElement array, JsonElement details)
    {
        if (Text(array, "DG/VD") is not { } place || place.Split('/') is not [_, var number])
            return null;
        var properties = Object(details, $"VD{number} Properties");
        return new()
        {
            Id = place,
            Name = Text(array, "Name"),
            Level = RaidText.Level(Text(array, "TYPE")),
            SizeBytes = properties is { } known && Number(known, "Number of Blocks") is > 0 and < long.MaxValue / 512 and var blocks ? blocks * 512 : RaidText.Bytes(Text(array, "Size"), 1024),
            State = Text(array, "State") switch { "Optl" => "optimal", "Dgrd" or "Pdgd" => "degraded", "OfLn" => "failed", "Rec" => "rebuilding", var other => other },
            Device = properties is { } named ? Text(named, "OS Drive Name") : null,
            Wwn = properties is { } seen && Text(seen, "SCSI NAA Id") is { } naa ? "naa." + naa.ToLowerInvariant() : null,
            Disks = [.. List(details, $"PDs for VD {number}").Select(disk => Text(disk, "EID:Slt")).OfType<string>().Take(InventoryBounds.Members)],
        };
    }

    private RaidDisk? Disk(string controller, JsonElement disk, JsonElement details)
    {
        if (Text(disk, "EID:Slt") is not { } place || place.Split(':') is not [var enclosure, var slot])
            return null;
        var path = PathOf(controller, enclosure, slot);
        var detail = Object(details, $"Drive {path} - Detailed Information");
        var attributes = detail is { } all ? Object(all, $"Drive {path} Device attributes") : null;
        var state = detail is { } some ? Object(some, $"Drive {path} State") : null;
        return new()
        {
            Id = place,
            Model = Text(disk, "Model"),
            Serial = attributes is { } a ? Text(a, "SN") : null,
            Firmware = attributes is { } b ? Text(b, "Firmware Revision") : null,
            SizeBytes = RaidText.Bytes(Text(disk, "Size"), 1024),
            Type = Text(disk, "Med")?.ToLowerInvariant(),
            Transport = Text(disk, "Intf")?.ToLowerInvariant(),
            State = Text(disk, "DG") == "F" ? "foreign" : Text(disk, "State") switch { "Onln" => "online", "UGood" => "unassigned", "GHS" or "DHS" => "hot_spare", "JBOD" => "jbod", "Frgn" => "foreign", "Rbld" => "rebuilding", "Failed" or "UBad" or "Offln" => "failed", var other => other },
            Health = state is { } s ? new()
            {
                Passed = Text(s, "S.M.A.R.T alert flagged by drive") switch { "No" => true, "Yes" => false, _ => null },
                MediaErrors = Number(s, "Media Error Count"),
                TemperatureCelsius = RaidText.Number(Text(s, "Drive Temperature")),
                Source = name,
            } : null,
        };
    }

    // "00:3b:00:00" is domain, bus, device, function.
    private static string? PciSlot(string? text) =>
        text?.Split(':') is [var domain, var bus, var device, var function] && new[] { domain, bus, device, function }.All(part => part.Length is > 0 and <= 4 && part.All(char.IsAsciiHexDigit))
            ? $"{domain.PadLeft(4, '0')}:{bus.PadLeft(2, '0')}:{device.PadLeft(2, '0')}.{function.TrimStart('0').PadLeft(1, '0')}".ToLowerInvariant() : null;

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, Bounded);
        }
        catch (JsonException)
        {
            // A usage text, or cut off: nothing is known then.
            return JsonDocument.Parse("{}");
        }
    }

    private static IEnumerable<JsonElement> Answers(JsonDocument answer) => List(answer.RootElement, "Controllers").Select(entry => Object(entry, "Response Data")).OfType<JsonElement>();

    private static JsonElement? Object(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static IEnumerable<JsonElement> List(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object) : [];

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ValueKind switch
    {
        JsonValueKind.String => RaidText.Given(value.GetString()),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    } : null;

    private static long? Number(JsonElement element, string name) => long.TryParse(Text(element, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
