using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Planning;

public sealed class PlannerTests
{
    private static readonly OsCatalog Catalog = OsCatalog.Load(Repository.Templates);
    private static readonly SiteTemplates Templates = new(Repository.Templates);

    private static PlanningInput Input(params SiteImage[] images) => new(Catalog, Templates.For(StateSnapshot.Empty, "dc1")) { Images = images };

    [Fact]
    public void Names_the_only_disk_by_what_it_is()
    {
        var plan = Planner.Plan(Samples.Task(), Samples.Hardware(disks: Samples.Disk()), Input(Samples.Image())).Plan!;
        Assert.Equal(("VD0", 4_000_000_000), (plan.Disk!.Serial, plan.Disk.SizeBytes));
        Assert.Equal("/files/images/debian%2012.tar.zst", plan.Image!.Url);
        Assert.Equal(["bios", "esp", "root"], plan.Partitions.Select(partition => partition.Name));
        Assert.Equal("sn-001", plan.Hostname);
        Assert.Equal(Samples.Mac, plan.Network.Interfaces[0].Mac);
        Assert.Equal(Planner.Hash(plan), plan.PlanHash);
    }

    [Fact]
    public void The_same_input_gives_the_same_hash_and_any_change_another()
    {
        var hardware = Samples.Hardware(disks: Samples.Disk());
        string Hash(InstallTask task, params SiteImage[] images) => Planner.Plan(task, hardware, Input(images)).Plan!.PlanHash!;
        var first = Hash(Samples.Task(), Samples.Image());
        Assert.Equal(first, Hash(Samples.Task(), Samples.Image()));
        Assert.NotEqual(first, Hash(Samples.Task() with { Hostname = "other" }, Samples.Image()));
        Assert.NotEqual(first, Hash(Samples.Task(), Samples.Image() with { Sha256 = new string('b', 64) }));
        Assert.NotEqual(first, Hash(Samples.Task() with { Attempt = 2 }, Samples.Image()));
    }

    [Theory]
    [InlineData("Debian 12", "preseed", "post", false)]
    [InlineData("Rocky Linux 9", "kickstart", "pre", false)]
    [InlineData("Ubuntu 24.04", "autoinstall", "post", false)]
    [InlineData("openSUSE Leap 15.6", "autoyast", "post", true)]
    [InlineData("Debian 12", "preseed", "hardware", true)]
    [InlineData("Rocky Linux 9", "kickstart", "hardware", true)]
    [InlineData("Ubuntu 24.04", "autoinstall", "hardware", true)]
    public void Scripts_are_refused_where_no_hook_runs_them(string os, string method, string when, bool refused)
    {
        var task = Samples.Task() with { OsType = os, OsVersion = null!, InstallMethod = method, Scripts = [new TaskScript { Name = "site", When = when, Text = "true" }] };
        var outcome = Planner.Plan(task, Samples.Hardware(disks: Samples.Disk()), Input());
        Assert.Equal(refused, outcome.Problems.Any(problem => problem.Code == "scripts_not_run"));
        // The files of the vendor are missing here; nothing else is.
        Assert.Subset(new HashSet<string> { "no_asset", "scripts_not_run" }, outcome.Problems.Select(problem => problem.Code).ToHashSet());
    }

    /// <summary>An address with a star is no address: a shell would read it, and the list says which file it is.</summary>
    [Theory]
    [InlineData("Fedora CoreOS stable", "ignition", "lpmosctl assets add dc1 fcos-stable/kernel --published")]
    [InlineData("Debian 12", "preseed", "lpmosctl assets add dc1 debian-12/linux https://ftp.debian.org/debian/dists/bookworm/main/installer-amd64/current/images/netboot/debian-installer/amd64/linux --published")]
    [InlineData("Oracle Linux 9", "kickstart", "lpmosctl assets import dc1 oracle-9/install.img FILE.iso --member images/install.img   (https://yum.oracle.com/ISOS/OracleLinux/OL9/u8/x86_64/OracleLinux-R9-U8-x86_64-boot.iso)")]
    public void What_is_missing_of_the_vendor_is_said_with_the_command_that_brings_it(string os, string method, string command)
    {
        var task = Samples.Task() with { OsType = os, OsVersion = null!, InstallMethod = method };
        var problem = Assert.Single(Planner.Plan(task, Samples.Hardware(disks: Samples.Disk()), Input()).Problems, problem => problem.Code == "no_asset");
        Assert.Contains(command, problem.Advice!.Split('\n'));
    }

