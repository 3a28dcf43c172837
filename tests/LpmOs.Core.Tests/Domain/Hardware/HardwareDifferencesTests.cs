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
}
