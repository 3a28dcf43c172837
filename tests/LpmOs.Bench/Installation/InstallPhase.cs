namespace LpmOs.Bench.Installation;

/// <summary>A phase of an installation, the same in ours and in the plain shell lab, and the least that it can take on the machine.</summary>
/// <param name="Key">In the marks.</param>
/// <param name="Limit">Seconds of the limit in a round; null: there is none but zero.</param>
/// <param name="LimitIs">What was measured for it.</param>
internal sealed record InstallPhase(string Key, string What, Func<InstallRound, double>? Limit, string LimitIs)
{
    public static IReadOnlyList<InstallPhase> All { get; } =
    [
        new("firmware", "power-on to the boot script (firmware, DHCP; no TFTP, QEMU's own ROM is iPXE)", round => Math.Min(round.Install["firmware"], round.Limits["firmware"]), "the same firmware with dnsmasq and nginx"),
        new("fetch", "kernel and initramfs fetched by iPXE", round => round.Limits["boot-files"], "the same files fetched with wget in the guest"),
        new("kernel", "kernel to the first program", round => Math.Min(round.Install["kernel"], round.Limits["kernel"]), "the same kernel with an initramfs of 5 MB"),
        new("report", "first program to the report that was taken (drivers, network, agent, discovery)", round => Math.Min(round.Install["report"], round.Limits["report"]), "four drivers by name, DHCP, one POST"),
        new("approval", "report to the task in the agent (created and approved by a script)", null, ""),
        new("first-write", "task to the first write (operation fetched, disk checked against the plan)", null, ""),
        new("partitioning", "partitioning, file systems", round => round.Limits["partitioning"], "sfdisk, mkfs.vfat, mkfs.ext4 and sync alone"),
        new("image", "image onto the disk", round => Math.Max(round.Limits["http"], Math.Max(round.Limits["zstd"], round.Limits["dd"])), "the slowest of: image by HTTP to /dev/null, zstd -d to /dev/null, dd of as many bytes to the disk"),
        new("configuration", "configuration of the new system", round => round.Install["configuration"], "the shell lab's useradd and ssh-keygen"),
        new("boot-loader", "boot loaders, writing out, restart", round => round.Install["boot-loader"], "grub-install for BIOS and UEFI, sync"),
        new("new-system", "restart to the login of the new system", round => round.Install["new-system"], "the same image without our first-boot unit, GRUB's time-out 0"),
    ];
}