    [Fact]
    public void Raid_arrays_are_planned_from_what_the_controller_has()
    {
        var controller = new RaidController
        {
            Id = "0", Tool = "storcli", Serial = "SV1",
            Arrays = [new() { Id = "0/0", Level = "raid1", Disks = ["252:0", "252:1"], SizeBytes = 5 }, new() { Id = "1/1", Level = "raid5", Disks = ["252:2", "252:3", "252:4"], SizeBytes = 7 }],
            Disks = [.. Enumerable.Range(0, 6).Select(n => new RaidDisk { Id = $"252:{n}", State = n == 5 ? "failed" : "online" })],
        };
        var hardware = Samples.Hardware(disks: Samples.Disk()) with { RaidControllers = [controller] };
        PlanOutcome Outcome(bool deleteOthers, params RaidArraySpec[] arrays) =>
            Planner.Plan(Samples.Task() with { HardwareConfig = new() { Controllers = [new() { DeleteOthers = deleteOthers, Arrays = arrays }] } }, hardware, Input(Samples.Image()));
        RaidArraySpec system = new() { Name = "system", Level = "raid1", Disks = ["252:1", "252:0"] }, data = new() { Name = "data", Level = "raid0", Disks = ["252:2"] };

        var plan = Outcome(true, system, data).Plan!;
        Assert.Equal(["hardware_config", "os_install", "reboot"], plan.Operations);
        var planned = Assert.Single(plan.Controllers!);
        Assert.Equal(("0", "storcli", "SV1", "1/1", "data"), (planned.Id, planned.Tool, planned.Serial, Assert.Single(planned.Delete).Id, Assert.Single(planned.Create).Name));
        Assert.NotEqual(plan.PlanHash, Outcome(true, system).Plan!.PlanHash);
        Assert.Contains("belongs to another array", Assert.Single(Outcome(false, system, data).Problems).Message, StringComparison.Ordinal);
        Assert.Contains("is failed", Assert.Single(Outcome(true, data with { Disks = ["252:5"] }).Problems).Message, StringComparison.Ordinal);
        // The system's own disk is the second array: it is not deleted under it.
        var onArray = Samples.Hardware(disks: Samples.Disk()) with { RaidControllers = [controller with { Arrays = [controller.Arrays[0], controller.Arrays[1] with { Device = Samples.Disk().Device }] }] };
        var lost = Planner.Plan(Samples.Task() with { HardwareConfig = new() { Controllers = [new() { DeleteOthers = true, Arrays = [system] }] } }, onArray, Input(Samples.Image()));
        Assert.Contains("would be deleted before", Assert.Single(lost.Problems).Message, StringComparison.Ordinal);
        Assert.NotNull(Planner.Plan(Samples.Task() with { HardwareConfig = new() { Controllers = [new() { Arrays = [system] }] } }, onArray, Input(Samples.Image())).Plan);
        // What destroys data is named to who is asked again.
        var approved = Samples.Task() with { Status = TaskState.Approved, Plan = Outcome(false, system).Plan, Approval = new() { PlanHash = Outcome(false, system).Plan!.PlanHash, By = "li", At = DateTimeOffset.UnixEpoch } };
        Assert.Contains("it was to change none, now to delete 0/1/1", PlanDrift.Since(approved, Outcome(true, system)), StringComparison.Ordinal);
        Assert.Contains("no disk at 9:9", Assert.Single(Outcome(true, data with { Disks = ["9:9"] }).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_controller_loses_is_approved_with_the_disks_that_are_there_and_what_is_on_them()
    {
        var disk = Samples.Disk() with { Device = "/dev/sdj", Serial = "J3", Wwn = "naa.j", Content = new() { Digest = "11" } };
        var array = Samples.Disk() with { Device = "/dev/sdk", Serial = "K", Wwn = "naa.k", Content = new() { Digest = "22" } };
        RaidController Controller(string serial) => new()
        {
            Id = "0", Tool = "storcli", Serial = "SV1", Arrays = [new() { Id = "1/1", Level = "raid0", Disks = ["252:2"], SizeBytes = 7, Wwn = "naa.k" }],
            Disks = [new() { Id = "252:2", Serial = "D2", State = "online" }, new() { Id = "252:3", Serial = serial, State = "jbod" }, new() { Id = "252:9", Serial = "D9", State = "online" }],
        };
        var task = Samples.Task() with { DiskLayout = new() { Disk = new() { Serial = "VD0" } }, HardwareConfig = new() { Controllers = [new() { DeleteOthers = true, Arrays = [new() { Name = "data", Level = "raid0", Disks = ["252:3"] }] }] } };
        InstallPlan Of(string serial, Disk jbod, Disk volume) => Planner.Plan(task, Samples.Hardware(disks: [Samples.Disk(), jbod, volume]) with { RaidControllers = [Controller(serial)] }, Input(Samples.Image())).Plan!;

        var plan = Of("J3", disk, array);
        var controller = Assert.Single(plan.Controllers!);
        Assert.Equal([("252:2", "D2", null), ("252:3", "J3", "11")], controller.Disks!.Select(one => (one.Place, one.Serial, one.ContentDigest)));
        Assert.Equal("22", Assert.Single(controller.Delete).ContentDigest);
        // Another disk in that place, or other data on it or on the array, is another plan.
        var approved = task with { Status = TaskState.Approved, Plan = plan, Approval = new() { PlanHash = plan.PlanHash, By = "li", At = DateTimeOffset.UnixEpoch } };
        foreach (var (other, says) in new[] { (Of("J4", disk with { Serial = "J4" }, array), "had serial J3, now J4"), (Of("J3", disk with { Content = new() { Digest = "33" } }, array), "disk at 252:3 of RAID controller 0 is not what was shown"), (Of("J3", disk, array with { Content = new() { Digest = "44" } }), "array 1/1 of RAID controller 0, which is deleted, is not") })
            Assert.Contains(says, PlanDrift.Since(approved, new PlanOutcome(other, [])), StringComparison.Ordinal);
    }

    /// <summary>LVM starts neither of two groups of one name: a former system on another disk keeps the new one from coming up.</summary>
    [Theory]
    [InlineData("/dev/sdz3", "system", true)]
    [InlineData("/dev/vda3", "system", false)]
    [InlineData("/dev/sdz3", "other", false)]
    [InlineData("/dev/md9", "system", true)]
    [InlineData("[unknown]", "system", false)]
    public void A_volume_group_of_the_same_name_on_a_disk_that_stays_is_refused(string volume, string name, bool refused)
    {
        var other = Samples.Disk() with { Device = "/dev/sdz", Serial = "Z", Wwn = null };
        var hardware = Samples.Hardware(disks: [Samples.Disk(), other]) with { VolumeGroups = [new() { Name = name, PhysicalVolumes = [volume] }], SoftwareArrays = [new() { Device = "/dev/md9", Devices = ["/dev/sdz2"] }] };
        var outcome = Planner.Plan(Samples.Task() with { DiskLayout = new() { Preset = "lvm", Disk = new() { Serial = "VD0" } } }, hardware, Input(Samples.Image() with { Supports = ["lvm"] }));
        Assert.Equal(refused ? "volume_group_exists" : null, outcome.Problems.FirstOrDefault(problem => problem.Code == "volume_group_exists")?.Code);
        if (refused)
            Assert.Contains("group system on /dev/sdz,", outcome.Problems.Single().Message, StringComparison.Ordinal);
        else
            Assert.NotNull(outcome.Plan);
    }

    [Fact]
    public void Who_asks_a_machine_without_a_controller_for_arrays_is_told_where_software_arrays_are_made()
    {
        HardwareConfigSpec asked = new() { Controllers = [new() { Arrays = [new() { Name = "system", Level = "raid1", Disks = ["252:0", "252:1"] }] }] };
        TaskFailure Problem(params RaidController[] controllers) => Assert.Single(Planner.Plan(Samples.Task() with { HardwareConfig = asked }, Samples.Hardware(disks: Samples.Disk()) with { RaidControllers = controllers }, Input(Samples.Image())).Problems);

        var none = Problem();
        Assert.Equal(("raid_not_possible", "No RAID controller fits 'the only one'. There are: none."), (none.Code, none.Message));
        Assert.Contains("disk_layout: a preset such as raid1", none.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("disk_layout", Problem(new RaidController { Id = "0", Tool = "storcli" }, new RaidController { Id = "1", Tool = "storcli" }).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_disks_are_never_chosen_from_by_chance()
    {
        var hardware = Samples.Hardware(disks: [Samples.Disk(), Samples.Disk("/dev/vdb", serial: "VD1")]);
        var outcome = Planner.Plan(Samples.Task(), hardware, Input(Samples.Image()));
        Assert.Null(outcome.Plan);
        Assert.Equal("several_disks", Assert.Single(outcome.Problems).Code);
        Assert.Contains("VD1", outcome.Problems[0].Message, StringComparison.Ordinal);

        var named = Samples.Task() with { DiskLayout = new DiskLayoutSpec { Disk = new DiskSelector { Serial = "vd1" } } };
        Assert.Equal("/dev/vdb", Planner.Plan(named, hardware, Input(Samples.Image())).Plan!.Disk!.Device);
    }

    [Fact]
    public void Two_equal_disks_are_not_told_apart_by_size()
    {
        var hardware = Samples.Hardware(disks: [Samples.Disk(), Samples.Disk("/dev/vdb", serial: "VD1"), Samples.Disk("/dev/vdc", 9_000_000_000, "VD2")]);
        InstallTask Prefer(string which) => Samples.Task() with { DiskLayout = new DiskLayoutSpec { Disk = new DiskSelector { Prefer = which } } };
        Assert.Equal("several_disks", Planner.Plan(Prefer("smallest"), hardware, Input(Samples.Image())).Problems[0].Code);
        Assert.Equal("/dev/vdc", Planner.Plan(Prefer("largest"), hardware, Input(Samples.Image())).Plan!.Disk!.Device);
    }

    [Fact]
    public void Says_everything_that_is_missing()
    {
        var task = Samples.Task() with { OsType = "ubuntu", OsVersion = "22.04" };
        var codes = Planner.Plan(task, Samples.Hardware(), Input(Samples.Image())).Problems.Select(problem => problem.Code);
        Assert.Equal(["no_image", "no_disk"], codes);
        Assert.Equal("no_hardware", Planner.Plan(task, null, Input()).Problems[0].Code);
    }

    [Fact]
    public void A_removable_or_tiny_disk_never_fits()
    {
        var hardware = Samples.Hardware(disks: [Samples.Disk() with { Removable = true }, Samples.Disk("/dev/sda", 500_000_000)]);
        var problem = Planner.Plan(Samples.Task(), hardware, Input(Samples.Image())).Problems[0];
        Assert.Equal("no_disk", problem.Code);
        Assert.Contains("removable", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slot_becomes_the_mac_of_the_interface_that_is_there_and_a_wrong_one_is_told_with_what_is()
    {
        var hardware = Samples.Hardware(disks: Samples.Disk()) with
        {
            Nics = [new() { Name = "eth0", Mac = Samples.Mac, PciSlot = "0000:3b:00.0" }, new() { Name = "eth1", Mac = "00:1a:2b:00:00:01", PciSlot = "0000:3B:00.1" }],
        };
        PlanOutcome Of(params InterfaceSpec[] interfaces) => Planner.Plan(Samples.Task() with { Network = new NetworkSpec { Interfaces = interfaces } }, hardware, Input(Samples.Image()));

        var plan = Of(new InterfaceSpec { Name = "a" }, new InterfaceSpec { Name = "b", Slot = "0000:3b:00.1" },
            new InterfaceSpec { Kind = "bond", Name = "bond0", Bond = new BondSpec { Mode = "802.3ad", Members = ["a", "b"] } }).Plan!;
        Assert.Equal([Samples.Mac, "00:1a:2b:00:00:01", null], plan.Network.Interfaces.Select(one => one.Mac));
        Assert.All(plan.Network.Interfaces, one => Assert.Null(one.Slot));
        Assert.Equal("00:1a:2b:00:00:01", Of(new InterfaceSpec { Slot = "eth1" }).Plan!.Network.Interfaces[0].Mac);

        var none = Assert.Single(Of(new InterfaceSpec { Slot = "0000:5e:00.0" }).Problems);
        Assert.Equal("no_interface", none.Code);
        Assert.Contains("0000:3B:00.1", none.Message, StringComparison.Ordinal);
        Assert.Equal("interface_twice", Assert.Single(Of(new InterfaceSpec(), new InterfaceSpec { Slot = "eth0" }).Problems).Code);
    }

    [Fact]
    public void Where_an_IDC_has_keys_for_images_only_what_one_of_them_signed_is_planned()
    {
        using var signer = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        string Sign(System.Security.Cryptography.ECDsa key, string digest) => Convert.ToBase64String(key.SignHash(Convert.FromHexString(digest), System.Security.Cryptography.DSASignatureFormat.Rfc3279DerSequence));
        PlanOutcome Of(string? signature, params string[] keys) =>
            Planner.Plan(Samples.Task(), Samples.Hardware(disks: Samples.Disk()), Input(Samples.Image() with { Signature = signature }) with { ImageKeys = keys });
        var digest = Samples.Image().Sha256;
        var pem = signer.ExportSubjectPublicKeyInfoPem();

        var plan = Of(Sign(signer, digest), other.ExportSubjectPublicKeyInfoPem(), pem).Plan!;
        Assert.Equal(Convert.ToBase64String(signer.ExportSubjectPublicKeyInfo()), plan.Image!.Signature!.Key);
        Assert.True(ImageSignature.IsBy(plan.Image.Signature.Key, digest, plan.Image.Signature.Value));
        Assert.Null(Of(Sign(signer, digest)).Plan!.Image!.Signature);
        foreach (var signature in (string?[])[null, "", "AAAA", Sign(other, digest), Sign(signer, new string('b', 64))])
        {
            var refused = Of(signature, pem);
            Assert.Null(refused.Plan);
            Assert.Equal("image_not_signed", Assert.Single(refused.Problems).Code);
        }

        using var large = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        foreach (var none in (string[])["", "not a key", large.ExportSubjectPublicKeyInfoPem(), signer.ExportECPrivateKeyPem()])
            Assert.Null(ImageSignature.Key(none));
    }

    [Theory]
    [InlineData("Debian 12", "preseed", true, false, true, null)]
    [InlineData("Debian 12", "preseed", true, true, false, "installer of 'preseed' does not know")]
    [InlineData("Debian 12", "image", true, true, true, null)]
    [InlineData("Windows Server 2022", "windows", true, false, true, "nothing that 'windows' runs")]
    [InlineData("Windows Server 2022", "windows", true, false, false, null)]
    [InlineData("Debian 12", "preseed", false, true, true, null)]
    public void An_installer_that_cannot_verify_the_site_is_refused_before_the_approval(string os, string method, bool own, bool bootByHttps, bool regionalByHttps, string? refused)
    {
        var found = Catalog.Resolve(os, null)!;
        var task = Samples.Task() with { OsType = found.Id, OsVersion = found.Version, InstallMethod = method, Variables = found.Requires.ToDictionary() };
        var problem = Planner.Plan(task, Samples.Hardware(disks: Samples.Disk()), Input() with { Trust = new InstallerTrust(own, bootByHttps, regionalByHttps) }).Problems.SingleOrDefault(problem => problem.Code == "installer_cannot_verify");
        Assert.Equal(refused is null, problem is null);
        Assert.Contains(refused ?? "", problem?.Message ?? "", StringComparison.Ordinal);
    }

    /// <summary>mboot.c32, for BIOS, is a program of SYSLINUX, which our iPXE does not run.</summary>
    [Theory]
    [InlineData("bios", true)]
    [InlineData("uefi", false)]
    [InlineData(null, false)]
    public void An_installer_that_the_firmware_cannot_start_is_refused_before_the_approval(string? mode, bool refused)
    {
        var found = Catalog.Resolve("VMware ESXi 8.0", null)!;
        var task = Samples.Task() with { OsType = found.Id, OsVersion = found.Version, Variables = found.Requires.ToDictionary() };
        var problems = Planner.Plan(task, Samples.Hardware(disks: Samples.Disk()) with { Firmware = mode is null ? null : new() { BootMode = mode } }, Input()).Problems;
        Assert.Equal(refused, problems.Any(problem => problem.Code == "boot_mode_not_supported" && problem.Message.Contains("'esxi' of VMware ESXi 8.0 can be started by uefi alone", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_boot_service_that_listens_by_http_too_gives_installers_that_address(bool byHttp, bool refused)
    {
        var boot = new ServiceInstance { Kind = ServiceInstance.Boot, Instance = "b-8443", Address = "https://b:8443", OwnAuthorities = true, ByHttp = byHttp, StartedAt = DateTimeOffset.UnixEpoch, HeartbeatAt = DateTimeOffset.UnixEpoch };
        var snapshot = StateSnapshot.Empty with { Services = StateSnapshot.Empty.Services.Add(("dc1", boot.Kind, boot.Instance), boot) };
        Assert.Equal(new InstallerTrust(true, refused, false), InstallerTrust.Of(snapshot, "dc1"));
        Assert.Equal(refused, InstallerTrust.Of(snapshot, "dc1").WhyNot(Catalog.Installers["preseed"], "preseed") is not null);
    }

    [Fact]
    public void An_installer_is_never_asked_for_what_its_templates_do_not_write()
    {
        var task = Samples.Task() with
        {
            InstallMethod = "preseed", Users = [new UserSpec { Name = "ops", PasswordHash = "sealed:x" }],
            Network = new NetworkSpec { Interfaces = [new InterfaceSpec { Name = "p" }, new InterfaceSpec { Kind = "vlan", Name = "v", Vlan = new VlanSpec { Id = 5, Link = "p" }, Mtu = 9000 }] },
        };
        var problems = Planner.Plan(task, Samples.Hardware(disks: Samples.Disk()), Input()).Problems;
        Assert.Contains("vlan, mtu", problems.Single(problem => problem.Code == "network_not_supported").Message, StringComparison.Ordinal);
        Assert.Contains(problems, problem => problem.Code == "password_not_supported");
    }

    [Theory]
    [InlineData("kickstart", "Rocky Linux 9", "10.0.0.5/24 2001:db8::5/64", null)]
    [InlineData("kickstart", "Rocky Linux 9", "10.0.0.5/24 10.0.0.6/24", "several_addresses")]
    [InlineData("autoinstall", "Ubuntu 24.04", "10.0.0.5/24 10.0.0.6/24 2001:db8::5/64", null)]
    [InlineData("esxi", "VMware ESXi 8.0", "10.0.0.5/24", null)]
    [InlineData("esxi", "VMware ESXi 8.0", "2001:db8::5/64", "ipv6")]
    [InlineData("windows", "Windows Server 2022", "10.0.0.5/24 10.0.0.6/24", null)]
    [InlineData("windows", "Windows Server 2022", "10.0.0.5/24 2001:db8::5/64", "ipv6")]
    public void Addresses_that_an_installer_would_leave_out_are_refused_before_the_approval(string method, string os, string addresses, string? refused)
    {
        var found = Catalog.Resolve(os, null)!;
        var network = new NetworkSpec { Interfaces = [new InterfaceSpec { Dhcp4 = false, Addresses = addresses.Split(' ') }] };
        var task = Samples.Task() with { OsType = found.Id, OsVersion = found.Version, InstallMethod = method, Network = network, Variables = found.Requires.ToDictionary() };
        var problem = Planner.Plan(task, Samples.Hardware(disks: Samples.Disk()), Input()).Problems.SingleOrDefault(problem => problem.Code == "network_not_supported");
        // IPv4 by DHCP beside a fixed IPv6 address.
        var both = task with { Network = new NetworkSpec { Interfaces = [network.Interfaces[0] with { Dhcp4 = true }] } };
        Assert.Contains("dhcp4_beside_addresses", Planner.Plan(both, Samples.Hardware(disks: Samples.Disk()), Input()).Problems.Single(one => one.Code == "network_not_supported").Message, StringComparison.Ordinal);
        Assert.Equal(refused is null, problem is null);
        Assert.Contains(refused ?? "", problem?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Users_arguments_and_a_whole_disk_stand_in_the_plan_and_no_secret_does()
    {
        var task = Samples.Task() with
        {
            SshKeys = ["ssh-ed25519 AAAA"], KernelArguments = ["console=ttyS1,9600", "quiet"], Timezone = "Asia/Shanghai",
            Users = [new UserSpec { Name = "ops", Sudo = true, PasswordHash = "sealed:abc" }, new UserSpec { Name = "app", SshKeys = ["ssh-ed25519 BBBB"] }],
        };
        var disk = Samples.Disk();
        var outcome = Planner.Plan(task, Samples.Hardware(disks: disk), Input(Samples.Image() with { Format = "raw.zst", RawBytes = disk.SizeBytes }));
        var plan = outcome.Plan!;
        Assert.DoesNotContain("sealed:abc", System.Text.Json.JsonSerializer.Serialize(plan, LpmOs.Contracts.ContractsJson.Default.InstallPlan), StringComparison.Ordinal);
        Assert.Equal(64, plan.Users[0].PasswordDigest!.Length);
        Assert.Equal(["ssh-ed25519 AAAA"], plan.Users[0].SshKeys);
        Assert.Equal(["ssh-ed25519 BBBB"], plan.Users[1].SshKeys);
        Assert.Equal(["console=ttyS1,9600", "quiet"], plan.KernelArguments);
        Assert.Empty(plan.Partitions);
        var addressed = task with { Network = new NetworkSpec { Interfaces = [new InterfaceSpec { Dhcp4 = false, Addresses = ["10.0.0.5/24"] }] } };
        // A disk with an MBR has no GUID by which an operation of its own would know it again.
        Assert.Equal(["os_install", "reboot"], Planner.Plan(addressed, Samples.Hardware(disks: disk), Input(Samples.Image() with { Format = "raw.zst", RawBytes = disk.SizeBytes })).Plan!.Operations);
        Assert.Equal(["os_install", "network_config", "reboot"], Planner.Plan(addressed, Samples.Hardware(disks: disk), Input(Samples.Image())).Plan!.Operations);
        var other = Planner.Plan(task with { Users = [task.Users[0] with { PasswordHash = "sealed:abd" }, task.Users[1]] }, Samples.Hardware(disks: disk), Input(Samples.Image() with { Format = "raw.zst", RawBytes = disk.SizeBytes }));
        Assert.NotEqual(plan.PlanHash, other.Plan!.PlanHash);
        Assert.Equal("disk_too_small", Assert.Single(Planner.Plan(task, Samples.Hardware(disks: disk), Input(Samples.Image() with { Format = "raw", RawBytes = disk.SizeBytes + 1 })).Problems).Code);
    }
}
