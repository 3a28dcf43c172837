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
            tree.Write("/etc/fstab", FileSystemTable(disk));
        // An image's machine-id and host keys would be the same on every machine; an empty machine-id is made anew at first boot (machine-id(5)).
        tree.Write("/etc/machine-id", "");
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

    /// <summary>fstab(5), by UUID, root first. The ESP may be missing without stopping the system.</summary>
    public static string FileSystemTable(PreparedDisk disk)
    {
        var lines = disk.Partitions.Where(partition => partition is { Uuid: not null, Plan.MountPoint: not null }).OrderBy(partition => partition.Plan.MountPoint!.Length)
            .Select(partition => partition.Plan switch
            {
                { Role: "root", FileSystem: "ext4" } => $"UUID={partition.Uuid} / ext4 errors=remount-ro 0 1",
                { FileSystem: "vfat" } plan => $"UUID={partition.Uuid} {plan.MountPoint} vfat umask=0077,nofail 0 1",
                var plan => $"UUID={partition.Uuid} {plan.MountPoint} {plan.FileSystem} defaults 0 {(plan.FileSystem == "xfs" ? 0 : 2)}",
            });
        return string.Join('\n', lines) + "\n";
    }
}
