using System.Security.Cryptography;
using System.Text.Json;
using LpmOs.Agent.Install;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install.Image;

/// <summary>Images of whole disks, written for real onto a loop device that held something else, looked at with sfdisk, e2fsck and mount.</summary>
[Collection("loop devices")]
public sealed class WholeDiskTests
{
    private const string Needs = "Needs root, loop devices, sfdisk, zstd and busybox.";
    private const int ImageBytes = 64 << 20;
    private static readonly Lazy<(byte[] Raw, byte[] Packed)> Good = new(() => Image("zstd -q -1 -c"));
    private const string More = """
        printf 'ID=debian\n' > etc/os-release
        printf 'UUID=6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a99 / ext4 defaults 0 1\n' > etc/fstab
        printf "menuentry 'x' {\n\tlinux /boot/vmlinuz root=/dev/vda1 ro console=tty0\n}\n" > boot/grub/grub.cfg
        """;

    [Theory]
    [InlineData("raw.zst", "zstd -q -1 -c")]
    [InlineData("raw.gz", "gzip -1 -c")]
    [InlineData("raw", "cat")]
    public async Task ADiskIsWrittenGrownAndMadeThisMachines(string format, string pack)
    {
        Assert.True(LoopDisk.Possible, Needs);
        var (raw, packed) = Image(pack);
        await using var it = await InstallationUnderTest.StartAsync(packed);
        it.Images.BreakAfter = packed.Length / 3 + 1;
        // What the image has as zeros must read as zeros, whatever was there.
        for (var at = 1; at < 64; at += 3)
            it.Disk.Write((long)at << 20, [.. Enumerable.Repeat((byte)0xEE, 4096)]);
        var plan = await PlanAsync(it, format, raw.Length);

        await it.RunAsync(plan);

        Assert.Contains(it.Images.Ranges, range => range is not null);
        using var table = JsonDocument.Parse(RecordedMachine.Program("/usr/sbin/sfdisk", $"--json {it.Disk.Device}"));
        var label = table.RootElement.GetProperty("partitiontable");
        Assert.Equal(plan.DiskGuid, label.GetProperty("id").GetString(), ignoreCase: true);
        var root = label.GetProperty("partitions").EnumerateArray().Last();
        var end = (root.GetProperty("start").GetInt64() + root.GetProperty("size").GetInt64()) * 512;
        Assert.InRange(end, it.Disk.Bytes - (2 << 20), it.Disk.Bytes);
        Assert.Contains("No errors detected", RecordedMachine.Program("/usr/sbin/sfdisk", $"--verify {it.Disk.Device} 2>&1"), StringComparison.Ordinal);
        // The backup of the table is at the end of this disk, not of the image's (UEFI 2.10, 5.3.2).
        Assert.Equal("EFI PART"u8.ToArray(), it.Disk.Read(it.Disk.Bytes - 512, 8));
        RecordedMachine.Program("/usr/sbin/e2fsck", $"-f -n {it.Disk.Device}p2");
        var blocks = RecordedMachine.Program("/usr/sbin/dumpe2fs", $"-h {it.Disk.Device}p2 2>/dev/null").Split('\n').Single(line => line.StartsWith("Block count:", StringComparison.Ordinal));
        Assert.True(long.Parse(blocks.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture) > 500L << 20 >> 12, blocks);
        // The hole of the image, between its first and its second partition.
        Assert.All(it.Disk.Read(3 << 20, 4 << 20), value => Assert.Equal(0, value));
        it.Disk.Look(2, root =>
        {
            Assert.Equal("db-1\n", File.ReadAllText(Path.Join(root, "etc/hostname")));
            Assert.Contains("6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a99", File.ReadAllText(Path.Join(root, "etc/fstab")), StringComparison.Ordinal);
            Assert.Contains("linux /boot/vmlinuz root=/dev/vda1 ro console=tty0 console=ttyS0,115200\n", File.ReadAllText(Path.Join(root, "boot/grub/grub.cfg")), StringComparison.Ordinal);
            Assert.Equal(Digest(File.ReadAllBytes(Path.Join(root, "ballast"))), File.ReadAllText(Path.Join(root, "ballast.sha256")));
            Assert.True(File.Exists(Path.Join(root, "etc/lpmos/first-boot/report")));
        });
    }

    [Fact]
    public async Task A_disk_with_an_mbr_gets_its_network_as_a_part_of_the_installation()
    {
        Assert.True(LoopDisk.Possible, Needs);
        var (raw, packed) = Image("zstd -q -1 -c", "label: dos\nsize=1MiB, type=da\nstart=10MiB, type=83");
        await using var it = await InstallationUnderTest.StartAsync(packed);
        var plan = await PlanAsync(it, "raw.zst", raw.Length) with { Network = new() { Interfaces = [new() { Mac = "52:54:00:00:00:01", Dhcp4 = false, Addresses = ["10.0.0.5/24"] }] } };

        await it.RunAsync(plan);

        Assert.Contains("\"label\": \"dos\"", RecordedMachine.Program("/usr/sbin/sfdisk", $"--json {it.Disk.Device}").Replace("\":\"", "\": \"", StringComparison.Ordinal), StringComparison.Ordinal);
        // What is reported of the disk afterwards is the image's table, not what the installation marked the disk with.
        var content = (await it.DiscoverAsync()).Content!;
        Assert.Equal(("dos", 2), (content.PartitionTable, content.Partitions.Count));
        Assert.NotEqual("EFI PART"u8.ToArray(), it.Disk.Read(it.Disk.Bytes - 512, 8));
        it.Disk.Look(2, root => Assert.Contains("Address=10.0.0.5/24\n", File.ReadAllText(Path.Join(root, "etc/systemd/network/10-lpmos0.network")), StringComparison.Ordinal));
    }

