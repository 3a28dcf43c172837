using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Target;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install;

/// <summary>
/// LUKS2 for real on a loop device: headers, key slots and keys are cryptsetup's. Where it opens a volume a loop device over the same bytes stands in, for this kernel may
/// have no device mapper; an encrypted system that starts is case x of the end-to-end tests.
/// </summary>
[Collection("loop devices")]
public sealed class EncryptedInstallationTests
{
    private const string Needs = "Needs root, loop devices, sfdisk, zstd, busybox and cryptsetup.";
    private const string Passphrase = "correct horse battery staple";
    /// <summary>Names of this run alone: a host may have a luks-root of its own, which is not ours to take.</summary>
    private static readonly string Root = $"root-{Environment.ProcessId}", Data = $"data-{Environment.ProcessId}";
    private const string Opens = "printf '#!/bin/sh\\necho \"$@\" >> /initramfs-calls\\n' > usr/sbin/update-initramfs; touch usr/sbin/cryptsetup; mkdir -p usr/share/initramfs-tools/hooks; touch usr/share/initramfs-tools/hooks/cryptroot; chmod 755 usr/sbin/*";

    private static bool Possible => LoopDisk.Possible && File.Exists("/usr/sbin/cryptsetup");

    /// <summary>Root and data encrypted, /boot not.</summary>
    private static async Task<InstallPlan> PlanAsync(InstallationUnderTest it) => await it.PlanAsync() with
    {
        Partitions =
        [
            new() { Name = "bios", Role = "bios_boot", SizeBytes = 1 << 20 },
            new() { Name = "boot", Role = "boot", SizeBytes = 64 << 20, FileSystem = "ext4", MountPoint = "/boot" },
            new() { Name = Root, Role = "root", SizeBytes = 300 << 20, FileSystem = "ext4", MountPoint = "/", Encrypted = true },
            new() { Name = Data, Role = "data", FileSystem = "ext4", MountPoint = "/srv", Encrypted = true },
        ],
        Encryption = new() { PassphraseDigest = new string('d', 64) },
    };

    /// <summary>The real program, with little work for each guess; to open is to know the passphrase.</summary>
    private static void Pretend(InstallationUnderTest it) => it.Disk.Pretend("cryptsetup", """
        set -e
        case "$1" in
          luksFormat) exec /usr/sbin/cryptsetup "$@" --pbkdf-memory 32768 --pbkdf-force-iterations 4 ;;
          open)
            for name; do device=$last; last=$name; done
            /usr/sbin/cryptsetup open --test-passphrase --key-file=- "$device"
            mkdir -p /dev/mapper
            ln -sf "$(losetup -f --show -o 16777216 "$device")" "/dev/mapper/$name" ;;
          *) exec /usr/sbin/cryptsetup "$@" ;;
        esac
        """);

    private static void Close()
    {
        foreach (var name in (string[])["luks-" + Root, "luks-" + Data])
            RecordedMachine.Program("sh", $"-c '[ ! -L /dev/mapper/{name} ] || {{ losetup -d $(readlink /dev/mapper/{name}); rm /dev/mapper/{name}; }}'");
    }

    private static string Opened(string device, string key, string more = "") =>
        RecordedMachine.Program("sh", $"-c '/usr/sbin/cryptsetup open --test-passphrase {more} {device} > /dev/null 2>&1 && echo opens || echo closed'", key).Trim();

    [Fact]
    public async Task Root_and_data_lie_on_luks2_which_the_passphrase_opens_and_a_key_on_the_root()
    {
        Assert.True(Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive(Opens));
        it.Order = it.Order with { DiskPassphrase = Passphrase };
        Pretend(it);
        try
        {
            await it.RunAsync(await PlanAsync(it));
            await it.DrainAsync();

            var (root, data) = ($"{it.Disk.Device}p3", $"{it.Disk.Device}p4");
            foreach (var device in (string[])[root, data])
            {
                Assert.Contains("Version:       \t2", RecordedMachine.Program("/usr/sbin/cryptsetup", $"luksDump {device}"), StringComparison.Ordinal);
                Assert.Equal(("opens", "closed"), (Opened(device, Passphrase, "--key-file=-"), Opened(device, Passphrase + "x", "--key-file=-")));
                // As somebody types it, with the key of the line at its end.
                Assert.Equal("opens", Opened(device, Passphrase + "\n"));
            }
            LookAtRoot((folder, text) =>
            {
                string Uuid(string device) => RecordedMachine.Program("/usr/sbin/cryptsetup", $"luksUUID {device}").Trim();
                Assert.Equal($"luks-{Root} UUID={Uuid(root)} none luks,discard,initramfs\nluks-{Data} UUID={Uuid(data)} /etc/cryptsetup-keys.d/luks-{Data}.key luks,discard\n", text("etc/crypttab"));
                Assert.StartsWith($"/dev/mapper/luks-{Root} / ext4 errors=remount-ro 0 1\n/dev/mapper/luks-{Data} /srv ext4 defaults 0 2\n", text("etc/fstab"), StringComparison.Ordinal);
                Assert.Equal("600 64", RecordedMachine.Program("stat", $"-c '%a %s' {folder}/etc/cryptsetup-keys.d/luks-{Data}.key").Trim());
                Assert.Equal("opens", Opened(data, "", $"--key-file={folder}/etc/cryptsetup-keys.d/luks-{Data}.key"));
                Assert.Equal("closed", Opened(root, "", $"--key-file={folder}/etc/cryptsetup-keys.d/luks-{Data}.key"));
                Assert.Equal("-u -k all\n", text("initramfs-calls"));
            });
            it.Disk.Look(2, boot => Assert.Contains($"linux /vmlinuz-6.1.0-56-amd64 root=/dev/mapper/luks-{Root} ro console=ttyS0,115200\n", File.ReadAllText(Path.Join(boot, "grub/grub.cfg")), StringComparison.Ordinal));
            Assert.DoesNotContain(Passphrase, it.Console, StringComparison.Ordinal);
            Assert.DoesNotContain(it.Regional.Progress, report => report.Message?.Contains(Passphrase, StringComparison.Ordinal) == true);
        }
        finally
        {
            Close();
        }
    }

