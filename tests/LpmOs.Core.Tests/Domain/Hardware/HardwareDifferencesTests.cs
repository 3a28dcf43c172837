using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain.Hardware;

namespace LpmOs.Core.Tests.Domain.Hardware;

public sealed class HardwareDifferencesTests
{
    private static readonly Inventory Before = new()
    {
        SerialNumber = "SN-1", MacAddress = "52:54:00:00:00:01", Company = "Acme", Firmware = new Firmware { Version = "1.0", BootMode = "uefi" }, Cpu = new Cpu { Model = "EPYC", Cores = 64 },
        Memory = new Memory { TotalGb = 512, TotalBytes = 540_000_000_000 },
        Disks = [Disk("A", "/dev/sda"), Disk("B", "/dev/sdb"), Disk("", "/dev/sdc")],
        Nics = [new Nic { Name = "eth0", Mac = "52:54:00:00:00:01", Driver = "ixgbe", Link = true, SpeedMbps = 10_000 }],
    };

    private static Disk Disk(string serial, string device) => new() { Serial = serial, Device = device, Model = "PM9A3", SizeGb = 960, SizeBytes = 960_197_124_096 };

    [Fact]
    public void What_comes_and_goes_by_itself_is_no_difference()
    {
        var after = Before with
        {
            Memory = new Memory { TotalGb = 512, TotalBytes = 539_999_000_000 }, AgentVersion = "2", ReportedAt = DateTimeOffset.UnixEpoch,
            Disks = [Disk("B", "/dev/sda"), Disk("A", "/dev/sdb") with { Content = new DiskContent { PartitionTable = "gpt" } }, Disk("", "/dev/sdc")],
            Nics = [Before.Nics[0] with { Name = "ens1", Link = false, SpeedMbps = null }],
        };
        Assert.Empty(HardwareDifferences.Between(Before, after));
    }

    [Fact]
    public void A_disk_that_disappeared_and_one_in_its_place_are_told_apart()
    {
        var changes = HardwareDifferences.Between(Before, Before with { Disks = [Disk("A", "/dev/sda"), Disk("C", "/dev/sdb"), Disk("", "/dev/sdc")] });
        Assert.Equal([("removed", "disk", "B"), ("added", "disk", "C")], changes.Select(change => (change.Kind, change.Component, change.Id)));
        Assert.Equal("Disk B (PM9A3, 960 GB, /dev/sdb) has disappeared.", changes[0].Text);
    }

    [Fact]
    public void Memory_firmware_and_cards_are_compared_field_by_field()
    {
        var after = Before with
        {
            Memory = new Memory { TotalGb = 480 }, Firmware = Before.Firmware! with { Version = "1.1" }, Cpu = null,
            Nics = [Before.Nics[0] with { Driver = "ice" }, new Nic { Name = "eth1", Mac = "52:54:00:00:00:02" }],
        };
        Assert.Equal(
            [("firmware", "version"), ("cpu", "model"), ("cpu", "sockets"), ("cpu", "cores"), ("cpu", "threads"), ("memory", "total_gb"), ("nic", null), ("nic", "driver")],
            HardwareDifferences.Between(Before, after).Select(change => (change.Component, change.Field)));
        Assert.Contains(HardwareDifferences.Between(Before, after), change => change is { Component: "memory", Before: "512", After: "480", Text: "Memory total_gb was 512, now it is 480." });
    }

    [Fact]
    public void Parts_without_a_name_of_their_own_are_all_counted()
    {
        var twins = Before with { Disks = [Disk("SAME", "/dev/sda"), Disk("SAME", "/dev/sdb")] };
        Assert.Equal("SAME #2", Assert.Single(HardwareDifferences.Between(twins, twins with { Disks = [Disk("SAME", "/dev/sda")] })).Id);
    }

    [Fact]
    public void What_only_one_of_two_agents_asked_for_is_no_difference()
    {
        var told = WithDetails(Before);
        Assert.Empty(HardwareDifferences.Between(Before, told));
        Assert.Empty(HardwareDifferences.Between(told, Before));
        // A switch says its name every 30 seconds; a report right after the start has not heard it.
        var deaf = told with { Nics = [told.Nics[0] with { Lldp = null }] };
        Assert.Empty(HardwareDifferences.Between(told, deaf));
        Assert.Empty(HardwareDifferences.Between(deaf, told));
    }