    /// <summary>The image's table is on the disk, with the image's identifier; the disk is then as an agent leaves it that is killed there, and as no agent leaves it that fails.</summary>
    [Theory]
    [InlineData("dos", "partx")]
    [InlineData("dos", "e2fsck")]
    [InlineData("gpt", "partx")]
    [InlineData("gpt", "e2fsck")]
    public async Task An_agent_killed_after_the_image_was_written_takes_its_disk_up_again(string label, string killedAt)
    {
        Assert.True(LoopDisk.Possible, Needs);
        var (raw, packed) = label == "dos" ? Image("zstd -q -1 -c", "label: dos\nsize=1MiB, type=da\nstart=10MiB, type=83") : Good.Value;
        await using var it = await InstallationUnderTest.StartAsync(packed);
        var plan = await PlanAsync(it, "raw.zst", raw.Length);
        var (begin, end) = (Path.GetTempFileName(), Path.GetTempFileName());
        it.Disk.Pretend(killedAt, $$"""
            case "$*" in --update*|-f*) ;; *) exec /usr/bin/{{killedAt}} "$@" ;; esac
            dd if={{it.Disk.Device}} of={{begin}} bs=1M count=1 status=none
            dd if={{it.Disk.Device}} of={{end}} bs=1M skip={{(it.Disk.Bytes >> 20) - 1}} status=none
            exit 9
            """);
        await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));
        it.Disk.Write(0, File.ReadAllBytes(begin));
        it.Disk.Write(it.Disk.Bytes - (1 << 20), File.ReadAllBytes(end));
        File.Delete(begin);
        File.Delete(end);
        it.Disk.Pretend(killedAt, $"PATH=/usr/sbin:/usr/bin:/sbin:/bin exec {killedAt} \"$@\"");
        Assert.NotEqual(plan.Disk!.ContentDigest, (await it.DiscoverAsync()).Content!.Digest);

        await it.RunAsync(plan);

        Assert.Contains("begun by an earlier run of this attempt", it.Console, StringComparison.Ordinal);
        it.Disk.Look(2, root => Assert.Equal("db-1\n", File.ReadAllText(Path.Join(root, "etc/hostname"))));
        // Another plan's attempt has no business with it.
        var other = plan with { DiskGuid = Guid.NewGuid().ToString() };
        Assert.Equal("disk_changed", (await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(other))).Code);
    }

    [Theory]
    [InlineData("other digest", "image_digest_mismatch", "SHA-256")]
    [InlineData("corrupted", "image_unpack_failed", "zstd -t")]
    [InlineData("cut short", "image_unpack_failed", "zstd -t")]
    [InlineData("no disk", "image_unpack_failed", "no partition table")]
    [InlineData("other size", "image_unpack_failed", "manifest says")]
    [InlineData("too large", "image_unpack_failed", "larger than the disk")]
    public async Task ABadImageFailsTheTaskWithItsReasonAndNothingBoots(string how, string code, string says)
    {
        Assert.True(LoopDisk.Possible, Needs);
        var (raw, packed) = (Good.Value.Raw, Good.Value.Packed.ToArray());
        if (how == "corrupted")
            packed.AsSpan(packed.Length / 2, 4000).Fill(0x55);
        if (how == "cut short")
            packed = packed[..(packed.Length / 2)];
        if (how is "no disk" or "too large")
            packed = Packed(how == "no disk" ? "seq 1 4000000" : "dd if=/dev/zero bs=1M count=800 status=none", "zstd -q -1 -c");
        await using var it = await InstallationUnderTest.StartAsync(packed);
        var plan = await PlanAsync(it, "raw.zst", how == "no disk" ? null : how == "other size" ? raw.Length + 512 : how == "too large" ? 800L << 20 : raw.Length);
        if (how == "other digest")
            plan = plan with { Image = plan.Image! with { Sha256 = new string('0', 64) } };

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));

        Assert.Equal(code, failure.Code);
        Assert.Contains(says, failure.Message + failure.Advice, StringComparison.Ordinal);
        Assert.All(it.Disk.Read(0, 1 << 20), value => Assert.Equal(0, value));
        Assert.All(it.Disk.Read(it.Disk.Bytes - (1 << 20), 1 << 20), value => Assert.Equal(0, value));
        Assert.DoesNotContain("lpmos-target-", File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }

    /// <summary>What the machine started by, what the image has on its ESP, and what the failure says; null: the machine would start from it.</summary>
    [Theory]
    [InlineData("bios", null, "started by BIOS", "no boot code in its first sector")]
    [InlineData("uefi", null, "started by UEFI", "it has no EFI system partition")]
    [InlineData("uefi", "boot/readme.txt", "started by UEFI", "no loader in EFI on partition 1")]
    [InlineData("uefi", "EFI/BOOT/BOOTX64.EFI", null, null)]
    [InlineData("uefi", "EFI/Microsoft/Boot/bootmgfw.efi", null, null)]
    // A loader that only a boot entry leads to: there must be somebody who keeps one.
    [InlineData("uefi", "EFI/debian/grubx64.efi", "started by UEFI", "It has /EFI/debian/grubx64.efi on partition 1, to which no boot entry can be made")]
    [InlineData("uefi with variables", "EFI/debian/grubx64.efi", null, null)]
    public async Task AnImageForOtherFirmwareIsRefused(string firmware, string? onEsp, string? says, string? what)
    {
        Assert.True(LoopDisk.Possible, Needs);
        var esp = onEsp is null ? "true" : $"mkdir -p $(dirname esp/{onEsp}) && echo loader > esp/{onEsp} && truncate -s 6M esp.ext4 && /usr/sbin/mkfs.ext4 -q -F -d esp esp.ext4 && dd if=esp.ext4 of=disk.raw bs=1M seek=1 conv=notrunc status=none";
        var (raw, packed) = Image("zstd -q -1 -c", $"label: gpt\nstart=1MiB, size=6MiB, type={(onEsp is null ? "L" : "C12A7328-F81F-11D2-BA4B-00A0C93EC93B")}\nstart=10MiB, type=L, name=root", esp);
        await using var it = await InstallationUnderTest.StartAsync(packed);
        const string variables = "sys/firmware/efi/efivars/BootOrder-8be4df61-93ca-11d2-aa0d-00e098032b8c";
        if (firmware != "bios")
            it.Machine.File(firmware == "uefi" ? "sys/firmware/efi/fw_platform_size" : variables, [7, 0, 0, 0]);
        var plan = await PlanAsync(it, "raw.zst", raw.Length);

        if (says is null)
        {
            await it.RunAsync(plan);
            Assert.Equal("EFI PART"u8.ToArray(), it.Disk.Read(512, 8));
            if (firmware == "uefi with variables")
                Assert.Contains("Boot0000", Assert.Single(Directory.GetFiles(Path.Join(it.Machine.Root, "sys/firmware/efi/efivars"), "Boot0*")), StringComparison.Ordinal);
            return;
        }
        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));

        Assert.Equal("boot_loader_failed", failure.Code);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.Contains(what!, failure.Message, StringComparison.Ordinal);
        Assert.Contains(firmware == "bios" ? "firmware to UEFI" : "firmware to BIOS", failure.Advice, StringComparison.Ordinal);
        Assert.All(it.Disk.Read(0, 1 << 20), value => Assert.Equal(0, value));
        Assert.DoesNotContain("lpmos-target-", await File.ReadAllTextAsync("/proc/mounts", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<InstallPlan> PlanAsync(InstallationUnderTest it, string format, long? rawBytes)
    {
        var plan = await it.PlanAsync();
        return plan with { Partitions = [], Image = plan.Image! with { Format = format, RawBytes = rawBytes } };
    }

    /// <summary>A disk of 64 MiB: a small partition of nothing, 8 MiB of hole, and the small system on ext4 with 8 MiB of random bytes. Its boot code is one that nobody knows: a jump to itself.</summary>
    private static (byte[] Raw, byte[] Packed) Image(string pack, string table = "label: gpt\nsize=1MiB, type=21686148-6449-6E6F-744E-656564454649\nstart=10MiB, type=L, name=root", string more = "printf '\\353\\376' | dd of=disk.raw conv=notrunc status=none")
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-whole-").FullName;
        try
        {
            File.WriteAllBytes(Path.Join(folder, "system.tar.zst"), SmallSystem.Archive(More + "\ndd if=/dev/urandom of=ballast bs=1M count=8 status=none; printf %s $(sha256sum < ballast | cut -d' ' -f1) > ballast.sha256\n"));
            RecordedMachine.Program("cd", $"{folder} && sh -e -s", $$"""
                mkdir system && tar -x -I zstd -C system -f system.tar.zst
                truncate -s {{ImageBytes}} disk.raw
                printf '%s\n' '{{table}}' | /usr/sbin/sfdisk -q disk.raw
                truncate -s 50M root.ext4
                /usr/sbin/mkfs.ext4 -q -F -U 6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a99 -d system root.ext4
                dd if=root.ext4 of=disk.raw bs=1M seek=10 conv=notrunc,sparse status=none
                {{more}}
                {{pack}} disk.raw > disk.packed
                """);
            return (File.ReadAllBytes(Path.Join(folder, "disk.raw")), File.ReadAllBytes(Path.Join(folder, "disk.packed")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Packed(string make, string pack)
    {
        var path = Path.GetTempFileName();
        try
        {
            RecordedMachine.Program("sh", $"-c '{make} | {pack} > {path}'");
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
