using LpmOs.Agent.Discovery;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Tests.Discovery;

public sealed class HardwareDiscoveryTests
{
    [Fact]
    public async Task AQemuGuestIsDescribed()
    {
        using var machine = RecordedMachine.Qemu();
        machine.Device("dev/vda", 8L << 30);

        var found = await CollectAsync(machine, "TCGTCGTCGTCG", "52:54:00:00:00:01");

        Assert.Equal(("SN-1", "52:54:00:00:00:01", "QEMU", "Standard PC (Q35 + ICH9, 2009)", "pc-q35-7.2"), (found.SerialNumber, found.MacAddress, found.Company, found.Product, found.ModelName));
        Assert.True(found.IsVm);
        Assert.Equal("qemu", found.Virtualization);
        Assert.Equal("4c4c4544-0051-3110-8051-b4c04f4e3132", found.Uuid);
        Assert.Equal(("SeaBIOS", "bios"), (found.Firmware!.Vendor, found.Firmware.BootMode));
        Assert.Equal((2, 2, 1), (found.Cpu!.Cores, found.Cpu.Threads, found.Cpu.Sockets));
        Assert.Equal((2, 2021988L * 1024), (found.Memory!.TotalGb, found.Memory.TotalBytes));
        var disk = Assert.Single(found.Disks);
        Assert.Equal(("/dev/vda", "DISK-1", "virtio", "virtual", 8L << 30), (disk.Device, disk.Serial, disk.Transport, disk.Type, disk.SizeBytes));
        // A blank disk has the digest of no text.
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", disk.Content!.Digest);
        var nic = Assert.Single(found.Nics);
        Assert.Equal(("eth0", "virtio_net", "0000:00:03.0"), (nic.Name, nic.Driver, nic.PciSlot));
    }

    [Fact]
    public async Task ARackServerIsDescribed()
    {
        using var machine = new RecordedMachine()
            .File("sys/class/dmi/id/sys_vendor", "Dell Inc.\n").File("sys/class/dmi/id/product_name", "PowerEdge R740\n").File("sys/class/dmi/id/product_serial", "7XK2Q13\n")
            .File("proc/cpuinfo", string.Concat(Enumerable.Range(0, 8).Select(i => $"processor\t: {i}\nmodel name\t: Intel(R) Xeon(R) Gold 6230\nphysical id\t: {i / 2 % 2}\ncore id\t\t: {i / 4}\nflags\t\t: fpu\n\n")))
            .File("proc/meminfo", "MemTotal:       527899648 kB\n").File("sys/firmware/dmi/tables/DMI", MemoryModules(16, 32 << 10))
            .Disk("sda", 480103981056, "pci0000:17/0000:18:00.0/host0/target0:2:0/0:2:0:0", ("device/vendor", "DELL    "), ("device/model", "PERC H730P Mini "), ("wwid", "naa.61866da07f2d3b00"), ("queue/rotational", "1"))
            .Disk("sdb", 4000787030016, "pci0000:17/0000:17:00.0/ata3/host2/target2:0:0/2:0:0:0", ("device/vendor", "ATA"), ("device/model", "ST4000NM0035-1V4"), ("wwid", "t10.ATA     ST4000NM0035-1V4107     ZC1234"), ("queue/rotational", "1"))
            .File("sys/devices/pci0000:17/0000:17:00.0/ata3/host2/target2:0:0/2:0:0:0/block/sdb/device/vpd_pg80", [0, 0x80, 0, 8, .. "  ZC1234"u8])
            .Disk("nvme0n1", 1600321314816, "pci0000:3a/0000:3b:00.0/nvme/nvme0", ("device/model", "Dell Express Flash PM1725b"), ("device/serial", "S3X0NA0M"), ("wwid", "eui.344335304e602910"), ("queue/rotational", "0"), ("queue/logical_block_size", "4096"))
            .Disk("loop0", 1 << 20, "virtual").Disk("sr0", 1 << 20, "virtual").Disk("nvme0c0n1", 1600321314816, "virtual", ("hidden", "1")).Disk("sdc", 0, "virtual")
            .Nic("eno2", "E4:43:4B:00:00:02", "0000:19:00.1", "i40e", "10000").Nic("eno1", "e4:43:4b:00:00:01", "0000:19:00.0", "i40e", "-1", link: false)
            .File("sys/class/net/docker0/address", "02:42:00:00:00:01").File("sys/class/net/docker0/type", "1")
            .File("sys/bus/pci/devices/0000:5e:00.0/class", "0x020000\n").File("sys/bus/pci/devices/0000:5e:00.0/vendor", "0x15b3\n").File("sys/bus/pci/devices/0000:5e:00.0/device", "0x1017\n")
            .File("sys/bus/pci/devices/0000:00:1f.0/class", "0x060100\n").File("sys/bus/pci/devices/0000:00:1f.0/vendor", "0x8086\n").File("sys/bus/pci/devices/0000:00:1f.0/device", "0xa1c1\n");

        var found = await CollectAsync(machine, null, null);

        Assert.False(found.IsVm);
        Assert.Equal("7XK2Q13", found.SerialNumber);
        Assert.Equal("e4:43:4b:00:00:02", found.MacAddress);
        Assert.Equal((4, 8, 2), (found.Cpu!.Cores, found.Cpu.Threads, found.Cpu.Sockets));
        Assert.Equal(512, found.Memory!.TotalGb);
        Assert.Equal(
            [("/dev/nvme0n1", "nvme", "nvme", "S3X0NA0M", "eui.344335304e602910"), ("/dev/sda", "hdd", "scsi", null, "naa.61866da07f2d3b00"), ("/dev/sdb", "hdd", "sata", "ZC1234", null)],
            found.Disks.Select(disk => (disk.Device, disk.Type!, disk.Transport!, disk.Serial, disk.Wwn)));
        Assert.Equal(["Dell Express Flash PM1725b", "DELL PERC H730P Mini", "ST4000NM0035-1V4"], found.Disks.Select(disk => disk.Model));
        Assert.All(found.Disks, disk => Assert.Null(disk.Content));
        Assert.Equal([("eno1", (int?)null), ("eno2", 10000)], found.Nics.Select(nic => (nic.Name, nic.SpeedMbps)));
        Assert.Equal(("0000:5e:00.0", "15b3:1017", "020000"), Assert.Single(found.DriverlessDevices) is var device ? (device.Slot, device.Id, device.Class) : default);
    }

