using LpmOs.Agent.Install.Target;

namespace LpmOs.Agent.Tests.Install.Target;

/// <summary>The boot loaders of images, each where its vendor keeps it.</summary>
public sealed class BootArgumentsTests
{
    private static readonly string[] Ours = ["console=tty0", "console=ttyS0,115200", "mitigations=auto"];
    private const string Added = "console=tty0 console=ttyS0,115200 mitigations=auto";

    private static string[] Add(RecordedMachine machine) => [.. new BootArguments(new TargetTree(machine.Root)).Add(Ours)];

    private static string Text(RecordedMachine machine, string path) => File.ReadAllText(Path.Join(machine.Root, path));

    /// <summary>CentOS 7 on UEFI: the menu of its own is on the ESP, and grub2-mkconfig reads one file.</summary>
    [Fact]
    public void AMenuOnTheEspGetsThem()
    {
        const string leading = "search --fs-uuid --set=dev 1\nconfigfile ($dev)/grub2/grub.cfg\n";
        using var machine = new RecordedMachine()
            .File("boot/efi/EFI/centos/grub.cfg", "menuentry 'CentOS Linux (3.10.0-1160.el7.x86_64) 7 (Core)' {\n\tlinuxefi /vmlinuz-3.10.0-1160.el7.x86_64 root=UUID=1 ro console=ttyS0,115200 quiet\n\tinitrdefi /initramfs.img\n}\n")
            .File("boot/efi/EFI/other/GRUB.CFG", "menuentry 'x' {\n  linux /vmlinuz ro\n}\n").File("boot/efi/EFI/BOOT/grub.cfg", leading)
            .File("etc/default/grub", "GRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX=\"crashkernel=auto console=tty0\"\nGRUB_DISABLE_RECOVERY=\"true\"\n");

        Assert.Equal(["/boot/efi/EFI/centos/grub.cfg", "/boot/efi/EFI/other/GRUB.CFG", "/etc/default/grub"], Add(machine));

        Assert.Contains($"\tlinuxefi /vmlinuz-3.10.0-1160.el7.x86_64 root=UUID=1 ro quiet {Added}\n\tinitrdefi", Text(machine, "boot/efi/EFI/centos/grub.cfg"), StringComparison.Ordinal);
        Assert.Contains($"  linux /vmlinuz ro {Added}\n", Text(machine, "boot/efi/EFI/other/GRUB.CFG"), StringComparison.Ordinal);
        Assert.Equal(leading, Text(machine, "boot/efi/EFI/BOOT/grub.cfg"));
        Assert.Equal($"GRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX=\"crashkernel=auto {Added}\"\nGRUB_DISABLE_RECOVERY=\"true\"\n", Text(machine, "etc/default/grub"));
        // An agent that was restarted does it again.
        var before = Text(machine, "boot/efi/EFI/centos/grub.cfg") + Text(machine, "etc/default/grub");
        Add(machine);
        Assert.Equal(before, Text(machine, "boot/efi/EFI/centos/grub.cfg") + Text(machine, "etc/default/grub"));
    }

    [Theory]
    [InlineData("GRUB_CMDLINE_LINUX=\"\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"splash=silent console=ttyS1\"\n", $"GRUB_CMDLINE_LINUX=\"{Added}\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"splash=silent console=ttyS1 console=tty0 console=ttyS0,115200\"\n")]
    [InlineData("GRUB_CMDLINE_LINUX='a b'\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n", $"GRUB_CMDLINE_LINUX='a b {Added}'\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n")]
    [InlineData("GRUB_CMDLINE_LINUX=quiet\n", $"GRUB_CMDLINE_LINUX=\"quiet {Added}\"\n")]
    [InlineData("# GRUB_CMDLINE_LINUX=no\nGRUB_TIMEOUT=1\n", $"# GRUB_CMDLINE_LINUX=no\nGRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX=\"{Added}\"\n")]
    public void TheSettingsOfTheNextMenuHaveThem(string before, string after)
    {
        using var machine = new RecordedMachine().File("etc/default/grub", before);

        Assert.Equal(["/etc/default/grub"], Add(machine));

        Assert.Equal(after, Text(machine, "etc/default/grub"));
    }

