using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Planning.Disks;

namespace LpmOs.Core.Tests.Domain.Planning.Disks;

public sealed class LayoutPlanTests
{
    private const long MiB = 1024 * 1024;

    private static PlanOutcome Plan(DiskLayoutSpec? layout, params Disk[] disks) => Planner.Plan(Samples.Task() with { DiskLayout = layout }, Samples.Hardware(disks: disks), PlanningInputs.OneImage);

    private static Disk[] Disks(int count, long bytes = 8L << 30) => [.. Enumerable.Range(0, count).Select(i => Samples.Disk($"/dev/vd{(char)('a' + i)}", bytes, $"VD{i}"))];

    [Fact]
    public void A_plan_of_one_plain_disk_is_byte_for_byte_what_it_was()
    {
        var plan = Plan(null, Samples.Disk()).Plan!;
        Assert.Equal(plan.PlanHash, Plan(new() { Preset = "plain" }, Samples.Disk()).Plan!.PlanHash);
        var json = JsonSerializer.Serialize(plan with { PlanHash = null }, ContractsJson.Default.InstallPlan);
        Assert.Equal(
            """
            {"task_id":"task-00000001","attempt":1,"sn":"sn-001","operations":["os_install","reboot"],"os":{"id":"debian","version":"12","name":"Debian 12","install_method":"image"},
            "disk":{"device":"/dev/vda","serial":"VD0","model":"QEMU HARDDISK","size_bytes":4000000000},
            "image":{"url":"/files/images/debian%2012.tar.zst","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size_bytes":1000,"format":"tar.zst"},
            "partitions":[{"name":"bios","role":"bios_boot","size_bytes":1048576},{"name":"esp","role":"esp","size_bytes":268435456,"file_system":"vfat","mount_point":"/boot/efi"},{"name":"root","role":"root","file_system":"ext4","mount_point":"/"}],
            """.ReplaceLineEndings(""), json[..json.IndexOf("\"disk_guid\"", StringComparison.Ordinal)]);
        Assert.DoesNotContain("arrays", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_preset_fills_its_disks_to_the_MiB_and_starts_from_each_of_them()
    {
        foreach (var preset in LayoutPresets.All.Where(preset => preset.Name != "plain"))
        {
            var plan = Plan(new() { Preset = preset.Name }, Disks(preset.Count)).Plan!;
            Assert.Equal(preset.Count, plan.Disks!.Count);
            Assert.Equal(plan.DiskGuid, plan.Disks[0].DiskGuid);
            Assert.Equal(preset.Count, plan.Disks.Select(disk => disk.DiskGuid).Distinct().Count());
            for (var place = 0; place < preset.Count; place++)
            {
                var own = plan.Partitions.Where(part => part.Disk == place).ToList();
                Assert.Equal(["bios_boot", "esp"], own.Take(2).Select(part => part.Role));
                Assert.Equal((8L << 30) - 2 * MiB, own.Sum(part => part.SizeBytes));
            }
            Assert.Single(plan.Partitions, part => part.MountPoint == "/boot/efi");
            var rows = LayoutTable.Of(plan);
            Assert.Single(rows, row => row.MountPoint == "/");
            Assert.All(rows.Where(row => row.Kind != "disk"), row => Assert.True(row.SizeBytes > 0 && row.On.Count > 0, row.ToString()));
            Assert.Equal(Planner.Hash(plan), plan.PlanHash);
        }
    }

    [Fact]
    public void What_is_encrypted_is_planned_shown_and_bound_to_the_passphrase_without_telling_it()
    {
        PlanOutcome Encrypted(string preset, string passphrase, params string[] supports) => Planner.Plan(
            Samples.Task() with { DiskLayout = new() { Preset = preset, Encryption = new() { Passphrase = passphrase } } }, Samples.Hardware(disks: Disks(LayoutPresets.All.First(one => one.Name == preset).Count)),
            PlanningInputs.OneImage with { Images = [Samples.Image() with { Supports = supports }] });
        var plan = Encrypted("lvm", "sealed:one", "luks").Plan!;
        Assert.Equal(["lvm"], plan.Partitions.Where(part => part.Encrypted == true).Select(part => part.Name));
        Assert.Equal(((plan.Partitions.Single(part => part.Encrypted == true).SizeBytes - 16 * MiB - MiB) / (4 * MiB) * 4 * MiB)!, plan.VolumeGroups![0].SizeBytes);
        Assert.Equal(["/dev/vda4"], LayoutTable.Of(plan).Where(row => row.Encrypted == true).Select(row => row.Device));
        Assert.DoesNotContain("sealed:one", JsonSerializer.Serialize(plan, ContractsJson.Default.InstallPlan), StringComparison.Ordinal);
        Assert.Equal(plan.PlanHash, Encrypted("lvm", "sealed:one", "luks").Plan!.PlanHash);
        Assert.NotEqual(plan.PlanHash, Encrypted("lvm", "sealed:two", "luks").Plan!.PlanHash);
        Assert.Equal(["/dev/md/lvm"], LayoutTable.Of(Encrypted("raid1-lvm", "sealed:one", "luks").Plan!).Where(row => row.Encrypted == true).Select(row => row.Device));
        Assert.Equal(["/dev/md/root"], LayoutTable.Of(Encrypted("raid10", "sealed:one", "luks").Plan!).Where(row => row.Encrypted == true).Select(row => row.Device));

        // An image that says nothing may never come up again, and a boot loader opens nothing.
        foreach (var none in (PlanOutcome[])[Encrypted("lvm", "sealed:one"), Encrypted("plain", "sealed:one", "luks")])
        {
            Assert.Null(none.Plan);
            Assert.Equal("encryption_not_possible", Assert.Single(none.Problems).Code);
        }
    }

    [Fact]
    public void A_tpm_opens_where_machine_and_image_can_and_the_approval_is_bound_to_it()
    {
        PlanOutcome Tpm(EncryptionSpec encryption, Tpm? tpm, params string[] supports) => Planner.Plan(
            Samples.Task() with { DiskLayout = new() { Preset = "lvm", Encryption = encryption } }, Samples.Hardware(disks: Disks(1)) with { Tpm = tpm }, PlanningInputs.OneImage with { Images = [Samples.Image() with { Supports = supports }] });
        var (asked, present) = (new EncryptionSpec { Passphrase = "sealed:one", Unlock = "tpm" }, new Tpm { Present = true, Version = "2.0" });
        var plan = Tpm(asked, present, "luks", "luks_tpm").Plan!;
        Assert.Equal(("tpm", "7"), (plan.Encryption!.Unlock, string.Join(' ', plan.Encryption.TpmPcrs!)));
        Assert.Equal("0 7", string.Join(' ', Tpm(asked with { TpmPcrs = [7, 0, 7] }, present, "luks", "luks_tpm").Plan!.Encryption!.TpmPcrs!));
        Assert.Empty(Tpm(asked with { TpmPcrs = [] }, present, "luks", "luks_tpm").Plan!.Encryption!.TpmPcrs!);
        var typed = Tpm(asked with { Unlock = "passphrase" }, null, "luks").Plan!;
        Assert.Equal((null, null), (typed.Encryption!.Unlock, typed.Encryption.TpmPcrs));
        Assert.Equal(4, new[] { plan, typed, Tpm(asked with { TpmPcrs = [] }, present, "luks", "luks_tpm").Plan!, Tpm(asked with { TpmPcrs = [0] }, present, "luks", "luks_tpm").Plan! }.Select(one => one.PlanHash).Distinct().Count());

        foreach (var (none, said) in (ReadOnlySpan<(PlanOutcome, string)>)[
            (Tpm(asked, null, "luks", "luks_tpm"), "has no TPM"), (Tpm(asked, new(), "luks", "luks_tpm"), "has no TPM"), (Tpm(asked, present with { Version = "1.2" }, "luks", "luks_tpm"), "has a TPM 1.2"), (Tpm(asked, present, "luks"), "does not say that it can open encrypted disks with a TPM")])
        {
            Assert.Null(none.Plan);
            var problem = Assert.Single(none.Problems);
            Assert.Equal("encryption_not_possible", problem.Code);
            Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Raid1_lvm_has_its_members_sizes_and_table()
    {
        var plan = Plan(new() { Preset = "raid1-lvm", RootFileSystem = "xfs" }, Disks(2)).Plan!;
        var lvm = Assert.Single(plan.Arrays!, array => array.Name == "lvm");
        var member = plan.Partitions.First(part => part.Array == "lvm").SizeBytes!.Value;
        Assert.Equal((1, member - 16 * MiB, member - 16 * MiB), (lvm.Level, lvm.MemberBytes, lvm.SizeBytes));
        var group = Assert.Single(plan.VolumeGroups!);
        Assert.Equal((lvm.SizeBytes - MiB) / (4 * MiB) * 4 * MiB, group.SizeBytes);
        Assert.Equal(["xfs", "ext4"], group.Volumes.Select(volume => volume.FileSystem!));
        Assert.All(group.Volumes, volume => Assert.Equal(0, volume.SizeBytes % (4 * MiB)));
        Assert.Equal(
            ["/dev/vda", "/dev/vda1", "/dev/vda2", "/dev/vda3", "/dev/vda4", "/dev/vdb", "/dev/vdb1", "/dev/vdb2", "/dev/vdb3", "/dev/vdb4", "/dev/md/boot", "/dev/md/lvm", "/dev/system", "/dev/system/root", "/dev/system/var"],
            LayoutTable.Of(plan).Select(row => row.Device));
        Assert.Equal(["/dev/vda4", "/dev/vdb4"], LayoutTable.Of(plan).Single(row => row.Device == "/dev/md/lvm").On);
    }

    [Fact]
    public void Raid10_has_half_of_all_and_decoys_stay_out_of_it()
    {
        var plan = Plan(new() { Preset = "raid10" }, [.. Disks(4), Samples.Disk("/dev/vde", 9L << 30, "DECOY")]).Plan!;
        var root = plan.Arrays!.Single(array => array.Level == 10);
        Assert.Equal(2 * root.MemberBytes, root.SizeBytes);
        Assert.DoesNotContain(plan.Disks!, disk => disk.Serial == "DECOY");
    }

    [Fact]
    public void A_layout_of_ones_own_takes_groups_of_disks_in_turn()
    {
        var layout = Layout("""
            {"disks":[{"name":"system","disk":{"prefer":"smallest"},"partitions":[{"role":"bios_boot","size":"1MiB"},{"role":"esp","size":"100MiB","file_system":"vfat","mount_point":"/boot/efi"},
                        {"role":"swap","size":"10%","file_system":"swap"},{"role":"root","file_system":"btrfs","mount_point":"/"}]},
                      {"name":"data","disk":{"equal":2},"partitions":[{"array":"data"}]}],
             "arrays":[{"name":"data","level":1,"file_system":"xfs","mount_point":"/srv"}],"swap_file":"1GiB","wipe":"quick"}
            """);
        var plan = Plan(layout, Samples.Disk("/dev/sda", 20L << 30, "A"), Samples.Disk("/dev/sdb", 4L << 30, "B"), Samples.Disk("/dev/sdc", 20L << 30, "C")).Plan!;
        Assert.Equal(["B", "A", "C"], plan.Disks!.Select(disk => disk.Serial!));
        Assert.Equal(((4L << 30) - 2 * MiB) / MiB / 10 * MiB, plan.Partitions[2].SizeBytes);
        Assert.Equal([0, 0, 0, 0, 1, 2], plan.Partitions.Select(part => part.Disk!.Value));
        Assert.Equal(1L << 30, plan.SwapFile?.SizeBytes);
        Assert.All(plan.Disks!, disk => Assert.Equal("edges", disk.Wipe));
    }

    [Theory]
    [InlineData("none", "nvme_format", null)]
    [InlineData("quick", "nvme_format,discard", "discard")]
    [InlineData("quick", "nvme_format", "edges")]
    [InlineData("overwrite", "nvme_format,discard", "overwrite")]
    [InlineData("secure", "discard", "overwrite")]
    [InlineData("secure", "ata_secure_erase,discard", "ata_secure_erase")]
    [InlineData("secure", "nvme_format,nvme_format_crypto,nvme_sanitize_block", "nvme_sanitize_block")]
    public void A_disk_is_wiped_by_the_strongest_means_that_it_has(string policy, string can, string? method)
    {
        var plan = Plan(new() { Wipe = policy }, Samples.Disk() with { WipeMethods = can.Split(',') }).Plan!;
        Assert.Equal(method, plan.Disk!.Wipe);
        Assert.Null(plan.Disks);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused_before_anything_is_approved()
    {
        var small = Layout("""{"disks":[{"name":"a","partitions":[{"role":"bios_boot","size":"1MiB"},{"role":"esp","size":"100MiB","file_system":"vfat"},{"size":"20GB","file_system":"ext4","mount_point":"/"},{"file_system":"ext4","mount_point":"/var"}]}]}""");
        var problem = Assert.Single(Plan(small, Samples.Disk()).Problems);
        Assert.Equal("disk_too_small", problem.Code);
        Assert.Contains("VD0", problem.Message, StringComparison.Ordinal);
        Assert.Equal("disk_too_small", Plan(new() { Preset = "lvm" }, Samples.Disk(bytes: 1_600_000_000)).Problems[0].Code);
    }

    [Fact]
    public void An_installer_of_its_own_takes_only_the_plain_layout()
    {
        var task = Samples.Task() with { InstallMethod = "preseed", DiskLayout = new() { Preset = "lvm" } };
        Assert.Contains(Planner.Plan(task, Samples.Hardware(disks: Samples.Disk()), PlanningInputs.OneImage).Problems, problem => problem.Code == "layout_not_possible");
    }

    [Theory]
    [InlineData("preseed", "debian")]
    [InlineData(null, "esxi")]
    public void A_wipe_that_no_installer_would_do_is_refused_whether_it_is_named_or_the_systems_own_way(string? method, string os)
    {
        var task = Samples.Task() with { OsType = os, OsId = os, OsVersion = null, InstallMethod = method, DiskLayout = new() { Wipe = "quick" } };
        Assert.Contains(Planner.Plan(task, Samples.Hardware(disks: Samples.Disk()), PlanningInputs.OneImage).Problems, problem => problem.Code == "layout_not_possible" && problem.Message.Contains("wipe", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_disk_of_the_machine_has_its_verdict()
    {
        var machine = Samples.Hardware(disks: [.. Disks(2), Samples.Disk("/dev/vdc", 9L << 30, "DECOY") with { Content = new() { PartitionTable = "gpt", Partitions = [new() { FileSystem = "ext4" }] } }]);
        var plan = Planner.Plan(Samples.Task() with { DiskLayout = new() { Preset = "raid1" } }, machine, PlanningInputs.OneImage).Plan;
        var verdicts = DiskVerdicts.Of(machine, new() { Preset = "raid1" }, plan);
        Assert.Equal([true, true, false], verdicts.Select(verdict => verdict.Chosen));
        Assert.Equal(("without_equal", "none is equal to it", "gpt with 1 partition, ext4", true), (verdicts[2].ReasonCode, verdicts[2].Reason, verdicts[2].Content, verdicts[2].HoldsData));
        var none = DiskVerdicts.Of(machine, new() { Disk = new() { Serial = "X" } }, null);
        Assert.All(none, verdict => Assert.Equal((false, "other serial"), (verdict.Chosen, verdict.Reason)));
        var many = DiskVerdicts.Of(machine, null, null);
        Assert.All(many, verdict => Assert.Equal((true, false, "fits_as_others", "fits, as do others"), (verdict.Fits, verdict.Chosen, verdict.ReasonCode, verdict.Reason)));
        var small = DiskVerdicts.Of(machine, new() { Disk = new() { MinSize = "1TB" } }, null);
        Assert.All(small, verdict => Assert.Equal(("too_small", "1TB"), (verdict.ReasonCode, verdict.ReasonValue)));
    }

    [Fact]
    public void What_changes_on_the_second_disk_voids_an_approval_by_name()
    {
        var layout = new DiskLayoutSpec { Preset = "raid1" };
        var task = Samples.Task() with { DiskLayout = layout };
        var before = Disks(2);
        var plan = Plan(layout, before).Plan!;
        var approved = task with { Status = TaskState.Approved, Plan = plan, Approval = new() { By = "a", At = default, PlanHash = plan.PlanHash } };
        var now = Plan(layout, before[0], before[1] with { Content = new() { Digest = "other" } });
        Assert.Contains("what is on /dev/vdb (serial VD1) is not what was shown", PlanDrift.Since(approved, now), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_way_to_wipe_voids_an_approval_in_words_of_its_own()
    {
        var layout = new DiskLayoutSpec { Preset = "raid1", Wipe = WipePolicies.Secure };
        Disk[] before = [.. Disks(2).Select(disk => disk with { WipeMethods = [WipeMethods.AtaSecureErase] })];
        var plan = Plan(layout, before).Plan!;
        var approved = Samples.Task() with { DiskLayout = layout, Status = TaskState.Approved, Plan = plan, Approval = new() { By = "a", At = default, PlanHash = plan.PlanHash } };
        var now = Plan(layout, before[0], before[1] with { WipeMethods = [] });
        Assert.Contains("/dev/vdb was to be wiped by ata_secure_erase, now by overwrite", PlanDrift.Since(approved, now), StringComparison.Ordinal);
    }

    private static DiskLayoutSpec Layout(string json) => JsonSerializer.Deserialize("{\"idc\":\"dc1\",\"sn\":\"a\",\"mac\":\"b\",\"os_type\":\"c\",\"disk_layout\":" + json + "}", ContractsJson.Default.TaskSpec)!.DiskLayout!;
}
