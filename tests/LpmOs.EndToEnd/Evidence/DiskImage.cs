using System.Globalization;
using System.Text.Json;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Evidence;

internal sealed record DiskImagePartition(int Number, long StartBytes, long SizeBytes, string Type, string Uuid, string Name);

/// <summary>A machine's disk read from outside with sfdisk, debugfs and mtools while the machine is off (or has not written).</summary>
internal sealed class DiskImage(string file)
{
    public const string BiosBootType = "21686148-6449-6E6F-744E-656564454649";
    public const string EspType = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";

    /// <summary>Bytes that were ever written to the sparse file, in whole blocks (stat(2) st_blocks).</summary>
    public async Task<long> AllocatedBytesAsync(CancellationToken cancellationToken) =>
        512 * long.Parse(await Command.RunAsync("stat", ["-c", "%b", file], cancellationToken), CultureInfo.InvariantCulture);

    /// <summary>The partition table's label (gpt) and its entries, as sfdisk reads them.</summary>
    public async Task<(string Label, IReadOnlyList<DiskImagePartition> Partitions)> PartitionsAsync(CancellationToken cancellationToken)
    {
        var json = await Command.RunAsync("/sbin/sfdisk", ["--json", file], cancellationToken);
        using var document = JsonDocument.Parse(json);
        var table = document.RootElement.GetProperty("partitiontable");
        var sector = table.GetProperty("sectorsize").GetInt64();
        var partitions = table.GetProperty("partitions").EnumerateArray().Select((entry, index) => new DiskImagePartition(
            index + 1,
            entry.GetProperty("start").GetInt64() * sector,
            entry.GetProperty("size").GetInt64() * sector,
            entry.GetProperty("type").GetString()!,
            entry.GetProperty("uuid").GetString()!,
            entry.TryGetProperty("name", out var name) ? name.GetString()! : "")).ToArray();
        return (table.GetProperty("label").GetString()!, partitions);
    }

    /// <summary>A file of the ext4 root file system.</summary>
    public async Task<string> ReadRootFileAsync(DiskImagePartition root, string path, CancellationToken cancellationToken)
    {
        // -c: without the bitmaps, whose checksums do not fit where the machine was switched off and its journal is not played back.
        var (_, output, error) = await Command.TryAsync("/sbin/debugfs", ["-c", "-R", $"cat {path}", At(root)], cancellationToken);
        return error.Contains("File not found", StringComparison.Ordinal) || error.Contains("Filesystem not open", StringComparison.Ordinal)
            ? throw new InvalidOperationException($"{path} cannot be read from the installed root file system: {error}")
            : output;
    }

    /// <summary>Names in a folder of the ext4 root file system.</summary>
    public async Task<string> ListRootFolderAsync(DiskImagePartition root, string path, CancellationToken cancellationToken) =>
        (await Command.TryAsync("/sbin/debugfs", ["-c", "-R", $"ls -p {path}", At(root)], cancellationToken)).Output;

    /// <summary>Every file of the EFI system partition, one a line.</summary>
    public Task<string> ListEspAsync(DiskImagePartition esp, CancellationToken cancellationToken) =>
        Command.RunAsync("mdir", ["-/", "-b", "-i", $"{file}@@{esp.StartBytes.ToString(CultureInfo.InvariantCulture)}", "::"], cancellationToken);

    private string At(DiskImagePartition partition) => $"{file}?offset={partition.StartBytes.ToString(CultureInfo.InvariantCulture)}";
}
