using System.Runtime.InteropServices;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Target;
using LpmOs.Agent.Install.Target.Efi;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Install.Image;

/// <summary>Looks on a disk that was written from an image for something that the firmware which runs now starts: a machine that shows "no bootable device" would only be found by its silence.</summary>
internal sealed class FirmwareStart(SystemTree machine, Disk disk, AgentLog log)
{
    private const string EspGuid = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
    private const string EspNumber = "ef";

    /// <param name="label">Of the table: gpt or dos.</param>
    /// <param name="partitions">None of them is mounted.</param>
    /// <returns>The loader that a boot entry may lead to, as a path on the ESP; null without one.</returns>
    /// <exception cref="InstallException">There is nothing that it starts, or the disk cannot be read.</exception>
    public string? Require(string label, IReadOnlyList<ImagePartition> partitions)
    {
        if (machine.Exists("sys/firmware/efi"))
            return RequireEfi(label, partitions);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && BiosMissing(partitions) is { } missing)
            throw new InstallException(
                FailureCodes.BootLoader, $"This machine started by BIOS, and the image on {disk.Device} is not made for it: it has {missing}. The machine would not start from this disk.",
                "Set the machine's firmware to UEFI if the image is one for UEFI, then retry the task; or take an image with a boot loader for BIOS (grub-install --target=i386-pc).");
        return null;
    }

    private string? RequireEfi(string label, IReadOnlyList<ImagePartition> partitions)
    {
        // Firmware reads any FAT, whatever its type says; a boot entry can only be made for the first ESP of a GPT.
        var places = partitions.Where(partition => partition.FileSystem is not null && (IsEsp(partition) || partition.FileSystem == "vfat")).OrderByDescending(IsEsp).ToList();
        var entries = label == "gpt" && new EfiVariables(machine).AreThere;
        var unreachable = "";
        foreach (var place in places)
        {
            using var mounts = new TargetMounts(log);
            mounts.Mount(place.Device, place.FileSystem!, "/");
            var loader = new EspLoader(new TargetTree(mounts.Root), "");
            var (path, starts) = (loader.Path, loader.StartsByItself);
            mounts.Unmount();
            var entry = entries && place == places[0] && IsEsp(place) ? path : null;
            if (starts || entry is not null)
                return entry;
            if (path is not null)
                unreachable = $" It has {Printable.Clean(path, 200)} on partition {place.Number}, to which no boot entry can be made here.";
        }
        var what = places.Count == 0 ? "it has no EFI system partition" : $"there is no loader in EFI on partition {string.Join(", ", places.Select(place => place.Number))}";
        throw new InstallException(
            FailureCodes.BootLoader, $"This machine started by UEFI, and the image on {disk.Device} is not made for it: {what} ({EspLoader.RemovablePath[1..]}, or a vendor's shim or GRUB).{unreachable} The machine would not start from this disk.",
            "Set the machine's firmware to BIOS (legacy, CSM) if the image is one for BIOS, then retry the task; or take an image with an EFI system partition and a loader on it.");
    }

    private string? BiosMissing(IReadOnlyList<ImagePartition> partitions)
    {
        try
        {
            using var stream = new FileStream(disk.Device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return BiosStart.Missing(stream, disk.LogicalSectorBytes, [.. partitions.Where(partition => partition.Attributes.Contains("LegacyBIOSBootable", StringComparison.Ordinal)).Select(partition => partition.StartSector)]);
        }
        catch (IOException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The first sectors of {disk.Device} could not be read again: {e.Message}", "Check the disk, its cabling and its controller, then retry the task.", e);
        }
    }

    private static bool IsEsp(ImagePartition partition) => partition.Type.Equals(EspGuid, StringComparison.OrdinalIgnoreCase) || partition.Type.Equals(EspNumber, StringComparison.OrdinalIgnoreCase);
}
