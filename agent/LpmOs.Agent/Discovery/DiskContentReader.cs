using System.Security.Cryptography;
using System.Text;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>Reads what is on a disk: its table itself, signatures through a prober where the disk is not blank.</summary>
internal sealed class DiskContentReader(SystemTree tree, SignatureProber prober)
{
    /// <summary>All signatures that are known lie within the first or last MiB (ZFS, md, btrfs reach deepest).</summary>
    private const int EdgeBytes = 1 << 20;

    /// <exception cref="IOException">The disk cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Not started as root.</exception>
    public async Task<DiskContent> ReadAsync(Disk disk, CancellationToken cancellationToken)
    {
        PartitionTable? table;
        using (var stream = new FileStream(tree.PathOf(disk.Device), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0))
        {
            table = PartitionTable.Read(stream, disk.SizeBytes, disk.LogicalSectorBytes);
            if (table is null && IsBlank(stream, disk.SizeBytes))
                return WithDigest(new DiskContent());
        }
        var partitions = table?.Partitions ?? [];
        var devices = partitions.ToDictionary(partition => partition.Number, partition => tree.PathOf(PartitionDevice(disk.Device, partition.Number)));
        var signatures = await prober.ProbeAsync([tree.PathOf(disk.Device), .. devices.Values.Where(File.Exists)], cancellationToken).ConfigureAwait(false);
        return WithDigest(new DiskContent
        {
            PartitionTable = table?.Kind,
            DiskId = table?.DiskId,
            // Not blank, and nobody knows what: an encrypted volume without a header, a database's own, what a cryptographic erasure leaves.
            Signature = signatures.GetValueOrDefault(tree.PathOf(disk.Device))?.Type ?? (table is null ? DiskContent.UnknownData : null),
            Partitions = partitions.Select(partition => signatures.GetValueOrDefault(devices[partition.Number]) is { } found
                ? partition with { FileSystem = found.Type, Label = found.Label, Uuid = found.Uuid }
                : partition).ToList(),
        });
    }

    /// <summary>Kernel's naming: a disk whose name ends in a digit takes a 'p' before the number.</summary>
    public static string PartitionDevice(string disk, int number) => char.IsAsciiDigit(disk[^1]) ? $"{disk}p{number}" : $"{disk}{number}";

    /// <summary>One line a fact, so that the digest does not depend on how JSON is written; a blank disk has the digest of no text.</summary>
    public static DiskContent WithDigest(DiskContent content)
    {
        var text = new StringBuilder();
        if (content.PartitionTable is not null || content.DiskId is not null)
            text.Append("table\t").Append(content.PartitionTable).Append('\t').Append(content.DiskId).Append('\n');
        if (content.Signature is not null)
            text.Append("signature\t").Append(content.Signature).Append('\n');
        foreach (var p in content.Partitions)
            text.Append("partition\t").AppendJoin('\t', p.Number, p.StartBytes, p.SizeBytes, p.Name, p.TypeId, p.FileSystem, p.Label, p.Uuid).Append('\n');
        return content with { Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))) };
    }

    private static bool IsBlank(Stream stream, long sizeBytes)
    {
        var buffer = new byte[Math.Min(EdgeBytes, sizeBytes)];
        return PartitionTable.ReadAt(stream, 0, buffer) && !buffer.ContainsAnyExcept((byte)0)
            && PartitionTable.ReadAt(stream, sizeBytes - buffer.Length, buffer) && !buffer.ContainsAnyExcept((byte)0);
    }
}