    [Fact]
    public async Task A_plan_whose_passphrase_did_not_come_is_refused_before_anything_is_written()
    {
        Assert.True(Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        it.Disk.Write(1 << 16, "precious"u8.ToArray());

        var failure = await Assert.ThrowsAsync<InstallException>(async () => await it.RunAsync(await PlanAsync(it)));

        Assert.Equal("plan_invalid", failure.Code);
        Assert.Equal("precious"u8.ToArray(), it.Disk.Read(1 << 16, 8));
    }

    [Theory]
    [InlineData("90crypt", true)]
    [InlineData("70crypt", true)]
    [InlineData("90crypt-loop", false)]
    public async Task Dracuts_module_crypt_is_known_by_its_name_whatever_its_place_in_the_order(string module, bool taken)
    {
        using var image = new RecordedMachine().File("usr/sbin/cryptsetup", "").File("usr/bin/dracut", "").File($"usr/lib/dracut/modules.d/{module}/module-setup.sh", "");
        var volume = new LuksVolume("luks-root", "6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11", "/dev/vda3");
        var root = new PreparedPartition(new() { Name = "root", Role = "root", FileSystem = "ext4", MountPoint = "/", Encrypted = true }, "/dev/mapper/luks-root", "R", StorageLayer.Partition) { Luks = volume };
        var start = new EncryptedStart(new TargetTree(image.Root), null);
        Task WriteAsync() => start.WriteAsync(Plans.Plan, new PreparedDisk("/dev/vda", [root]), new LuksVolumes(new ProgramRunner(_ => { }), Passphrase), TestContext.Current.CancellationToken);
        if (!taken)
        {
            Assert.Contains("cannot open an encrypted root", (await Assert.ThrowsAsync<InstallException>(WriteAsync)).Message, StringComparison.Ordinal);
            return;
        }
        await WriteAsync();
        Assert.Equal("luks-root UUID=6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11 none luks,discard\n", System.IO.File.ReadAllText(Path.Join(image.Root, "etc/crypttab")));
    }

    [Fact]
    public async Task An_image_whose_initramfs_opens_nothing_leaves_a_disk_that_does_not_boot()
    {
        Assert.True(Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive("touch usr/sbin/cryptsetup"));
        it.Order = it.Order with { DiskPassphrase = Passphrase };
        Pretend(it);
        try
        {
            var failure = await Assert.ThrowsAsync<InstallException>(async () => await it.RunAsync(await PlanAsync(it)));
            Assert.Equal("configuration_failed", failure.Code);
            Assert.Contains("cannot open an encrypted root", failure.Message, StringComparison.Ordinal);
            Assert.False(it.Disk.Read(0, 1 << 20).ContainsAnyExcept((byte)0));
        }
        finally
        {
            Close();
        }
    }

    /// <summary>A machine with a TPM; what the new system would call with it writes down how it was called.</summary>
    private static async Task<(InstallationUnderTest It, InstallPlan Plan)> WithTpmAsync(string more, params int[] pcrs)
    {
        var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive($"{more}; chmod 755 usr/bin/* usr/sbin/*"));
        it.Order = it.Order with { DiskPassphrase = Passphrase };
        Directory.CreateDirectory(Path.Join(it.Machine.Root, "dev"));
        File.WriteAllText(Path.Join(it.Machine.Root, "dev/tpmrm0"), "");
        Pretend(it);
        return (it, await PlanAsync(it) with { Encryption = new() { PassphraseDigest = new string('d', 64), Unlock = "tpm", TpmPcrs = pcrs } });
    }

    private static string Recorder(string name) => $"printf '#!/bin/sh\\necho \"{name} $@\" >> /tpm-calls\\ncat >> /tpm-input\\necho >> /tpm-input\\n' > usr/bin/{name}";

