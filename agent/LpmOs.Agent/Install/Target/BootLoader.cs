using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Install.Target.Efi;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>Installs the image's own GRUB for BIOS and for UEFI on each disk that the system starts from; the firmware that runs now must be able to start it.</summary>
internal sealed class BootLoader(TargetTree tree, TargetPrograms programs, TargetMounts mounts, EfiEntries entries, AgentLog log, bool uefi)
{
    private const string Advice = "The task's log shows what GRUB said. The image needs grub-pc-bin for BIOS and grub-efi-amd64-bin for UEFI.";
    // Translations, fonts and themes serve a menu that shows for a second on a serial line.
    private static readonly string[] Common = ["--locales=", "--fonts=", "--themes="];

    /// <exception cref="InstallException">The machine could not boot from this disk.</exception>
    public async Task InstallAsync(InstallPlan plan, PreparedDisk disk, CancellationToken cancellationToken)
    {
        var (kernel, initrd) = GrubConfig.FindKernel(tree);
        var program = tree.HasProgram("grub-install") ? "grub-install" : tree.HasProgram("grub2-install") ? "grub2-install"
            : throw new InstallException(FailureCodes.BootLoader, "The image has no grub-install.", Advice);
        // The kernel's path begins at its own file system, which may be that of /boot.
        var apart = disk.Boot != disk.Root;
        string OnBoot(string path) => apart ? path["/boot".Length..] : path;
        var specification = new BootLoaderSpecification(tree);
        var config = new GrubConfig
        {
            Title = plan.Os.Name, BootUuid = disk.Boot.Uuid!, Root = disk.Root.Layer == StorageLayer.Volume || disk.Root.Luks is not null ? disk.Root.Device : $"UUID={disk.Root.Uuid}", Modules = [.. Modules(disk).Where(module => module is not "ext2")],
            LaterKernels = specification.IsUsed, Kernel = OnBoot(kernel), Initrd = initrd is null ? null : OnBoot(initrd), KernelArguments = [.. plan.KernelArguments, .. new EncryptedStart(tree, TpmUnlock.IsWanted(plan) ? new(tree, programs, log) : null).KernelArguments(disk)],
        };
        var folder = program == "grub2-install" ? "/boot/grub2" : "/boot/grub";
        tree.Write(folder + "/grub.cfg", config.Text(), TargetTree.PrivateFile);
        if (specification.IsUsed)
            specification.Rewrite(config.Root, config.KernelArguments, apart);
        if (tree.Exists("/etc/default/grub.d") || tree.Exists("/etc/debian_version"))
            tree.Write("/etc/default/grub.d/lpmos.cfg", config.Defaults());

        await TryAsync("BIOS", needed: !uefi, "i386-pc", () => BiosAsync(program, disk, cancellationToken)).ConfigureAwait(false);
        // The RHEL family's grub2-install refuses UEFI, even where its modules are there: its own loader would lose the signature.
        if (disk.Esp?.Plan.MountPoint is { } shipped && new EspLoader(tree, shipped) is { Shipped: { } signed } loader && !(tree.Exists("/usr/lib/grub/x86_64-efi") && tree.Exists("/etc/debian_version")))
        {
            loader.Complete(signed, config.Leading(OnBoot(folder)));
            log.Line($"  GRUB for UEFI is the image's own, behind its shim (EFI/{signed})");
        }
        else if (disk.Esp?.Plan.MountPoint is { } mountPoint)
            await TryAsync("UEFI", needed: uefi, "x86_64-efi", () => UefiAsync(program, plan, mountPoint, cancellationToken)).ConfigureAwait(false);
        else if (uefi)
            throw new InstallException(FailureCodes.BootLoader, "This machine started by UEFI, and the plan has no EFI system partition.", "Use a disk layout with an esp partition.");
        if (disk.Esp?.Plan.MountPoint is { } esp)
            FillEsps(disk, esp);
        if (uefi && disk.Esp?.Plan.MountPoint is { } place && new EspLoader(tree, place).Path is { } starts)
            await entries.WriteAsync(plan.Os.Name, disk.BootDisks.Count > 0 ? disk.BootDisks : disk.Disks, starts, cancellationToken).ConfigureAwait(false);
    }

