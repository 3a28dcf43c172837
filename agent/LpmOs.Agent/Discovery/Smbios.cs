using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>What the firmware says about the machine (DMTF DSP0134): the kernel's <c>/sys/class/dmi</c>, and the table itself for the rest and where the kernel has no such folder.</summary>
internal sealed class Smbios
{
    private const string Folder = "sys/class/dmi/id/";
    private const string Tables = "sys/firmware/dmi/tables/";
    private const string SecureBootVariable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    private const byte BiosInformation = 0, SystemInformation = 1, Baseboard = 2, Enclosure = 3, Processor = 4, MemoryArray = 16, MemoryDevice = 17, IpmiDevice = 38, TpmDevice = 43;

    private readonly SystemTree _tree;
    private readonly SmbiosTable _table;

    public Smbios(SystemTree tree)
    {
        _tree = tree;
        _table = SmbiosTable.Parse(tree.Bytes(Tables + "DMI"), tree.Bytes(Tables + "smbios_entry_point", 32));
    }

    /// <summary>The table ended before it said so: modules and boards behind that place are not known.</summary>
    public bool IsCutShort => _table.IsCutShort;

    /// <summary>A field, or null where the vendor left a placeholder.</summary>
    public string? Field(string name) => _tree.Line(Folder + name) is { } text ? Placeholders.IsPlaceholder(text) ? null : text : FromTable(name);

    public string? Company => Field("sys_vendor") ?? Field("board_vendor") ?? Field("chassis_vendor");
    public string? Product => Field("product_name") ?? Field("board_name") ?? DeviceTree("model");
    public string? ModelName => Field("product_version") ?? Field("product_family") ?? Product;
    public string? Uuid => Field("product_uuid")?.ToLowerInvariant();
    /// <summary>What boards without SMBIOS (arm64) have instead.</summary>
    public string? DeviceTreeSerial => DeviceTree("serial-number");

    public Firmware Firmware
    {
        get
        {
            var uefi = _tree.Exists("sys/firmware/efi");
            // Four bytes of attributes precede the variable's data (efivarfs); UEFI 2.10 section 3.3: 1 is enabled.
            var secure = uefi && _tree.Bytes(SecureBootVariable, 16) is { Length: >= 5 } variable ? variable[4] == 1 : (bool?)null;
            return new() { Vendor = Field("bios_vendor"), Version = Field("bios_version"), Date = Field("bios_date"), BootMode = uefi ? "uefi" : "bios", SecureBoot = secure };
        }
    }

    public Chassis? Chassis
    {
        get
        {
            // Section 7.4: bit 7 of the type says that there is a lock; 0 rack units: not told.
            var number = First(Enclosure)?.Byte(5) ?? (int?)_tree.Number(Folder + "chassis_type");
            var chassis = new Chassis
            {
                Type = number is { } type ? SmbiosNames.Chassis(type & 0x7F) : null,
                Manufacturer = Field("chassis_vendor"), SerialNumber = Field("chassis_serial"), AssetTag = Field("chassis_asset_tag"),
                HeightUnits = First(Enclosure)?.Byte(0x11) is > 0 and < 100 and var height ? height : null,
            };
            return chassis == new Chassis() ? null : chassis;
        }
    }

    public Board? Board
    {
        get
        {
            var board = new Board { Manufacturer = Field("board_vendor"), Product = Field("board_name"), Version = Field("board_version"), SerialNumber = Field("board_serial") };
            return board == new Board() ? null : board;
        }
    }

    /// <summary>From the kernel's driver, the ACPI tables that firmware writes for a module, or SMBIOS (section 7.44).</summary>
    public Tpm Tpm
    {
        get
        {
            var device = First(TpmDevice);
            var version = _tree.Line("sys/class/tpm/tpm0/tpm_version_major") switch { "2" => "2.0", "1" => "1.2", _ => null }
                ?? (_tree.Exists("sys/firmware/acpi/tables/TPM2") ? "2.0" : _tree.Exists("sys/firmware/acpi/tables/TCPA") ? "1.2" : null)
                ?? device?.Byte(8) switch { 2 => "2.0", 1 => "1.2", _ => null };
            var vendor = device is null ? null : Printable.Clean(device.Bytes(4, 4));
            return new() { Present = version is not null || device is not null || _tree.Exists("sys/class/tpm/tpm0"), Version = version, Vendor = string.IsNullOrEmpty(vendor) ? null : vendor };
        }
    }