    private static void LookAtRoot(Action<string, Func<string, string>> look)
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-look-").FullName;
        RecordedMachine.Program("mount", $"-o ro /dev/mapper/luks-{Root} {folder}");
        try
        {
            look(folder, path => File.ReadAllText(Path.Join(folder, path)));
        }
        finally
        {
            RecordedMachine.Program("umount", folder);
            Directory.Delete(folder);
        }
    }

    [Fact]
    public async Task Clevis_is_given_what_the_passphrase_would_open_at_the_start_and_nothing_else()
    {
        Assert.True(Possible, Needs);
        var (it, plan) = await WithTpmAsync($"{Opens}; touch usr/share/initramfs-tools/hooks/clevis usr/bin/clevis-luks-bind usr/bin/clevis-encrypt-tpm2; {Recorder("clevis")}", 0, 7);
        await using var _ = it;
        try
        {
            await it.RunAsync(plan);
            await it.DrainAsync();

            var root = $"{it.Disk.Device}p3";
            LookAtRoot((_, text) =>
            {
                Assert.Equal($"clevis luks bind -y -k - -s 1 -d {root} tpm2 {{\"pcr_bank\":\"sha256\",\"pcr_ids\":\"0,7\"}}\nclevis luks pass -d {root} -s 1\n", text("tpm-calls"));
                Assert.Equal($"{Passphrase}\n\n", text("tpm-input"));
                Assert.Matches($"^luks-{Root} UUID=[0-9a-f-]+ none luks,discard,initramfs\nluks-{Data} UUID=[0-9a-f-]+ /etc/cryptsetup-keys.d/luks-{Data}.key luks,discard\n$", text("etc/crypttab"));
            });
            // The passphrase is the way back in.
            Assert.Equal("opens", Opened(root, Passphrase, "--key-file=-"));
            Assert.DoesNotContain(Passphrase, it.Console, StringComparison.Ordinal);
        }
        finally
        {
            Close();
        }
    }

    [Fact]
    public async Task Where_dracut_makes_the_initramfs_systemd_opens_with_the_tpm()
    {
        Assert.True(Possible, Needs);
        const string Dracut = "touch usr/sbin/cryptsetup usr/bin/tpm2; mkdir -p usr/lib/dracut/modules.d/90crypt usr/lib/dracut/modules.d/91tpm2-tss; printf '#!/bin/sh\\ncat /etc/dracut.conf.d/* > /initramfs-calls\\n' > usr/bin/dracut";
        const string Enroll = "printf '#!/bin/sh\\necho \"$@\" > /tpm-calls\\ncat ${1#*=} > /tpm-input\\n' > usr/bin/systemd-cryptenroll";
        var (it, plan) = await WithTpmAsync($"{Dracut}; {Enroll}");
        await using var _ = it;
        try
        {
            await it.RunAsync(plan);
            await it.DrainAsync();

            var root = $"{it.Disk.Device}p3";
            var uuid = RecordedMachine.Program("/usr/sbin/cryptsetup", $"luksUUID {root}").Trim();
            LookAtRoot((_, text) =>
            {
                var called = text("tpm-calls");
                Assert.Matches($"^--unlock-key-file=/dev/lpmos-[0-9a-f]{{32}}\\.key --tpm2-device=auto --tpm2-pcrs= {root}\n$", called);
                Assert.False(File.Exists(called.Split(' ')[0].Split('=')[1]));
                Assert.Equal(Passphrase, text("tpm-input"));
                Assert.StartsWith($"luks-{Root} UUID={uuid} none luks,discard,tpm2-device=auto\n", text("etc/crypttab"), StringComparison.Ordinal);
                Assert.Contains("add_dracutmodules+=\" tpm2-tss \"", text("initramfs-calls"), StringComparison.Ordinal);
            });
            it.Disk.Look(2, boot => Assert.Contains($" rd.luks.name={uuid}=luks-{Root} rd.luks.options={uuid}=tpm2-device=auto,discard\n", File.ReadAllText(Path.Join(boot, "grub/grub.cfg")), StringComparison.Ordinal));
        }
        finally
        {
            Close();
        }
    }

    [Fact]
    public async Task An_image_that_knows_no_tpm_is_told_what_it_lacks_and_does_not_boot()
    {
        Assert.True(Possible, Needs);
        var (it, plan) = await WithTpmAsync(Opens, 7);
        await using var _ = it;
        try
        {
            var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));
            Assert.Equal(("configuration_failed", "The image cannot open encrypted disks with a TPM: it has no clevis-luks, clevis-tpm2 and clevis-initramfs."), (failure.Code, failure.Message));
            Assert.False(it.Disk.Read(0, 1 << 20).ContainsAnyExcept((byte)0));
        }
        finally
        {
            Close();
        }
    }

    [Fact]
    public async Task A_machine_whose_tpm_is_gone_is_left_as_it_is()
    {
        Assert.True(Possible, Needs);
        var (it, plan) = await WithTpmAsync(Opens, 7);
        await using var _ = it;
        File.Delete(Path.Join(it.Machine.Root, "dev/tpmrm0"));
        it.Disk.Write(1 << 16, "precious"u8.ToArray());

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));

        Assert.Equal("hardware_changed", failure.Code);
        Assert.Equal("precious"u8.ToArray(), it.Disk.Read(1 << 16, 8));
    }
}
