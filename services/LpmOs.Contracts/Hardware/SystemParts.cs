namespace LpmOs.Contracts.Hardware;

/// <summary>System firmware (SMBIOS type 0) and the way this boot came about.</summary>
public sealed record Firmware
{
    public string? Vendor { get; init; }
    public string? Version { get; init; }
    public string? Date { get; init; }
    /// <summary><c>bios</c> or <c>uefi</c>: how the running kernel was started.</summary>
    public string? BootMode { get; init; }
    /// <summary>Null where the firmware does not tell (BIOS).</summary>
    public bool? SecureBoot { get; init; }
}

public sealed record Cpu
{
    public string? Model { get; init; }
    /// <summary>Physical cores in all sockets.</summary>
    public int Cores { get; init; }
    /// <summary>Logical processors in all sockets.</summary>
    public int Threads { get; init; }
    public int Sockets { get; init; }
    /// <summary>x86_64 or aarch64.</summary>
    public string? Architecture { get; init; }
    /// <summary><c>GenuineIntel</c>, <c>AuthenticAMD</c>, <c>HygonGenuine</c>, <c>Apple</c>…</summary>
    public string? Vendor { get; init; }
    /// <summary>Highest clock that the firmware or the kernel tells.</summary>
    public int? MaxMhz { get; init; }
    /// <summary>Revision of the microcode in use, as the kernel prints it.</summary>
    public string? Microcode { get; init; }
    /// <summary>Those that decide what can run: virtualization (vmx, svm), lm, nx, aes, sha_ni, sse4_2, avx, avx2, avx512f, amx_tile, hypervisor… in the kernel's names, sorted.</summary>
    public IReadOnlyList<string> Flags { get; init => field = Entries.WithoutGaps(value); } = [];
    public IReadOnlyList<NumaNode> NumaNodes { get; init => field = Entries.WithoutGaps(value); } = [];
}

public sealed record Memory
{
    /// <summary>GiB, rounded to the nearest whole one, as vendors sell it.</summary>
    public int TotalGb { get; init; }
    /// <summary>Bytes usable by the kernel (MemTotal).</summary>
    public long TotalBytes { get; init; }
    /// <summary>Sockets for modules, filled or not; null where the firmware does not tell.</summary>
    public int? Slots { get; init; }
    /// <summary>Error correction of SMBIOS type 16: none, parity, single_bit_ecc, multi_bit_ecc, crc; null where it is not told.</summary>
    public string? ErrorCorrection { get; init; }
    /// <summary>Modules that are there.</summary>
    public IReadOnlyList<MemoryModule> Dimms { get; init => field = Entries.WithoutGaps(value); } = [];
}

/// <summary>Processors and memory that are close to each other.</summary>
public sealed record NumaNode
{
    public int Node { get; init; }
    /// <summary>Logical processors as the kernel lists them: <c>0-15,32-47</c>.</summary>
    public string? Cpus { get; init; }
    public long MemoryBytes { get; init; }
}

/// <summary>One memory module (SMBIOS type 17).</summary>
public sealed record MemoryModule
{
    /// <summary>Device locator, as it is printed on the board: <c>A1</c>, <c>PROC 1 DIMM 3</c>.</summary>
    public string? Slot { get; init; }
    public string? Bank { get; init; }
    public long SizeBytes { get; init; }
    /// <summary>What the module is made for, in MT/s.</summary>
    public int? SpeedMts { get; init; }
    /// <summary>What it runs at, in MT/s.</summary>
    public int? ConfiguredSpeedMts { get; init; }
    /// <summary>DDR3, DDR4, DDR5, LPDDR5, HBM…</summary>
    public string? Type { get; init; }
    /// <summary>DIMM, SODIMM, Row of chips, Die…</summary>
    public string? FormFactor { get; init; }
    public string? Manufacturer { get; init; }
    public string? PartNumber { get; init; }
    public string? SerialNumber { get; init; }
}

/// <summary>SMBIOS type 3.</summary>
public sealed record Chassis
{
    /// <summary>Rack Mount Chassis, Blade, Desktop, Notebook…: names of DSP0134 section 7.4.1.</summary>
    public string? Type { get; init; }
    public string? Manufacturer { get; init; }
    public string? SerialNumber { get; init; }
    public string? AssetTag { get; init; }
    /// <summary>Rack units; null where it is not told.</summary>
    public int? HeightUnits { get; init; }
}

/// <summary>Mainboard: SMBIOS type 2.</summary>
public sealed record Board
{
    public string? Manufacturer { get; init; }
    public string? Product { get; init; }
    public string? Version { get; init; }
    public string? SerialNumber { get; init; }
}

/// <summary>Trusted platform module.</summary>
public sealed record Tpm
{
    public bool Present { get; init; }
    /// <summary><c>1.2</c> or <c>2.0</c>; null where there is none.</summary>
    public string? Version { get; init; }
    /// <summary>Vendor's four letters of SMBIOS type 43, for example <c>IFX</c>.</summary>
    public string? Vendor { get; init; }
}

/// <summary>Baseboard management controller (IPMI).</summary>
public sealed record Bmc
{
    /// <summary>IPv4 address of its network interface; null where it has none.</summary>
    public string? Address { get; init; }
    public string? Ipv6Address { get; init; }
    public string? Mac { get; init; }
    /// <summary><c>static</c>, <c>dhcp</c>, <c>bios</c> or <c>other</c>.</summary>
    public string? AddressSource { get; init; }
    /// <summary>IPMI number of the LAN channel.</summary>
    public int? Channel { get; init; }
    /// <summary>802.1Q VLAN of the channel; null without.</summary>
    public int? Vlan { get; init; }
    /// <summary>Revision of its firmware.</summary>
    public string? Version { get; init; }
    /// <summary>Version of IPMI that it speaks, for example <c>2.0</c>.</summary>
    public string? IpmiVersion { get; init; }
    public string? Manufacturer { get; init; }
}
