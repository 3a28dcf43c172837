using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;

namespace LpmOs.Core.Tests;

internal static class Samples
{
    public const string Mac = "52:54:00:00:00:01";

    public static InstallTask Task(string sn = "sn-001", string id = "task-00000001", string mac = Mac) => new()
    {
        TaskId = id, Idc = "dc1", Sn = sn, Mac = mac, OsType = "debian", OsVersion = "12", Status = TaskState.Pending,
    };

    public static Inventory Hardware(string sn = "sn-001", string mac = Mac, params Disk[] disks) => new()
    {
        SerialNumber = sn, MacAddress = mac, Disks = disks, Nics = [new Nic { Name = "eth0", Mac = mac }],
    };

    public static Disk Disk(string device = "/dev/vda", long bytes = 4_000_000_000, string? serial = "VD0") => new()
    {
        Device = device, SizeBytes = bytes, SizeGb = (int)(bytes / 1_000_000_000), Serial = serial, Model = "QEMU HARDDISK",
    };

    public static SiteImage Image() => new()
    {
        Id = "debian-12", OsId = "debian", OsVersion = "12", File = "debian 12.tar.zst", Format = "tar.zst", Sha256 = new string('a', 64), SizeBytes = 1000,
    };
}