    /// <summary>EL8: entries, of later kernels too, take them from GRUB's environment; with one menu for BIOS and UEFI that block is on the ESP.</summary>
    [Fact]
    public void TheEnvironmentOfGrubHasThem()
    {
        const string head = "# GRUB Environment Block\nsaved_entry=ffff-4.18.0-513.el8.x86_64\n", later = "boot_success=0\n";
        using var machine = new RecordedMachine().File("boot/efi/EFI/rocky/grubenv", (head + "kernelopts=root=UUID=1 ro console=ttyS0,115200 crashkernel=auto \n" + later).PadRight(1024, '#'))
            .File("boot/loader/entries/ffff-4.18.0-513.el8.x86_64.conf", "title Rocky\noptions $kernelopts $tuned_params\n")
            .File("boot/loader/entries/own.conf", "options root=UUID=1\n").File("boot/grub2/grub.cfg", "load_env\nblscfg\n");
        File.CreateSymbolicLink(Path.Join(machine.Root, "boot/grub2/grubenv"), "../efi/EFI/rocky/grubenv");

        Assert.Equal(["/boot/grub2/grubenv", "/boot/loader/entries/own.conf"], Add(machine));
        Add(machine);

        Assert.Equal($"{head}kernelopts=root=UUID=1 ro crashkernel=auto {Added}\n{later}".PadRight(1024, '#'), Text(machine, "boot/efi/EFI/rocky/grubenv"));
        // GRUB's own program reads it.
        Assert.Contains($"kernelopts=root=UUID=1 ro crashkernel=auto {Added}\nboot_success=0", RecordedMachine.Program("grub-editenv", $"'{machine.Root}/boot/efi/EFI/rocky/grubenv' list"), StringComparison.Ordinal);
        Assert.Equal("title Rocky\noptions $kernelopts $tuned_params\n", Text(machine, "boot/loader/entries/ffff-4.18.0-513.el8.x86_64.conf"));
        Assert.Equal($"options root=UUID=1 {Added}\n", Text(machine, "boot/loader/entries/own.conf"));
    }

    [Fact]
    public void AnEnvironmentThatIsFullLeavesThemToTheEntries()
    {
        var full = ("# GRUB Environment Block\nkernelopts=root=UUID=1 " + new string('x', 960) + "\n").PadRight(1024, '#');
        using var machine = new RecordedMachine().File("boot/grub2/grubenv", full).File("boot/loader/entries/a.conf", "options $kernelopts\n");

        Assert.Equal(["/boot/loader/entries/a.conf"], Add(machine));

        Assert.Equal(full, Text(machine, "boot/grub2/grubenv"));
        Assert.Equal($"options $kernelopts {Added}\n", Text(machine, "boot/loader/entries/a.conf"));
    }

    /// <summary>Debian's grub-mkconfig reads a folder beside the file, which stays the image's own; systemd-boot's entries are on the ESP.</summary>
    [Fact]
    public void EachPlaceIsWrittenOnce()
    {
        using var machine = new RecordedMachine().File("etc/debian_version", "12.1\n").File("etc/default/grub", "GRUB_CMDLINE_LINUX=\"x\"\n").File("boot/grub/grub.cfg", "linux /vmlinuz ro\n")
            .File("boot/efi/loader/entries/debian.conf", "title x\noptions root=UUID=1 ro\n");
        File.CreateSymbolicLink(Path.Join(machine.Root, "boot/grub2"), "grub");

        Assert.Equal(["/boot/grub/grub.cfg", "/boot/efi/loader/entries/debian.conf", "/etc/default/grub.d/lpmos.cfg"], Add(machine));

        Assert.Equal($"linux /vmlinuz ro {Added}\n", Text(machine, "boot/grub/grub.cfg"));
        Assert.Equal($"title x\noptions root=UUID=1 ro {Added}\n", Text(machine, "boot/efi/loader/entries/debian.conf"));
        Assert.Equal("GRUB_CMDLINE_LINUX=\"x\"\n", Text(machine, "etc/default/grub"));
    }
}
