using LpmOs.Agent.Install.Image;

namespace LpmOs.Agent.Tests.Install.Image;

public sealed class ImageMountTests
{
    private const string Id = "8d5a5d0e-3f21-4a65-9d5c-0c6a3ff0a001";

    /// <summary>The fstab of openSUSE Leap 15.6's image for clouds, and lines that are none of ours.</summary>
    [Fact]
    public void SubvolumesAreReadOuterOnesFirst()
    {
        var mounts = ImageMount.Read($"""
            # /etc/fstab
            UUID={Id} / btrfs defaults 0 0
            UUID={Id} /boot/grub2/x86_64-efi btrfs subvol=@/boot/grub2/x86_64-efi 0 0
            UUID={Id} /var btrfs rw,noatime,subvol=/@/var,nofail 0 0
            UUID={Id} /usr/local/ btrfs subvolid=258 0 0
            LABEL="EFI" /boot/efi vfat defaults 0 0
            /dev/disk/by-partuuid/0badcafe-02 /with\040blank ext4 defaults 0 2
            UUID=0 swap swap defaults 0 0
            tmpfs /run/x tmpfs defaults 0 0
            proc /proc proc defaults 0 0
            short line
            """);

        Assert.Equal(
            [
                ("/var", "subvol=/@/var", true), ("/with blank", null, false), ("/usr/local", "subvolid=258", false), ("/boot/efi", null, false), ("/boot/grub2/x86_64-efi", "subvol=@/boot/grub2/x86_64-efi", false),
            ],
            mounts.Select(mount => (mount.Point, mount.Subvolume, mount.MayFail)));
        var root = new ImagePartition("/dev/vda3", 3, 2048, "L", "0BADCAFE-02", "btrfs", Id.ToUpperInvariant(), "EFI");
        Assert.All(mounts, mount => Assert.True(mount.IsOn(root)));
        Assert.All(mounts, mount => Assert.False(mount.IsOn(root with { Id = null, Uuid = null, Label = "efi" })));
    }
}
