using LpmOs.Agent.Install;

namespace LpmOs.Agent.Tests.Install.Image;

/// <summary>Images whose system is in subvolumes of btrfs: what is written into it must be where the system that starts will look.</summary>
[Collection("loop devices")]
public sealed class BtrfsImageTests
{
    private const string Needs = "Needs root, loop devices, btrfs-progs, sfdisk, zstd and busybox.";
    private const string Uuid = "8d5a5d0e-3f21-4a65-9d5c-0c6a3ff0a001";

    [Theory]
    // SUSE: the system is in the default subvolume.
    [InlineData("@/.snapshots/1/snapshot", "@/home", true)]
    // Fedora and Ubuntu: beside what the kernel mounts by itself.
    [InlineData("root", "home", false)]
    public async Task WhatTheFstabNamesIsMountedWhereTheSystemHasIt(string system, string home, bool isDefault)
    {
        Assert.True(LoopDisk.Possible && File.Exists("/usr/bin/btrfs"), Needs);
        var (size, packed) = Image(system, home, isDefault);
        await using var it = await InstallationUnderTest.StartAsync(packed);
        var plan = await it.PlanAsync();

        await it.RunAsync(plan with { Partitions = [], Image = plan.Image! with { Format = "raw.zst", RawBytes = size } });

        var folder = Directory.CreateTempSubdirectory("lpmos-look-").FullName;
        RecordedMachine.Program("mount", $"-o ro,subvolid=5 {it.Disk.Device}p1 {folder}");
        try
        {
            Assert.Equal("db-1\n", await File.ReadAllTextAsync(Path.Join(folder, system, "etc/hostname"), TestContext.Current.CancellationToken));
            // It reaches to the disk's end.
            var partition = long.Parse(RecordedMachine.Program("blockdev", $"--getsize64 {it.Disk.Device}p1"), System.Globalization.CultureInfo.InvariantCulture);
            Assert.Matches($@"devid\s+1 size {partition / 4096 * 4096} ", RecordedMachine.Program("btrfs", $"filesystem show --raw {folder}"));
            Assert.True(partition > size, $"The partition has {partition} bytes, the image {size}.");
            Assert.True(File.Exists(Path.Join(folder, home, "admin/.ssh/authorized_keys")), it.Console);
            Assert.Empty(Directory.GetFileSystemEntries(Path.Join(folder, system, "home")));
            // A link of the image leads into the image: never to this machine's own folder.
            Assert.True(File.Exists(Path.Join(folder, system, "srv/here")));
        }
        finally
        {
            RecordedMachine.Program("umount", folder);
            Directory.Delete(folder);
        }
        Assert.Contains("/gone is not mounted", it.Console, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/etc/lpmos-links-out"));
    }

    /// <summary>A disk of 200 MiB with one partition, on which the small system lies in a subvolume and /home in another.</summary>
    private static (long Bytes, byte[] Packed) Image(string system, string home, bool isDefault)
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-btrfs-").FullName;
        try
        {
            File.WriteAllBytes(Path.Join(folder, "system.tar.zst"), SmallSystem.Archive($"""
                printf 'ID=opensuse-leap\n' > etc/os-release
                mkdir -p srv && touch srv/here && ln -s /etc/lpmos-links-out opt
                printf 'UUID={Uuid} / btrfs defaults 0 0\nUUID={Uuid} /opt btrfs subvol=/{home} 0 0\nUUID={Uuid} /home btrfs subvol=/{home} 0 0\nUUID={Uuid} /gone btrfs nofail,subvol=/gone 0 0\n' > etc/fstab
                """));
            RecordedMachine.Program("cd", $"{folder} && sh -e -s", $$"""
                PATH=/usr/sbin:/sbin:$PATH
                truncate -s 190M root.btrfs && mkfs.btrfs -q -U {{Uuid}} root.btrfs
                mkdir top && mount -o loop root.btrfs top
                trap 'umount top' EXIT
                for parent in $(dirname {{system}}) $(dirname {{home}}); do
                  path=top; for part in $(echo $parent | tr / ' '); do path=$path/$part; [ -d $path ] || btrfs -q subvolume create $path; done
                done
                btrfs -q subvolume create top/{{system}}
                btrfs -q subvolume create top/{{home}}
                tar -x -I zstd -C top/{{system}} -f system.tar.zst
                {{(isDefault ? $"btrfs subvolume set-default top/{system}" : "mkdir -p top/backup/etc && echo ID=x > top/backup/etc/os-release && ln -s / top/link")}}
                umount top; trap - EXIT
                truncate -s 200M disk.raw
                printf 'label: gpt\nstart=1MiB, size=190MiB, type=L\n' | sfdisk -q disk.raw
                printf '\353\376' | dd of=disk.raw conv=notrunc status=none
                dd if=root.btrfs of=disk.raw bs=1M seek=1 conv=notrunc,sparse status=none
                zstd -q -1 -c disk.raw > disk.packed
                """);
            return (200L << 20, File.ReadAllBytes(Path.Join(folder, "disk.packed")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
