using LpmOs.Contracts.Hardware;

namespace LpmOs.Bench.Twins;

/// <summary>Machine number n: a two-socket rack server with four disks and four interfaces, as one of that kind reports itself.</summary>
internal sealed record TwinHardware(int Number)
{
    public string Sn { get; } = $"TWIN{Number:D6}";

    public byte[] MacBytes { get; } = [0x52, 0x54, 0x01, (byte)(Number >> 16), (byte)(Number >> 8), (byte)Number];

    public string Mac => string.Join(':', MacBytes.Select(part => part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

    public Guid Uuid { get; } = new(Number, 0x5457, 0x494e, 0x80, 0x52, 0xb4, 0xc0, 0x4f, 0x4d, 0x31, 0x32);

    public Inventory Report() => new()
    {
        SerialNumber = Sn, MacAddress = Mac, Company = "Dell Inc.", Product = "PowerEdge R750", ModelName = "SKU=0A6B;ModelName=PowerEdge R750", Uuid = Uuid.ToString(), AgentVersion = "0.1.0",
        Firmware = new Firmware { Vendor = "Dell Inc.", Version = "1.9.2", Date = "10/14/2024", BootMode = "bios" },
        Cpu = new Cpu { Model = "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz", Cores = 56, Threads = 112, Sockets = 2, Architecture = "x86_64" }, Memory = new Memory { TotalGb = 512, TotalBytes = 540_142_440_448 },
        Disks =
        [
            .. Enumerable.Range(0, 4).Select(disk => new Disk
            {
                Device = $"/dev/nvme{disk}n1", Serial = $"S64{Number:D6}{disk}", Wwn = $"eui.36344830{Number:x8}{disk}", Model = "SAMSUNG MZQL23T8HCLS-00A07", Type = "nvme", Transport = "nvme",
                SizeBytes = disk == 0 ? 480_103_981_056 : 3_840_755_982_336, SizeGb = disk == 0 ? 480 : 3_841, Content = new DiskContent { Digest = null },
            }),
        ],
        Nics =
        [
            new Nic { Name = "eno8303", Mac = Mac, Driver = "tg3", SpeedMbps = 1_000, Link = true, PciSlot = "0000:04:00.0" },
            .. Enumerable.Range(1, 3).Select(nic => new Nic { Name = $"ens{nic}f0", Mac = $"b0:7b:{nic:x2}:{Number >> 16:x2}:{(Number >> 8) & 255:x2}:{Number & 255:x2}", Driver = "ice", PciSlot = $"0000:3{nic}:00.0" }),
        ],
    };
}
