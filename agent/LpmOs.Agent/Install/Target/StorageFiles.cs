using System.Globalization;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>What the new system needs to find its arrays, volumes and swap at each start, in its files and in its initramfs.</summary>
internal sealed class StorageFiles(TargetTree tree, TargetPrograms programs, ProgramRunner own, AgentLog log)
{
    private static readonly TimeSpan LongestInitramfs = TimeSpan.FromMinutes(20);
    private const string Advice = "Build the image with the packages for its layout: mdadm for RAID, lvm2 for LVM, cryptsetup (and cryptsetup-initramfs) for encryption, and initramfs-tools or dracut.";

    /// <exception cref="InstallException">The image has not got what its layout needs.</exception>
    /// <exception cref="ProgramException">A program failed.</exception>
    public async Task WriteAsync(InstallPlan plan, PreparedDisk disk, LuksVolumes luks, CancellationToken cancellationToken)
    {
        if (plan.Arrays is { Count: > 0 } arrays)
        {
            Require("mdadm", "software RAID");
            tree.Write(tree.Exists("/etc/debian_version") ? "/etc/mdadm/mdadm.conf" : "/etc/mdadm.conf", Arrays(arrays, plan.Hostname));
        }
        if (plan.VolumeGroups is { Count: > 0 })
            Require("lvm", "LVM");
        if (disk.Volumes.Any())
            await new EncryptedStart(tree, TpmUnlock.IsWanted(plan) ? new(tree, programs, log) : null).WriteAsync(plan, disk, luks, cancellationToken).ConfigureAwait(false);
        if (plan.SwapFile is { } swap)
            await SwapFileAsync(swap, disk, cancellationToken).ConfigureAwait(false);
        // An image is built for one plain disk: what starts it must learn of the rest.
        if (plan.Arrays is { Count: > 0 } || plan.VolumeGroups is { Count: > 0 } || disk.RootVolumes.Count > 0 || disk.Root.Plan.FileSystem != "ext4")
            await InitramfsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>mdadm.conf(5).</summary>
    public static string Arrays(IReadOnlyList<ArrayPlan> arrays, string hostname) => $"""
        # Written by LpmOs at installation.
        HOMEHOST {hostname}
        MAILADDR root
        {string.Join('\n', arrays.Select(array => $"ARRAY /dev/md/{array.Name} level=raid{array.Level.ToString(CultureInfo.InvariantCulture)} metadata=1.2 UUID={Colons(array.Uuid)}"))}

        """;

    private static string Colons(string uuid) => string.Join(':', uuid.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant().Chunk(8).Select(part => new string(part)));

    private async Task SwapFileAsync(SwapFilePlan swap, PreparedDisk disk, CancellationToken cancellationToken)
    {
        if (disk.Root.Plan.FileSystem == "btrfs")
            throw new InstallException(FailureCodes.PlanInvalid, "A swap file on btrfs would need a folder without copy-on-write, which this installation does not make.", "Give a swap partition or volume in disk_layout.");
        var path = tree.Resolve(swap.Path);
        File.Delete(path);
        using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = TargetTree.PrivateFile, PreallocationSize = swap.SizeBytes }))
            file.SetLength(swap.SizeBytes);
        await own.RunAsync("mkswap", ["-f", path], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
        log.Line($"  {swap.Path}: swap of {swap.SizeBytes >> 20} MiB");
    }

    private async Task InitramfsAsync(CancellationToken cancellationToken)
    {
        var options = new ProgramOptions { TimeLimit = LongestInitramfs };
        log.Line("  The initramfs is made anew for this layout");
        if (tree.HasProgram("update-initramfs"))
            await programs.RunAsync("update-initramfs", ["-u", "-k", "all"], cancellationToken, options).ConfigureAwait(false);
        else if (tree.HasProgram("dracut"))
            await programs.RunAsync("dracut", ["--force", "--regenerate-all", "--no-hostonly"], cancellationToken, options).ConfigureAwait(false);
        else
            throw new InstallException(FailureCodes.Configuration, "The image has neither update-initramfs nor dracut, and its own initramfs is not made for this disk layout.", Advice);
    }

    private void Require(string program, string what)
    {
        if (!tree.HasProgram(program))
            throw new InstallException(FailureCodes.Configuration, $"The image has no {program}, and the plan's layout has {what}.", Advice);
    }
}