    /// <summary>Firmware says that there is a management controller (section 7.39).</summary>
    public bool HasBmc => First(IpmiDevice) is not null;

    /// <summary>Highest clock of a processor and the model of the first, for kernels that do not tell.</summary>
    public (string? Model, int? MaxMhz, int Sockets) Processors
    {
        get
        {
            // Section 7.5: type 3 is a central processor; bit 6 of the status says that the socket is filled.
            var filled = _table.OfType(Processor).Where(one => one.Byte(5) is 3 && (one.Byte(0x18) ?? 0x40 & 0x40) != 0).ToList();
            return (filled.Select(one => one.Text(0x10)).FirstOrDefault(model => model is not null), filled.Select(one => one.Word(0x14)).Where(speed => speed is > 0 and < 0xFFFF).DefaultIfEmpty().Max(), filled.Count);
        }
    }

    /// <summary>Sockets for modules of the main memory, filled or not; null where the table does not tell.</summary>
    public int? MemorySlots => _table.OfType(MemoryArray).Where(IsMainMemory).Sum(array => array.Word(0x0D) ?? 0) is > 0 and <= 4096 and var slots ? slots : null;

    public string? ErrorCorrection => _table.OfType(MemoryArray).Where(IsMainMemory).Select(array => array.Byte(6)).FirstOrDefault() switch
    {
        3 => "none", 4 => "parity", 5 => "single_bit_ecc", 6 => "multi_bit_ecc", 7 => "crc", _ => null,
    };

    /// <summary>Modules that are there, in the table's order.</summary>
    public IReadOnlyList<MemoryModule> Modules => _modules ??= [.. _table.OfType(MemoryDevice).Select(SmbiosMemory.Module).OfType<MemoryModule>().Take(InventoryBounds.Dimms)];

    private IReadOnlyList<MemoryModule>? _modules;

    /// <summary>Bytes of all memory modules, which the kernel's MemTotal is less than; null where the table does not tell.</summary>
    public long? InstalledMemoryBytes() => Modules.Sum(module => module.SizeBytes) is > 0 and var total ? total : null;

    private static bool IsMainMemory(SmbiosStructure array) => array.Byte(5) is 3;

    private SmbiosStructure? First(byte type) => _table.OfType(type).FirstOrDefault();

    private string? DeviceTree(string name) => _tree.Line("proc/device-tree/" + name)?.Trim('\0') is { Length: > 0 } text && !Placeholders.IsPlaceholder(text) ? text : null;

    private string? FromTable(string name) => name switch
    {
        "bios_vendor" => First(BiosInformation)?.Text(4),
        "bios_version" => First(BiosInformation)?.Text(5),
        "bios_date" => First(BiosInformation)?.Text(8),
        "sys_vendor" => First(SystemInformation)?.Text(4),
        "product_name" => First(SystemInformation)?.Text(5),
        "product_version" => First(SystemInformation)?.Text(6),
        "product_serial" => First(SystemInformation)?.Text(7),
        "product_family" => First(SystemInformation)?.Text(0x1A),
        "product_uuid" => First(SystemInformation) is { } system ? SystemUuid(system) : null,
        "board_vendor" => First(Baseboard)?.Text(4),
        "board_name" => First(Baseboard)?.Text(5),
        "board_version" => First(Baseboard)?.Text(6),
        "board_serial" => First(Baseboard)?.Text(7),
        "chassis_vendor" => First(Enclosure)?.Text(4),
        "chassis_serial" => First(Enclosure)?.Text(7),
        "chassis_asset_tag" => First(Enclosure)?.Text(8),
        _ => null,
    };

    // All zeros: none; all ones: not set (section 7.2.1).
    private string? SystemUuid(SmbiosStructure system) =>
        system.Bytes(8, 16) is { Length: 16 } bytes && new Guid(bytes, bigEndian: !_table.SwapsUuid).ToString() is var text && !Placeholders.IsPlaceholder(text) ? text : null;
}
