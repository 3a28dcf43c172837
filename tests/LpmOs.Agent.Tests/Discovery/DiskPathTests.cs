using LpmOs.Agent.Discovery;

namespace LpmOs.Agent.Tests.Discovery;

public sealed class DiskPathTests
{
    [Theory]
    [InlineData("sda", "pci0000:00/0000:00:1f.2/ata3/host2/target2:0:0/2:0:0:0", "pci-0000:00:1f.2-ata-3")]
    [InlineData("nvme0n1", "pci0000:00/0000:00:1d.0/0000:3b:00.0/nvme/nvme0", "pci-0000:3b:00.0-nvme-1")]
    [InlineData("vda", "pci0000:00/0000:00:04.0/virtio2", "pci-0000:00:04.0")]
    [InlineData("sdb", "pci0000:00/0000:00:03.0/0000:18:00.0/host0/target0:2:1/0:2:1:0", "pci-0000:18:00.0-scsi-0:2:1:0")]
    [InlineData("sdd", "pci0000:85/0000:86:00.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0", "pci-0000:86:00.0-sas-phy4-lun-0")]
    [InlineData("sde", "pci0000:85/0000:86:00.0/host0/port-0:0/expander-0:0/port-0:0:3/end_device-0:0/target0:0:3/0:0:3:0", "pci-0000:86:00.0-sas-exp0x500304801234567f-phy4-lun-0")]
    [InlineData("sdc", "pci0000:00/0000:00:14.0/usb1/1-3/1-3:1.0/host6/target6:0:0/6:0:0:0", null)]
    [InlineData("xvda", "vbd-768", null)]
    public void Is_what_udev_calls_it(string name, string device, string? path)
    {
        using var machine = new RecordedMachine().Disk(name, 1 << 30, device).File($"sys/devices/{device}/block/{name}/nsid", "1\n").File("sys/class/ata_port/ata3/port_no", "3\n")
            .File("sys/class/sas_device/end_device-0:0/phy_identifier", "4\n").File("sys/class/sas_device/expander-0:0/sas_address", "0x500304801234567f\n");
        Assert.Equal(path, DiskPath.Of(new SystemTree(machine.Root), name));
    }
}
