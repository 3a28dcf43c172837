using LpmOs.Agent.Install.Target;

namespace LpmOs.Agent.Tests.Install.Target;

public sealed class BootLoaderDatesTests
{
    /// <summary>What the local boot compares (templates/grub/disk.cfg) is as young as the installation, and nothing else is touched.</summary>
    [Fact]
    public void AnImagesBootLoaderIsAsYoungAsItsInstallation()
    {
        string[] compared = ["boot/efi/EFI/rocky/shimx64.efi", "boot/efi/EFI/rocky/grub.cfg", "boot/efi/EFI/BOOT/BOOTX64.EFI", "boot/grub2/grub.cfg"];
        using var machine = new RecordedMachine().File("boot/vmlinuz-1", "").File("boot/efi/EFI/rocky/BOOTX64.CSV", "");
        foreach (var file in compared)
            machine.File(file, "");
        var (built, now) = (new DateTime(2024, 1, 2, 3, 4, 6, DateTimeKind.Utc), new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
        foreach (var file in Directory.EnumerateFiles(machine.Root, "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, built);

        BootLoaderDates.Renew(new TargetTree(machine.Root), now);

        Assert.Equal(compared.Order(StringComparer.Ordinal), Directory.EnumerateFiles(machine.Root, "*", SearchOption.AllDirectories).Where(file => File.GetLastWriteTimeUtc(file) == now.UtcDateTime).Select(file => Path.GetRelativePath(machine.Root, file)).Order(StringComparer.Ordinal));
        Assert.Equal(built, File.GetLastWriteTimeUtc(Path.Join(machine.Root, "boot/vmlinuz-1")));
    }
}
