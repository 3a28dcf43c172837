using LpmOs.Boot.Scripts;

namespace LpmOs.Boot.Tests.Scripts;

public sealed class GrubPathTests
{
    [Theory]
    [InlineData("grub/grub.cfg")]
    [InlineData("/grub/grub.cfg")]
    [InlineData("grub/x86_64-efi/grub.cfg")]
    [InlineData("EFI/debian/grub.cfg")]
    public void The_entry_file_stands_where_images_of_grub_look(string path) => Assert.True(GrubPath.IsEntry(path));

    [Theory]
    [InlineData("grub/machine/x86_64-efi/52:54:00:77:00:01/SN-1", "52:54:00:77:00:01", "SN-1", "efi", "x86_64")]
    [InlineData("/grub/machine/arm64-efi/52:54:00:77:00:01/", "52:54:00:77:00:01", null, "efi", "arm64")]
    [InlineData("grub/machine/i386-pc/52:54:00:77:00:01/To Be Filled By O.E.M.", "52:54:00:77:00:01", null, "pcbios", "i386")]
    [InlineData("grub/machine/x86_64-efi//SN-1", null, "SN-1", "efi", "x86_64")]
    [InlineData("grub/grub.cfg-01-52-54-00-77-00-01", "52:54:00:77:00:01", null, null, null)]
    [InlineData("grub.cfg-01-52-54-00-77-00-01", "52:54:00:77:00:01", null, null, null)]
    public void A_machine_is_known_by_its_path(string path, string? mac, string? serial, string? platform, string? architecture)
    {
        var request = GrubPath.Parse(path)!;
        Assert.Equal((mac, serial, platform, architecture), (request.Mac, request.Serial, request.Platform, request.Architecture));
        Assert.False(GrubPath.IsEntry(path));
    }

    [Theory]
    [InlineData("grub/machine/x86_64-efi/not-a-mac/SN-1")]
    [InlineData("grub/machine/x86_64-efi//")]
    [InlineData("grub/machine/x86_64-efi//../../etc/passwd")]
    [InlineData("grub/machine/x86_64-efi/52:54:00:77:00:01")]
    [InlineData("grub/machine/x86/52:54:00:77:00:01/SN-1")]
    [InlineData("grub/machine/")]
    [InlineData("grub.cfg-01-")]
    [InlineData("grub.cfg-0A4D0001")]
    [InlineData("boot/vmlinuz")]
    [InlineData("")]
    public void Anything_else_is_no_machine(string path) => Assert.Null(GrubPath.Parse(path));
}
