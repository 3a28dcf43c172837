using System.Globalization;
using System.Text.Json;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>LVM's own report; where the program is not there, groups are known only by the signature on their disks.</summary>
internal sealed class VolumeGroupReader(ProgramCall call)
{
    private static readonly ProgramOptions Options = new() { TimeLimit = TimeSpan.FromSeconds(10), Quiet = true };
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = InventoryBounds.Depth };
    private static readonly string[] Form = ["--reportformat", "json", "--units", "b", "--nosuffix", "--readonly"];

    public async Task<IReadOnlyList<VolumeGroup>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var groups = await RowsAsync("vgs", "vg", "vg_name,vg_uuid,vg_size,vg_free", cancellationToken).ConfigureAwait(false);
            var physical = await RowsAsync("pvs", "pv", "pv_name,vg_name", cancellationToken).ConfigureAwait(false);
            var logical = await RowsAsync("lvs", "lv", "vg_name,lv_name,lv_size", cancellationToken).ConfigureAwait(false);
            return [.. groups.Where(group => group["vg_name"].Length > 0).Take(InventoryBounds.VolumeGroups).Select(group => new VolumeGroup
            {
                Name = group["vg_name"], Uuid = group["vg_uuid"], SizeBytes = Bytes(group["vg_size"]), FreeBytes = Bytes(group["vg_free"]),
                PhysicalVolumes = [.. physical.Where(one => one["vg_name"] == group["vg_name"]).Select(one => one["pv_name"]).Take(InventoryBounds.Members)],
                LogicalVolumes = [.. logical.Where(one => one["vg_name"] == group["vg_name"]).Select(one => new LogicalVolume { Name = one["lv_name"], SizeBytes = Bytes(one["lv_size"]) }).Take(InventoryBounds.LogicalVolumes)],
            })];
        }
        catch (Exception e) when (e is ProgramException or JsonException)
        {
            return [];
        }
    }

    // {"report":[{"vg":[{"vg_name":"vg0",…}]}]}
    private async Task<List<Dictionary<string, string>>> RowsAsync(string command, string list, string columns, CancellationToken cancellationToken)
    {
        var result = await call("lvm", [command, .. Form, "-o", columns], Options, cancellationToken).ConfigureAwait(false);
        using var report = JsonDocument.Parse(result.Output, Bounded);
        var rows = new List<Dictionary<string, string>>();
        if (report.RootElement.ValueKind == JsonValueKind.Object && report.RootElement.TryGetProperty("report", out var parts) && parts.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in parts.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty(list, out var found) && found.ValueKind == JsonValueKind.Array))
                rows.AddRange(part.GetProperty(list).EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object).Select(row => columns.Split(',').ToDictionary(column => column, column =>
                    row.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.String ? Printable.Clean(value.GetString(), 128) : "")));
        }
        return rows;
    }

    private static long Bytes(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
}
