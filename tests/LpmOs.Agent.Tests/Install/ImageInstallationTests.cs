using System.Text.Json;
using LpmOs.Agent.Install;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install;

/// <summary>Installs for real on a loop device and looks at the disk with other programs.</summary>
[Collection("loop devices")]
public sealed class ImageInstallationTests
{
    private const string Needs = "Needs root, loop devices, sfdisk, zstd and busybox.";

    [Fact]
    public async Task ASystemIsInstalledAsPlanned()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        it.Images.BreakAfter = it.Images.Content.Length / 3 + 1;
        var plan = await it.PlanAsync();

        await it.RunAsync(plan);
        await it.DrainAsync();

        using var table = JsonDocument.Parse(RecordedMachine.Program("sfdisk", $"--json {it.Disk.Device}"));
        var label = table.RootElement.GetProperty("partitiontable");
        Assert.Equal("gpt", label.GetProperty("label").GetString());
        Assert.Equal(plan.DiskGuid, label.GetProperty("id").GetString(), ignoreCase: true);
        Assert.Equal(
            [("bios", "21686148-6449-6E6F-744E-656564454649"), ("esp", "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"), ("root", "0FC63DAF-8483-4772-8E79-3D69D8477DE4")],
            label.GetProperty("partitions").EnumerateArray().Select(partition => (partition.GetProperty("name").GetString()!, partition.GetProperty("type").GetString()!)));
        it.Disk.Look(3, root =>
        {
            string Text(string path) => File.ReadAllText(Path.Join(root, path));
            var uuid = RecordedMachine.Program("blkid", $"-p -s UUID -o value {it.Disk.Device}p3").Trim();
            Assert.Equal("db-1\n", Text("etc/hostname"));
            Assert.Contains("127.0.1.1 db-1\n", Text("etc/hosts"), StringComparison.Ordinal);
            Assert.Equal("", Text("etc/machine-id"));
            Assert.False(File.Exists(Path.Join(root, "etc/ssh/ssh_host_rsa_key")));
            Assert.Equal("key\n", Text("etc/ssh/ssh_host_ed25519_key"));
            Assert.StartsWith($"UUID={uuid} / ext4 ", Text("etc/fstab"), StringComparison.Ordinal);
            Assert.Contains("admin:x:1000:1000", Text("etc/passwd"), StringComparison.Ordinal);
            Assert.Equal("ssh-ed25519 AAAAC3Nza ops@example\n", Text("home/admin/.ssh/authorized_keys"));
            Assert.Equal("600 1000", RecordedMachine.Program("stat", $"-c '%a %u' {root}/home/admin/.ssh/authorized_keys").Trim());
            Assert.Equal("admin ALL=(ALL) NOPASSWD:ALL\n", Text("etc/sudoers.d/90-lpmos-admin"));
            Assert.Contains("MACAddress=52:54:00:00:00:01", Text("etc/systemd/network/10-lpmos0.network"), StringComparison.Ordinal);
            Assert.Contains("datasource_list: [NoCloud, None]", Text("etc/cloud/cloud.cfg.d/99_lpmos.cfg"), StringComparison.Ordinal);
            // The newest kernel, by number and not by letter.
            Assert.Contains($"linux /boot/vmlinuz-6.1.0-56-amd64 root=UUID={uuid} ro console=ttyS0,115200", Text("boot/grub/grub.cfg"), StringComparison.Ordinal);
            RecordedMachine.Program("grub-script-check", $"{root}/boot/grub/grub.cfg");
            Assert.Contains("--target=i386-pc", Text("grub-calls"), StringComparison.Ordinal);
            Assert.Contains("--target=x86_64-efi --efi-directory=/boot/efi --removable --no-nvram", Text("grub-calls"), StringComparison.Ordinal);
            Assert.Equal("600", RecordedMachine.Program("stat", $"-c %a {root}/etc/lpmos/first-boot/report").Trim());
            Assert.Contains("one-time.token-of-this-machine", Text("etc/lpmos/first-boot/report"), StringComparison.Ordinal);
            Assert.Equal("/etc/systemd/system/lpmos-firstboot.service", new FileInfo(Path.Join(root, "etc/systemd/system/multi-user.target.wants/lpmos-firstboot.service")).LinkTarget);
        });
        it.Disk.Look(2, esp => Assert.Equal("loader\n", File.ReadAllText(Path.Join(esp, "EFI/debian/grubx64.efi"))));
        var percents = it.Regional.Progress.Select(report => report.Percent).ToList();
        Assert.Equal(percents.Order(), percents);
        Assert.Equal([40, 50, 60, 70, 80, 90], ((string[])["install_start", "partitioning", "downloading", "installing", "configuring", "finalizing"]).Select(step => it.Regional.Progress.FirstOrDefault(report => report.Step == step)?.Percent ?? ProgressSteps.Percent[step]));
        Assert.DoesNotContain("one-time.token", it.Console, StringComparison.Ordinal);
        Assert.DoesNotContain("lpmos-target-", File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongDigestLeavesADiskThatDoesNotBoot()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await it.PlanAsync();

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan with { Image = plan.Image! with { Sha256 = new string('0', 64) } }));

        Assert.Equal("image_digest_mismatch", failure.Code);
        Assert.Contains(SmallSystem.Digest(it.Images.Content), failure.Message, StringComparison.Ordinal);
        AssertNothingBoots(it);
    }

    [Fact]
    public async Task An_image_that_another_key_signed_is_refused_before_anything_is_written()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await it.PlanAsync();
        it.Disk.Write(1 << 16, "precious"u8.ToArray());
        plan = plan with { Disk = plan.Disk! with { ContentDigest = (await it.DiscoverAsync()).Content!.Digest } };
        // Keys and signature of another program: openssl.
        var folder = Directory.CreateTempSubdirectory("lpmos-keys-").FullName;
        try
        {
            await File.WriteAllBytesAsync(folder + "/image", it.Images.Content, TestContext.Current.CancellationToken);
            string Key(string name)
            {
                RecordedMachine.Program("openssl", $"ecparam -name prime256v1 -genkey -noout -out {folder}/{name}.key");
                return ImageSignature.Key(RecordedMachine.Program("openssl", $"ec -in {folder}/{name}.key -pubout 2> /dev/null"))!;
            }
            var (signer, other) = (Key("signer"), Key("other"));
            RecordedMachine.Program("openssl", $"dgst -sha256 -sign {folder}/signer.key -out {folder}/image.sig {folder}/image");
            var signature = Convert.ToBase64String(await File.ReadAllBytesAsync(folder + "/image.sig", TestContext.Current.CancellationToken));

            foreach (var (key, image) in ((string, ImagePlan)[])[(other, plan.Image!), (signer, plan.Image! with { Sha256 = new string('0', 64) })])
            {
                var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan with { Image = image with { Signature = new() { Key = key, Value = signature } } }));
                Assert.Equal("signature_invalid", failure.Code);
                Assert.Equal("precious"u8.ToArray(), it.Disk.Read(1 << 16, 8));
            }
            await it.RunAsync(plan with { Image = plan.Image! with { Signature = new() { Key = signer, Value = signature } } });
            it.Disk.Look(3, root => Assert.True(File.Exists(Path.Join(root, "etc/hostname"))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task ABootLoaderThatFailsLeavesADiskThatDoesNotBoot()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive("touch grub-fails"));

        var failure = await Assert.ThrowsAsync<InstallException>(async () => await it.RunAsync(await it.PlanAsync()));

        Assert.Equal("boot_loader_failed", failure.Code);
        Assert.Contains("grub is out of order", failure.Message, StringComparison.Ordinal);
        AssertNothingBoots(it);
    }

    [Fact]
    public async Task AnAbortInTheMiddleOfTheTransferLeavesNothingMounted()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive("dd if=/dev/urandom of=ballast bs=1M count=24 status=none"));
        it.Images.BreakAfter = 1 << 20;
        it.Regional.Directive = report => report.Step == ProgressSteps.Downloading ? Directives.Abort : Directives.Continue;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await it.RunUntilAbortAsync(await it.PlanAsync()));

        AssertNothingBoots(it);
        Assert.DoesNotContain("lpmos-target-", File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADiskThatHoldsSomethingElseThanPlannedIsNotTouched()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await it.PlanAsync();
        RecordedMachine.Program("mkfs.ext4", $"-q -F -L precious {it.Disk.Device}");
        var before = it.Disk.Read(0, 1 << 20);

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));

        Assert.Equal("disk_changed", failure.Code);
        Assert.Contains("LOOP-1", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, it.Disk.Read(0, 1 << 20));
    }

    [Fact]
    public async Task ADiskThatFailsInTheMiddleFailsTheTask()
    {
        Assert.True(LoopDisk.Possible, Needs);
        // What the installation writes beyond so much comes back as an error of the device, after the kernel took it.
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive("dd if=/dev/urandom of=ballast bs=1M count=48 status=none"), disk: new LoopDisk(768L << 20, room: 40L << 20));

        var failure = await Assert.ThrowsAsync<InstallException>(async () => await it.RunAsync(await it.PlanAsync()));

        // As a rule what the kernel tells when all is to be written out; where its journal was hit first, tar finds the file system read-only.
        Assert.Matches("^disk_failed: The disk did not take all that was written|^image_unpack_failed: .*(Read-only file system|Input/output error)", $"{failure.Code}: {failure.Message}");
        Assert.NotNull(failure.Advice);
        AssertNothingBoots(it);
        Assert.DoesNotContain("lpmos-target-", File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnInterruptedRunOfTheSameAttemptGoesOnWithItsOwnDisk()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await it.PlanAsync();
        await it.RunAsync(plan);
        Assert.NotEqual(plan.Disk!.ContentDigest, (await it.DiscoverAsync()).Content!.Digest);

        await it.RunAsync(plan);

        Assert.Contains("begun by an earlier run of this attempt", it.Console, StringComparison.Ordinal);
        var other = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan with { DiskGuid = Guid.NewGuid().ToString() }));
        Assert.Equal("disk_changed", other.Code);
    }

    [Fact]
    public async Task AnArchiveThatDoesNotFitIsSaidSo()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive("dd if=/dev/zero of=ballast bs=1M count=800 status=none"));

        var failure = await Assert.ThrowsAsync<InstallException>(async () => await it.RunAsync(await it.PlanAsync()));

        Assert.Equal("image_unpack_failed", failure.Code);
        Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
        AssertNothingBoots(it);
    }

    private static void AssertNothingBoots(InstallationUnderTest it)
    {
        Assert.False(it.Disk.Read(0, 1 << 20).ContainsAnyExcept((byte)0), "boot code or a partition table is left\n" + it.Console);
        Assert.False(it.Disk.Read(it.Disk.Bytes - (1 << 20), 1 << 20).ContainsAnyExcept((byte)0), "a backup partition table is left\n" + it.Console);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(WipeMethods.Overwrite)]
    public async Task A_disk_that_somebody_uses_is_left_as_it_is(string? wipe)
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive(), new HastyTime());
        var content = System.Security.Cryptography.RandomNumberGenerator.GetBytes(64 << 10);
        it.Disk.Write(1 << 16, content);
        it.Disk.Write(it.Disk.Bytes - content.Length, content);
        var plan = await it.PlanAsync();

        // As a mount, an array or a volume group holds it.
        using (Kernel.OpenExclusively(it.Disk.Device)!)
        {
            var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan with { Disk = plan.Disk! with { Wipe = wipe } }));
            Assert.Equal("disk_failed", failure.Code);
            Assert.Contains("is in use by this system", failure.Message, StringComparison.Ordinal);
        }
        await it.DrainAsync();
        Assert.Equal(content, it.Disk.Read(1 << 16, content.Length));
        Assert.Equal(content, it.Disk.Read(it.Disk.Bytes - content.Length, content.Length));
        Assert.DoesNotContain(it.Regional.Progress, report => report.Step == ProgressSteps.Partitioning);
        Assert.Empty(it.Regional.Wipes);
    }

    /// <summary>A clock on which each look is half a minute after the one before; its timers are real.</summary>
    private sealed class HastyTime : TimeProvider
    {
        private long _looks;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * 30 * TimestampFrequency;
    }
}
