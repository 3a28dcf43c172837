using System.Globalization;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Evidence;

/// <summary>RAID members and physical volumes in a disk's file, read from outside by mdadm and lvm2 through a read-only loop device.</summary>
internal sealed class StorageImage(string file)
{
    /// <summary>The superblock, as <c>mdadm --examine --export</c> tells it.</summary>
    public Task<string> ArrayMemberAsync(DiskImagePartition partition, CancellationToken cancellationToken) =>
        ThroughLoopAsync(partition, "/sbin/mdadm", device => ["--examine", "--export", device], cancellationToken);

    /// <summary>The text of the volume group's metadata, as <c>pvck --dump metadata</c> finds it.</summary>
    public Task<string> VolumeGroupAsync(DiskImagePartition partition, CancellationToken cancellationToken) =>
        ThroughLoopAsync(partition, "/sbin/pvck", device => ["--dump", "metadata", "--config", "devices{use_devicesfile=0 scan=\"/dev\"}", device], cancellationToken);

    /// <summary>Whether cryptsetup takes this for the passphrase of a LUKS2 partition.</summary>
    public async Task<bool> OpensAsync(DiskImagePartition partition, string passphrase, CancellationToken cancellationToken)
    {
        var key = Path.GetTempFileName();
        await File.WriteAllTextAsync(key, passphrase, cancellationToken);
        try
        {
            return (await ThroughLoopAsync(partition, "/bin/sh", device => ["-c", $"/usr/sbin/cryptsetup open --type luks2 --test-passphrase --key-file={key} {device} && echo opens"], cancellationToken)).Contains("opens", StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(key);
        }
    }

    /// <summary>The JSON area of a LUKS2 header (LUKS2 On-Disk Format Specification, 3), as cryptsetup reads it.</summary>
    public Task<string> LuksMetadataAsync(DiskImagePartition partition, CancellationToken cancellationToken) =>
        ThroughLoopAsync(partition, "/usr/sbin/cryptsetup", device => ["luksDump", "--dump-json-metadata", device], cancellationToken);

    /// <summary>Whether these bytes are anywhere on the disk.</summary>
    public async Task<bool> HoldsAsync(string text, CancellationToken cancellationToken) => (await Command.TryAsync("grep", ["-a", "-q", "-F", text, file], cancellationToken)).Code switch
    {
        0 => true,
        1 => false,
        var code => throw new InvalidOperationException($"grep ended with code {code.ToString(CultureInfo.InvariantCulture)}"),
    };

    /// <summary>A file of an ext4 file system that begins so many bytes into a partition.</summary>
    public async Task<string> ReadFileAsync(DiskImagePartition partition, long offset, string path, CancellationToken cancellationToken)
    {
        var (_, output, error) = await Command.TryAsync("/sbin/debugfs", ["-c", "-R", $"cat {path}", $"{file}?offset={(partition.StartBytes + offset).ToString(CultureInfo.InvariantCulture)}"], cancellationToken);
        return error.Contains("File not found", StringComparison.Ordinal) ? throw new InvalidOperationException($"{path} is not there: {error}") : output;
    }

    /// <summary>UUID and size of an ext4 file system (dumpe2fs).</summary>
    public async Task<(string Uuid, long Bytes)> FileSystemAsync(DiskImagePartition partition, CancellationToken cancellationToken)
    {
        var superblock = (await ThroughLoopAsync(partition, "/sbin/dumpe2fs", device => ["-h", device], cancellationToken)).Split('\n').Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1].Trim());
        return (superblock["Filesystem UUID"], long.Parse(superblock["Block count"], CultureInfo.InvariantCulture) * long.Parse(superblock["Block size"], CultureInfo.InvariantCulture));
    }

    /// <summary>What differs between a folder on an ext4 file system, read by debugfs, and the same folder of a tree that diff(1) can read; empty is good.</summary>
    public async Task<string> DifferencesAsync(DiskImagePartition partition, string path, string tree, string scratch, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(scratch);
        // -c: the machine was switched off while it ran, its bitmaps may wait in the journal. What an installation adds lies in folders named lpmos.
        await Command.TryAsync("/sbin/debugfs", ["-c", "-R", $"rdump {path} {scratch}", $"{file}?offset={partition.StartBytes.ToString(CultureInfo.InvariantCulture)}"], cancellationToken);
        var (code, output, error) = await Command.TryAsync("diff", ["-r", "-q", "--no-dereference", "--exclude=lpmos", tree + path, Path.Combine(scratch, Path.GetFileName(path))], cancellationToken);
        return code > 1 ? throw new InvalidOperationException($"diff: {error}") : output;
    }

    private async Task<string> ThroughLoopAsync(DiskImagePartition partition, string program, Func<string, IReadOnlyList<string>> arguments, CancellationToken cancellationToken)
    {
        var device = (await Command.RunAsync(
            "/sbin/losetup", ["--find", "--show", "--read-only", "-o", partition.StartBytes.ToString(CultureInfo.InvariantCulture), "--sizelimit", partition.SizeBytes.ToString(CultureInfo.InvariantCulture), file], cancellationToken)).Trim();
        try
        {
            return (await Command.TryAsync(program, arguments(device), cancellationToken)).Output;
        }
        finally
        {
            await Command.RunAsync("/sbin/losetup", ["-d", device], CancellationToken.None);
        }
    }
}
