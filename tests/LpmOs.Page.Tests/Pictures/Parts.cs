using System.Globalization;
using System.Text.Json;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain.Wipes;
using LpmOs.Core.Security;
using LpmOs.Core.Store;

namespace LpmOs.Page.Tests.Pictures;

/// <summary>What is inside the machines of the scenery, as an agent of today reports it.</summary>
internal static class Parts
{
    private static readonly (string Maker, string Part)[] Modules = [("Samsung", "M393A4K40EB3-CWE"), ("SK Hynix", "HMA84GR7DJR4N-XN"), ("Micron", "MTA36ASF4G72PZ-3G2")];

    public static Inventory Equip(Inventory machine, int n) => machine with
    {
        Chassis = new Chassis { Type = "Rack Mount Chassis", HeightUnits = 2, SerialNumber = machine.SerialNumber, AssetTag = string.Create(CultureInfo.InvariantCulture, $"A-{2200 + n}") },
        Board = new Board { Manufacturer = machine.Company, Product = "0H28RR", Version = "A03" },
        Tpm = new Tpm { Present = true, Version = "2.0", Vendor = "IFX" },
        Bmc = new Bmc { Address = $"10.99.{n / 200}.{20 + (n % 200)}", Mac = Samples.Mac(0x7B0000 + n), AddressSource = "static", Version = n % 7 == 0 ? "6.10.30.00" : "7.00.60.00", IpmiVersion = "2.0", Manufacturer = machine.Company },
        Cpu = machine.Cpu! with { MaxMhz = 3100, Microcode = "0xd0003d1", NumaNodes = [Node(0, machine), Node(1, machine)] },
        Memory = Memory(machine.Memory!, n),
        Disks = [.. machine.Disks.Select((disk, index) => disk with { Firmware = index == 0 ? "GDC5602Q" : "SN02", Bay = index == 0 ? null : $"{index - 1}", Health = Health(disk, n, index), WipeMethods = index == 0 ? ["nvme_format_crypto", "nvme_sanitize_block"] : null })],
        Nics = [.. machine.Nics.Select((nic, index) => nic with
        {
            Model = index < 2 ? "NetXtreme BCM5720" : "ConnectX-5 EN 25GbE", Firmware = index < 2 ? "22.31.6" : "16.35.2000", NumaNode = 0,
            Lldp = nic.Link ? new LldpNeighbour { SwitchName = $"sw-{(char)('a' + (n / 20))}{(n % 4) + 1:d2}-{(index < 2 ? "mgmt" : "tor1")}", Port = $"Eth1/{(n % 44) + 1}", PortDescription = machine.SerialNumber, Vlan = index < 2 ? 20 : 120, ManagementAddress = $"10.98.0.{(n / 20) + 1}" } : null,
        })],
        RaidControllers = [Raid(machine, n)],
    };

    /// <summary>Certificates of two of the disks, signed with a key of the pictures' own.</summary>
    public static IEnumerable<StoreWrite> Wipes(InstallTask task, Inventory machine, DateTimeOffset now)
    {
        foreach (var (disk, index) in machine.Disks.Take(2).Select((disk, index) => (disk, index)))
        {
            var began = now.AddMinutes(-5).AddSeconds(index * 20);
            var statement = new WipeStatement
            {
                Idc = task.Idc, Sn = task.Sn, TaskId = task.TaskId, Attempt = 1, Serial = disk.Serial, Wwn = disk.Wwn, Model = disk.Model, SizeBytes = disk.SizeBytes, Device = disk.Device,
                Method = index == 0 ? WipeMethods.NvmeFormatCrypto : WipeMethods.Edges, BeganAt = began, EndedAt = began.AddSeconds(index == 0 ? 8 : 3), Samples = 256, SamplesLeft = 0, Result = WipeResults.Verified, IssuedAt = began.AddSeconds(9),
            };
            yield return StoreWrite.Put(Keys.Wipe(task.Idc, task.Sn, task.TaskId, 1, $"{index:x12}"), JsonSerializer.SerializeToUtf8Bytes(WipeSigner.Sign(statement, new byte[32]), CoreJson.Default.WipeCertificate));
        }
    }

