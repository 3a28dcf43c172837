using System.Globalization;
using System.Text.Json;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery.Mac;

/// <summary>Memory of a Mac: modules where it has slots, one entry for all where it is soldered.</summary>
internal static class MacMemory
{
    public static Memory Of(JsonElement profile, IReadOnlyDictionary<string, string> control)
    {
        var groups = MacJson.Entries(profile, "SPMemoryDataType").ToList();
        var slots = groups.SelectMany(group => MacJson.Entries(group, "_items")).ToList();
        var dimms = (slots.Count > 0 ? slots : groups).Select(Module).OfType<MemoryModule>().Take(InventoryBounds.Dimms).ToList();
        var installed = long.TryParse(control.GetValueOrDefault("hw.memsize"), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes is > 0 and < 1L << 50 ? bytes : dimms.Sum(dimm => dimm.SizeBytes);
        return new()
        {
            TotalBytes = installed,
            TotalGb = (int)Math.Round(installed / (double)(1L << 30), MidpointRounding.AwayFromZero),
            Slots = slots.Count > 0 ? slots.Count : null,
            ErrorCorrection = groups.Select(group => MacJson.Text(group, "global_ecc_state")).FirstOrDefault(state => state is not null) switch { "ecc_disabled" => "none", "ecc_enabled" => "multi_bit_ecc", _ => null },
            Dimms = dimms,
        };
    }

    private static MemoryModule? Module(JsonElement slot)
    {
        var size = Bytes(MacJson.Text(slot, "dimm_size") ?? MacJson.Text(slot, "SPMemoryDataType"));
        return size == 0 ? null : new()
        {
            Slot = MacJson.Text(slot, "_name"), SizeBytes = size, Type = Given(MacJson.Text(slot, "dimm_type")), Manufacturer = SmbiosMemory.Maker(Given(MacJson.Text(slot, "dimm_manufacturer"))),
            PartNumber = Given(MacJson.Text(slot, "dimm_part_number")), SerialNumber = Given(MacJson.Text(slot, "dimm_serial_number")),
            ConfiguredSpeedMts = int.TryParse(MacJson.Text(slot, "dimm_speed")?.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var speed) && speed is > 0 and < 100_000 ? speed : null,
        };
    }

    private static string? Given(string? text) => text is null || Placeholders.IsPlaceholder(text) ? null : text;

    // "16 GB"
    private static long Bytes(string? text) => text?.Split(' ') is [var number, "GB" or "MB" or "TB"] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < 1 << 20
        ? value << (text[^2] switch { 'M' => 20, 'G' => 30, _ => 40 }) : 0;
}
