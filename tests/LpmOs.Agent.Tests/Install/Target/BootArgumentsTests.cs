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
