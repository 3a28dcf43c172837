using System.Text.Json;
using LpmOs.Contracts.Hardware;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests;

internal static class Samples
{
    private static int _next;

    /// <summary>A machine that no other test uses.</summary>
    public static (string Sn, string Mac) Machine()
    {
        var n = Interlocked.Increment(ref _next);
        return ($"SN-{n:D5}", $"52:54:00:{n >> 16:x2}:{(n >> 8) & 255:x2}:{n & 255:x2}");
    }

    /// <summary>The body of the public contract.</summary>
    public static string Task(string sn, string mac, string idc = "dc1", string more = "") =>
        $$"""{"idc":"{{idc}}","sn":"{{sn}}","mac":"{{mac}}","os_type":"Ubuntu 22.04","os_version":"22.04"{{more}}}""";

    public static Inventory Hardware(string sn, string mac, params Disk[] disks) => new()
    {
        SerialNumber = sn, MacAddress = mac, Company = "QEMU", Product = "Standard PC", Cpu = new Cpu { Model = "EPYC", Cores = 8 },
        Memory = new Memory { TotalGb = 16 }, Disks = disks, Nics = [new Nic { Name = "eth0", Mac = mac }], ReportedAt = DateTimeOffset.UnixEpoch,
    };

    public static Disk Disk(string serial) => new() { Device = "/dev/vda", Serial = serial, SizeBytes = 10_000_000_000, SizeGb = 10 };

    public static StoreWrite Image(string idc, string osId, string version) => StoreWrite.Put(Keys.Image(idc, $"{osId}-{version}"), JsonSerializer.SerializeToUtf8Bytes(new SiteImage
    {
        Id = $"{osId}-{version}", OsId = osId, OsVersion = version, File = $"{osId}-{version}.tar.zst", Format = "tar.zst", Sha256 = new string('a', 64), SizeBytes = 1000,
    }, CoreJson.Default.SiteImage));
}
