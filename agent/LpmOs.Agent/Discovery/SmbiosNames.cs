namespace LpmOs.Agent.Discovery;

/// <summary>Enumerations of DMTF DSP0134 (3.7.0) that an inventory shows.</summary>
internal static class SmbiosNames
{
    // Section 7.4.1, from 1.
    private static readonly string[] ChassisTypes =
    [
        "Other", "Unknown", "Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower", "Portable", "Laptop", "Notebook", "Hand Held", "Docking Station", "All in One", "Sub Notebook",
        "Space-saving", "Lunch Box", "Main Server Chassis", "Expansion Chassis", "SubChassis", "Bus Expansion Chassis", "Peripheral Chassis", "RAID Chassis", "Rack Mount Chassis", "Sealed-case PC",
        "Multi-system Chassis", "Compact PCI", "Advanced TCA", "Blade", "Blade Enclosure", "Tablet", "Convertible", "Detachable", "IoT Gateway", "Embedded PC", "Mini PC", "Stick PC",
    ];

    // Section 7.18.2, from 1.
    private static readonly string[] MemoryTypes =
    [
        "Other", "Unknown", "DRAM", "EDRAM", "VRAM", "SRAM", "RAM", "ROM", "FLASH", "EEPROM", "FEPROM", "EPROM", "CDRAM", "3DRAM", "SDRAM", "SGRAM", "RDRAM", "DDR", "DDR2", "DDR2 FB-DIMM", "", "", "", "DDR3", "FBD2", "DDR4",
        "LPDDR", "LPDDR2", "LPDDR3", "LPDDR4", "Logical non-volatile device", "HBM", "HBM2", "DDR5", "LPDDR5", "HBM3",
    ];

    // Section 7.18.1, from 1.
    private static readonly string[] FormFactors = ["Other", "Unknown", "SIMM", "SIP", "Chip", "DIP", "ZIP", "Proprietary Card", "DIMM", "TSOP", "Row of chips", "RIMM", "SODIMM", "SRIMM", "FB-DIMM", "Die"];

    public static string? Chassis(int number) => Name(ChassisTypes, number);

    public static string? MemoryType(int number) => Name(MemoryTypes, number);

    public static string? FormFactor(int number) => Name(FormFactors, number);

    private static string? Name(string[] names, int number) => number >= 1 && number <= names.Length && names[number - 1] is { Length: > 0 } name and not ("Other" or "Unknown") ? name : null;
}