    private async Task TryAsync(string firmware, bool needed, string platform, Func<Task> install)
    {
        if (!tree.Exists("/usr/lib/grub/" + platform))
        {
            if (needed)
                throw new InstallException(FailureCodes.BootLoader, $"This machine started by {firmware}, and the image has no GRUB for it (/usr/lib/grub/{platform}).", Advice);
            log.Line($"  The image has no GRUB for {firmware}; this machine does not need it");
            return;
        }
        try
        {
            await install().ConfigureAwait(false);
            log.Line($"  GRUB for {firmware} installed");
        }
        catch (ProgramException e) when (!needed)
        {
            log.Line($"  GRUB for {firmware} could not be installed; this machine does not need it: {e.Message}");
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.BootLoader, $"GRUB for {firmware} could not be installed: {e.Message}", Advice, e);
        }
    }

    // grub-install finds most by itself; these it must have whatever it finds.
    private static IEnumerable<string> Modules(PreparedDisk disk)
    {
        yield return disk.Boot.Plan.FileSystem switch { "xfs" => "xfs", "btrfs" => "btrfs", _ => "ext2" };
        if (disk.Boot.Layer == StorageLayer.Array)
            yield return "mdraid1x";
    }

    private async Task BiosAsync(string program, PreparedDisk disk, CancellationToken cancellationToken)
    {
        foreach (var device in disk.BootDisks)
        {
            await programs.RunAsync(program, [.. Common, "--target=i386-pc", "--no-floppy", $"--modules={string.Join(' ', Modules(disk).Prepend("part_gpt"))}", device], cancellationToken).ConfigureAwait(false);
            if (disk.BootDisks.Count > 1)
                log.Line($"  GRUB for BIOS is on {device}");
        }
    }

    private async Task UefiAsync(string program, InstallPlan plan, string mountPoint, CancellationToken cancellationToken)
    {
        // The removable path is what firmware tries without an entry of its own. Entries are made by us: GRUB's own would come before the network.
        List<string> arguments = [.. Common, "--target=x86_64-efi", "--efi-directory=" + mountPoint, "--removable", "--no-nvram"];
        if (tree.Exists("/etc/debian_version") && !tree.Exists("/usr/lib/grub/x86_64-efi-signed"))
            arguments.Add("--no-uefi-secure-boot");
        await programs.RunAsync(program, arguments, cancellationToken).ConfigureAwait(false);
        var vendor = string.Concat(plan.Os.Id.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        if (vendor.Length > 0)
            new EspLoader(tree, mountPoint).CopyTo(vendor);
    }

    // GRUB finds the array from whichever member the firmware starts. The small GRUB of the boot service reads no arrays: it knows a disk with
    // a system by this file's name, and starts what is in the disk's first sector.
    private void FillEsps(PreparedDisk disk, string mountPoint)
    {
        if (disk.Boot.Layer == StorageLayer.Array)
            File.WriteAllText(Path.Join(tree.Folder(mountPoint + "/grub"), "grub.cfg"), "# The system of this disk is on an array, and so is its configuration. Written by LpmOs at installation.\n");
        foreach (var spare in disk.SpareEsps)
        {
            const string place = "/mnt/lpmos-esp";
            mounts.Mount(spare.Device, spare.Plan.FileSystem!, place);
            foreach (var file in tree.Files(mountPoint))
                tree.Copy(file, place + file[mountPoint.Length..]);
            mounts.UnmountLast();
            Directory.Delete(Path.Join(tree.Root, place));
            log.Line($"  {spare.Device} is like {disk.Esp!.Device}");
        }
    }
}