    [Fact]
    public void Temperatures_and_counters_are_no_difference()
    {
        var told = WithDetails(Before);
        var later = told with { Disks = [.. told.Disks.Select(disk => disk with { Health = new DiskHealth { Passed = true, TemperatureCelsius = 44, PowerOnHours = 99, WearPercent = 7, ReallocatedSectors = 3 } })] };
        Assert.Empty(HardwareDifferences.Between(told, later));
    }

    [Fact]
    public void Modules_controllers_firmware_health_and_cables_count()
    {
        var told = WithDetails(Before);
        var changed = told with
        {
            Board = new Board { SerialNumber = "B2" }, Tpm = new Tpm { Present = false }, Bmc = new Bmc { Address = "10.0.9.22", Version = "2.0" },
            Memory = told.Memory! with { Dimms = [told.Memory.Dimms[0] with { SerialNumber = "S3" }] },
            Disks = [told.Disks[0] with { Health = new DiskHealth { Passed = false }, Firmware = "F2" }, .. told.Disks.Skip(1)],
            Nics = [told.Nics[0] with { Lldp = new LldpNeighbour { SwitchName = "leaf-2", Port = "Ethernet1" }, Firmware = "2" }],
            RaidControllers = [told.RaidControllers[0] with { Arrays = [], Disks = [told.RaidControllers[0].Disks[0] with { State = "failed" }] }],
            Gpus = [new Gpu { Name = "A100", Slot = "0000:81:00.0", Id = "10de:20f1" }],
        };

        Assert.Equal(
            [("board", null, "serial_number", "B1", "B2"), ("tpm", null, "present", "true", "false"), ("bmc", null, "address", "10.0.9.21", "10.0.9.22"), ("dimm", "A2", null, "Samsung M393 64 GB, serial S2", null), ("dimm", "A1", "serial_number", "S1", "S3"),
             ("gpu", "0000:82:00.0", null, "H100", null), ("gpu", "0000:81:00.0", null, null, "A100"), ("raid_controller", "0000:18:00.0", "arrays", "0/0 raid1 os", ""), ("raid_disk", "Z1", "state", "online", "failed"),
             ("disk", "A", "firmware", "F1", "F2"), ("disk", "A", "health", "passed", "failed"), ("nic", "52:54:00:00:00:01", "firmware", "1", "2"), ("nic", "52:54:00:00:00:01", "switch", "leaf-1", "leaf-2"), ("nic", "52:54:00:00:00:01", "switch_port", "Ethernet12", "Ethernet1")],
            HardwareDifferences.Between(told, changed).Select(change => (change.Component, change.Id, change.Field, change.Before, change.After)));
    }

    private static Inventory WithDetails(Inventory machine) => machine with
    {
        Chassis = new Chassis { Type = "Rack Mount Chassis", SerialNumber = "C1" }, Board = new Board { SerialNumber = "B1" }, Tpm = new Tpm { Present = true, Version = "2.0" }, Bmc = new Bmc { Address = "10.0.9.21", Version = "2.0" },
        Memory = machine.Memory! with { Dimms = [new MemoryModule { Slot = "A1", SerialNumber = "S1" }, new MemoryModule { Slot = "A2", SerialNumber = "S2", Manufacturer = "Samsung", PartNumber = "M393", SizeBytes = 64L << 30 }] },
        Disks = [.. machine.Disks.Select(disk => disk with { Firmware = "F1", Health = new DiskHealth { Passed = true, TemperatureCelsius = 30 } })],
        Nics = [machine.Nics[0] with { Firmware = "1", Lldp = new LldpNeighbour { SwitchName = "leaf-1", Port = "Ethernet12" } }],
        RaidControllers = [new RaidController { Id = "0", PciSlot = "0000:18:00.0", Model = "H740P", Arrays = [new RaidArray { Id = "0/0", Level = "raid1", Name = "os" }], Disks = [new RaidDisk { Id = "32:0", Serial = "Z1", State = "online" }] }],
        Gpus = [new Gpu { Name = "H100", Slot = "0000:82:00.0", Id = "10de:2331" }],
    };
}