    [Theory]
    [InlineData("To Be Filled By O.E.M.", "/5XYZ3/CN747/", "5XYZ3-CN747")]
    [InlineData("System Serial Number", "Default string", "00c0ffee-0000-0000-0000-000000000001")]
    [InlineData("0000000000", "None", "00c0ffee-0000-0000-0000-000000000001")]
    [InlineData("0123456789", "  ", "00c0ffee-0000-0000-0000-000000000001")]
    [InlineData("AB..12", "x", "AB.12")]
    public async Task PlaceholdersAreNoSerialNumbers(string product, string board, string expected)
    {
        using var machine = new RecordedMachine().File("sys/class/dmi/id/product_serial", product).File("sys/class/dmi/id/board_serial", board).File("sys/class/dmi/id/chassis_serial", "Default string")
            .File("sys/class/dmi/id/product_uuid", "00C0FFEE-0000-0000-0000-000000000001");

        Assert.Equal(expected, (await CollectAsync(machine, null, null)).SerialNumber);
    }

    [Theory]
    [InlineData("VMware, Inc.", "VMware Virtual Platform", "VMwareVMware", "vmware")]
    [InlineData("innotek GmbH", "VirtualBox", null, "virtualbox")]
    [InlineData("innotek GmbH", "VirtualBox", "KVMKVMKVM\0\0\0", "kvm")]
    [InlineData("QEMU", "Standard PC (i440FX + PIIX, 1996)", "KVMKVMKVM\0\0\0", "kvm")]
    [InlineData("Red Hat", "KVM", null, "kvm")]
    [InlineData("Xen", "HVM domU", "XenVMMXenVMM", "xen")]
    [InlineData("Microsoft Corporation", "Virtual Machine", "Microsoft Hv", "hyperv")]
    [InlineData("Microsoft Corporation", "Virtual Machine", null, "hyperv")]
    [InlineData("Microsoft Corporation", "Surface Pro", null, null)]
    [InlineData("Parallels Software International Inc.", "Parallels Virtual Platform", " lrpepyh  vr", "parallels")]
    [InlineData("Acme", "Hidden", "XYZXYZXYZXYZ", "unknown")]
    [InlineData("Dell Inc.", "PowerEdge R740", null, null)]
    public async Task A_virtual_machine_is_told_from_hardware_and_whose_it_is(string vendor, string product, string? signature, string? expected)
    {
        // The kernel shows this flag in every guest; CPUID alone, or the firmware alone, may tell of the hypervisor, too.
        using var machine = new RecordedMachine().File("sys/class/dmi/id/sys_vendor", vendor + "\n").File("sys/class/dmi/id/product_name", product + "\n").File("sys/class/dmi/id/product_serial", "SN-1\n")
            .File("proc/cpuinfo", $"processor\t: 0\nflags\t\t: fpu{(signature is null ? "" : " hypervisor")}\n\n");

        var found = await CollectAsync(machine, signature, null);

        Assert.Equal((expected, expected is not null), (found.Virtualization, found.IsVm));
    }

