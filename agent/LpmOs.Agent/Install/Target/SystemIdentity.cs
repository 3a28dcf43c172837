using LpmOs.Agent.Install.Disks;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>What makes this system this one: its name, file systems, machine-id and ssh host keys.</summary>
internal sealed class SystemIdentity(TargetTree tree, TargetPrograms programs)
{
    // RSA takes many seconds to make and no client of today needs it.
    private static readonly string[] HostKeyTypes = ["ed25519", "ecdsa"];

    /// <exception cref="ProgramException">No ssh host key could be made.</exception>
    public async Task WriteAsync(InstallPlan plan, PreparedDisk? disk, CancellationToken cancellationToken)
    {
        tree.Write("/etc/hostname", plan.Hostname + "\n");
        tree.Write("/etc/hosts", Hosts(plan.Hostname));
        // A whole disk has its own.
        if (disk is not null)
            tree.Write("/etc/fstab", FileSystemTable(disk, plan.SwapFile));
        // An image's machine-id and host keys would be the same on every machine; an empty machine-id is made anew at first boot (machine-id(5)).
        tree.Write("/etc/machine-id", "");
        // Disks of the machine that the image was made on; LVM sees no others where this file is (lvmdevices(8)).
        tree.Delete("/etc/lvm/devices/system.devices");
        if (tree.Exists("/var/lib/dbus"))
            tree.Link("/var/lib/dbus/machine-id", "/etc/machine-id");
        foreach (var key in tree.Names("/etc/ssh").Where(name => name.StartsWith("ssh_host_", StringComparison.Ordinal)))
            tree.Delete("/etc/ssh/" + key);
        if (!tree.HasProgram("ssh-keygen") || !tree.Exists("/etc/ssh"))
            return;
        foreach (var type in HostKeyTypes)
            await programs.RunAsync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "root@" + plan.Hostname, "-f", $"/etc/ssh/ssh_host_{type}_key"], cancellationToken).ConfigureAwait(false);
    }

    public static string Hosts(string hostname)
    {
        var shortName = hostname.Split('.')[0];
        var names = shortName == hostname ? hostname : $"{hostname} {shortName}";
        return $"""
            127.0.0.1 localhost
            127.0.1.1 {names}
            ::1 localhost ip6-localhost ip6-loopback
            ff02::1 ip6-allnodes
            ff02::2 ip6-allrouters

            """;
    }

    /// <summary>fstab(5), by UUID, root first, swap last. The ESP may be missing without stopping the system: its disk may be the one of a mirror that failed.</summary>
    public static string FileSystemTable(PreparedDisk disk, SwapFilePlan? swapFile = null)
    {
        var lines = disk.Partitions.Where(partition => partition is { Uuid: not null, Plan.MountPoint: not null }).OrderBy(partition => partition.Plan.MountPoint!.Length)
            .Select(partition => partition.Plan switch
            {
                { MountPoint: "/", FileSystem: "ext4" } => $"{Source(partition)} / ext4 errors=remount-ro 0 1",
                { FileSystem: "vfat" } plan => $"{Source(partition)} {plan.MountPoint} vfat umask=0077,nofail 0 1",
                var plan => $"{Source(partition)} {plan.MountPoint} {plan.FileSystem} {(WaitsForPassphrase(partition) ? "x-systemd.device-timeout=0" : "defaults")} 0 {(plan.FileSystem is "xfs" or "btrfs" ? 0 : 2)}",
            })
            .Concat(disk.Partitions.Where(partition => partition is { Uuid: not null, Plan.FileSystem: "swap" }).Select(partition => $"{Source(partition)} none swap sw,nofail{(WaitsForPassphrase(partition) ? ",x-systemd.device-timeout=0" : "")} 0 0"));
        // Opened when somebody types the passphrase, however long that takes; with an encrypted root they have keys there.
        bool WaitsForPassphrase(PreparedPartition partition) => disk.RootVolumes.Count == 0 && disk.Below(partition).Any();
        if (swapFile is not null)
            lines = lines.Append($"{swapFile.Path} none swap sw 0 0");
        return string.Join('\n', lines) + "\n";
    }

    // A snapshot of a volume has the same UUID as the volume; systemd waits for a passphrase without end where it is told the name of what it opens.
    private static string Source(PreparedPartition partition) => partition.Layer == StorageLayer.Volume || partition.Luks is not null ? partition.Device : $"UUID={partition.Uuid}";
}