    private static NumaNode Node(int node, Inventory machine) => new() { Node = node, Cpus = node == 0 ? $"0-{machine.Cpu!.Cores - 1}" : $"{machine.Cpu!.Cores}-{machine.Cpu.Threads - 1}", MemoryBytes = machine.Memory!.TotalBytes / 2 };

    private static Memory Memory(Memory memory, int n)
    {
        var (maker, part) = Modules[n % Modules.Length];
        var count = memory.TotalGb / 32;
        return memory with
        {
            Slots = 32, ErrorCorrection = "multi_bit_ecc",
            Dimms = [.. Enumerable.Range(0, Math.Min(32, count)).Select(slot => new MemoryModule
            {
                Slot = $"{(slot % 2 == 0 ? 'A' : 'B')}{(slot / 2) + 1}", SizeBytes = (long)memory.TotalGb / Math.Min(32, count) << 30, Type = "DDR4", FormFactor = "DIMM", SpeedMts = 3200, ConfiguredSpeedMts = 2933, Manufacturer = maker, PartNumber = part,
                SerialNumber = string.Create(CultureInfo.InvariantCulture, $"{0x3A000000 + (n * 64) + slot:X8}"),
            })],
        };
    }

    private static DiskHealth Health(Disk disk, int n, int index) => disk.Rotational
        ? new() { Passed = !(n % 13 == 0 && index == 2), ReallocatedSectors = n % 13 == 0 && index == 2 ? 148 : 0, PendingSectors = n % 13 == 0 && index == 2 ? 12 : 0, TemperatureCelsius = 31 + index, PowerOnHours = 18_400 + (n * 7), Source = "smartctl" }
        : new() { Passed = true, WearPercent = 4 + (n % 9), TemperatureCelsius = 38, PowerOnHours = 18_400 + (n * 7), WrittenBytes = 214_000_000_000_000, Source = "nvme" };

    /// <summary>The controller hands its disks to the system one by one; on the first there are files.</summary>
    public static Inventory OneByOne(Inventory machine) => machine with
    {
        RaidControllers = [.. machine.RaidControllers.Select(one => one with { Arrays = [], Disks = [.. one.Disks.Select(disk => disk with { State = "jbod" })] })],
        Disks = [.. machine.Disks.Select(disk => disk.Device != "/dev/sda" ? disk : disk with { Content = new DiskContent { PartitionTable = "gpt", Digest = new string('c', 64), Partitions = [new DiskPartition { Number = 1, SizeBytes = disk.SizeBytes, FileSystem = "ext4", Label = "backup" }] } })],
    };

    private static RaidController Raid(Inventory machine, int n)
    {
        var degraded = n % 13 == 0;
        return new()
        {
            Id = "0", Model = "PERC H755 Front", Serial = $"4A{n:d4}RT", Firmware = "52.26.0-5179", PciSlot = "0000:65:00.0", Driver = "megaraid_sas", Tool = "storcli", State = degraded ? "Needs Attention" : "Optimal", CacheBattery = "Optimal",
            Arrays = [new RaidArray { Id = "0/238", Name = "data", Level = "raid5", SizeBytes = 16_003_126_444_032, State = degraded ? "degraded" : "optimal", Device = "/dev/sda", Disks = ["252:0", "252:1", "252:2"] }],
            Disks = [.. machine.Disks.Where(disk => disk.Rotational).Select((disk, slot) => new RaidDisk { Id = $"252:{slot}", Model = disk.Model, Serial = disk.Serial, SizeBytes = disk.SizeBytes, Type = "hdd", Transport = "sas", State = degraded && slot == 1 ? "failed" : "online", Health = new DiskHealth { Passed = !(degraded && slot == 1) } })],
        };
    }
}
