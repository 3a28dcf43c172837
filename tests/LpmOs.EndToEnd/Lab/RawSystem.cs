namespace LpmOs.EndToEnd.Lab;

/// <summary>
/// The image of a whole disk as a vendor makes one: the sample system on a GPT with an ESP and a root, started by GRUB of its own, packed as qcow2. Made by tools that know nothing of LpmOs,
/// and brought to the site by <c>boot/import-disk-image.sh</c>.
/// </summary>
internal sealed class RawSystem(string folder)
{
    public const string RootUuid = "5a1e0f6c-93b1-4d0e-8e4e-6d7c1f20aa01";
    public const long DiskBytes = 1536L << 20, RootStart = 66L << 20;
    private const string EspId = "1234-ABCD";

    /// <summary>What is in the root file system, unpacked.</summary>
    public string Tree { get; } = Path.Combine(folder, "root");

    private const string Make = """
        set -e
        packages=$1 archive=$2
        mkdir root
        tar --zstd -xf "$archive" -C root
        kernel=$(basename root/boot/vmlinuz-*)
        printf 'UUID=%s / ext4 defaults 0 1\nUUID=%s /boot/efi vfat nofail 0 0\n' "$ROOT_UUID" "$ESP_ID" > root/etc/fstab
        mkdir -p root/boot/grub root/boot/efi
        printf "set timeout=0\nmenuentry 'vendor' {\n  linux /boot/%s root=UUID=%s ro\n  initrd /boot/initrd.img-%s\n}\n" "$kernel" "$ROOT_UUID" "${kernel#vmlinuz-}" > root/boot/grub/grub.cfg
        truncate -s "$DISK_BYTES" disk.raw
        printf 'label: gpt\nstart=1MiB, size=65MiB, type=U, name=ESP\nstart=66MiB, type=L, name=vendor\n' | /sbin/sfdisk -q disk.raw
        blocks=$(( (DISK_BYTES - ROOT_START - 1048576) / 4096 ))
        /sbin/mke2fs -q -F -t ext4 -b 4096 -U "$ROOT_UUID" -d root -E "offset=$ROOT_START" disk.raw "$blocks"
        printf 'insmod part_gpt\ninsmod ext2\nsearch --no-floppy --fs-uuid --set=root %s\nconfigfile /boot/grub/grub.cfg\n' "$ROOT_UUID" > stub.cfg
        grub-mkstandalone -d "$packages/grub-efi-amd64-bin/usr/lib/grub/x86_64-efi" -O x86_64-efi -o vendor.efi --locales= --fonts= --themes= --compress=xz --modules= \
          --install-modules='normal part_gpt ext2 search search_fs_uuid linux configfile echo test' boot/grub/grub.cfg=stub.cfg
        mformat -i disk.raw@@1M -T 133120 -F -N "$(echo "$ESP_ID" | tr -d -)" ::
        mmd -i disk.raw@@1M ::EFI ::EFI/debian ::EFI/BOOT
        mcopy -i disk.raw@@1M vendor.efi ::EFI/debian/grubx64.efi
        mcopy -i disk.raw@@1M vendor.efi ::EFI/BOOT/BOOTX64.EFI
        qemu-img convert -O qcow2 disk.raw vendor.qcow2
        rm disk.raw
        """;

    /// <param name="files">Folder of the boot service; the image comes below it.</param>
    public async Task ImportAsync(string files, CancellationToken cancellationToken)
    {
        await Command.RunAsync(
            "env",
            ["-C", folder, $"ROOT_UUID={RootUuid}", $"ESP_ID={EspId}", $"DISK_BYTES={DiskBytes}", $"ROOT_START={RootStart}", "sh", "-c", Make, "sh",
             Path.Combine(Repository.Root, ".cache", "packages"), Path.Combine(Repository.Files, "images", "debian-12.tar.zst")],
            cancellationToken);
        await Command.RunAsync("env", [$"FILES={files}", "LEVEL=3", Path.Combine(Repository.Root, "boot/import-disk-image.sh"), Path.Combine(folder, "vendor.qcow2"), "vendor-debian", "debian", "12", "Debian 12 (vendor's disk)"], cancellationToken);
    }
}