    [Fact]
    public async Task WithoutAnythingElseTheMacNamesTheMachine()
    {
        using var machine = new RecordedMachine().File("sys/class/dmi/id/product_uuid", "00000000-0000-0000-0000-000000000000").Nic("eth0", "52:54:00:00:00:01", "0000:00:03.0", "e1000", "1000");

        Assert.Equal("525400000001", (await CollectAsync(machine, null, null)).SerialNumber);
    }

    [Fact]
    public async Task RubbishInFirmwareFieldsBecomesPrintable()
    {
        using var machine = RecordedMachine.Qemu().File("sys/class/dmi/id/product_name", [0x41, 0xFF, 0xFE, 0x1B, (byte)'[', (byte)'m', 0x00, .. Enumerable.Repeat((byte)'x', 1000)]);

        var product = (await CollectAsync(machine, null, null)).Product!;

        Assert.StartsWith("A [m x", product, StringComparison.Ordinal);
        Assert.True(product.Length <= 200);
        Assert.DoesNotContain(product, char.IsControl);
    }

    [Fact]
    public async Task ContentAndDigestFollowWhatIsOnTheDisk()
    {
        using var machine = RecordedMachine.Qemu();
        var path = machine.Device("dev/vda", 8L << 30);
        var blank = Assert.Single((await CollectAsync(machine, null, null)).Disks).Content;
        RecordedMachine.Program("sfdisk", $"-q {path}", "label: gpt\nsize=20480, name=\"data\"\n");

        var first = Assert.Single((await CollectAsync(machine, null, null)).Disks).Content!;
        var again = Assert.Single((await CollectAsync(machine, null, null)).Disks).Content!;

        Assert.Equal("gpt", first.PartitionTable);
        Assert.Equal("data", Assert.Single(first.Partitions).Name);
        Assert.Equal(first.Digest, again.Digest);
        Assert.NotEqual(blank!.Digest, first.Digest);
    }

    /// <summary>Nobody may take for empty what holds data that no program knows by name, or that two know.</summary>
    [Fact]
    public async Task Data_that_cannot_be_named_is_no_empty_disk()
    {
        using var machine = RecordedMachine.Qemu();
        var path = machine.Device("dev/vda", 8L << 30);
        var blank = Assert.Single((await CollectAsync(machine, null, null)).Disks).Content!;
        Assert.Null(blank.Signature);

        await using (var disk = new FileStream(path, FileMode.Open))
        {
            var noise = new byte[4 << 20];
            new Random(7).NextBytes(noise);
            noise.AsSpan(0, 1024).Clear();
            await disk.WriteAsync(noise, TestContext.Current.CancellationToken);
        }
        var unknown = Assert.Single((await CollectAsync(machine, null, null)).Disks).Content!;
        Assert.Equal("unknown_data", unknown.Signature);
        Assert.NotEqual(blank.Digest, unknown.Digest);

        // The super block of a btrfs (64 KiB from the beginning) under an ext4, as a new file system leaves it.
        RecordedMachine.Program("mkfs.btrfs", $"-q -f {path}", "");
        var super = new byte[4096];
        using (var disk = File.OpenHandle(path))
            RandomAccess.Read(disk, super, 65536);
        RecordedMachine.Program("mkfs.ext4", $"-q -F -b 4096 -E lazy_itable_init=1,nodiscard {path}", "");
        using (var disk = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(disk, super, 65536);
        var both = Assert.Single((await CollectAsync(machine, null, null)).Disks).Content!;
        Assert.Equal("ambivalent", both.Signature);
        Assert.NotEqual(blank.Digest, both.Digest);
    }

    private static Task<Inventory> CollectAsync(RecordedMachine machine, string? signature, string? bootMac)
    {
        var tree = new SystemTree(machine.Root);
        var disks = new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(new ProgramRunner(_ => { }))), TimeProvider.System);
        return new HardwareDiscovery(tree, disks, () => signature).CollectAsync(bootMac, TestContext.Current.CancellationToken);
    }

    // SMBIOS type 17 structures of 34 bytes; sizes over 32 GiB - 1 MiB go into the extended field.
    private static byte[] MemoryModules(int count, int mebibytes)
    {
        var table = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            var module = new byte[34];
            (module[0], module[1]) = (17, 34);
            BitConverter.TryWriteBytes(module.AsSpan(0x0C), (ushort)0x7FFF);
            BitConverter.TryWriteBytes(module.AsSpan(0x1C), (uint)mebibytes);
            table.AddRange(module);
            table.AddRange("DIMM\0\0"u8.ToArray());
        }
        return [.. table, 127, 4, 0, 0, 0, 0];
    }
}
