namespace LpmOs.EndToEnd.Lab;

internal enum FirmwareKind
{
    Bios,
    Uefi,
    /// <summary>OVMF with Microsoft's keys; it starts nothing that they did not sign.</summary>
    UefiSecureBoot,
    /// <summary>AAVMF on an emulated Arm server.</summary>
    Arm64,
}

/// <summary>What a virtual server is made of; the inventory that the agent reports is compared with it.</summary>
internal sealed record MachineSpec
{
    public required FirmwareKind Firmware { get; init; }
    /// <summary>QEMU device: virtio-net-pci or e1000e.</summary>
    public required string NicDevice { get; init; }
    /// <summary>QEMU device: virtio-blk-pci or nvme.</summary>
    public required string DiskDevice { get; init; }
    public required string SerialNumber { get; init; }
    public required string Mac { get; init; }
    public required string DiskSerial { get; init; }
    /// <summary>UEFI tries HTTP boot alone.</summary>
    public bool HttpBootOnly { get; init; }
    /// <summary>Raw images of disks in front of the machine's own, in the order in which the firmware sees them.</summary>
    public IReadOnlyList<string> DisksInFront { get; init; } = [];
    /// <summary>Disks behind the machine's own.</summary>
    public IReadOnlyList<ExtraDisk> DisksBehind { get; init; } = [];
    /// <summary>MACs of further NICs of the same kind, each on a tap of its own (tap1, tap2…); the firmware does not boot from them.</summary>
    public IReadOnlyList<string> MoreMacs { get; init; } = [];
    /// <summary>A place on the machine's own disk that answers writes with an I/O error, as a broken sector does; null: none.</summary>
    public long? BrokenByte { get; init; }
    /// <summary>A RAID controller, see <see cref="RaidControllerProgram"/>.</summary>
    public bool HasRaidController { get; init; }
    /// <summary>QEMU writes down each admin command that an NVMe controller was given, see <see cref="VirtualMachine.TraceFile"/>.</summary>
    public bool TraceNvme { get; init; }
    /// <summary>Socket of a TPM in software (swtpm); null: the machine has none.</summary>
    public string? TpmSocket { get; init; }
    /// <summary>What its clock shows at each power-on, as one without a battery does (2004-02-29T12:00:00); null: the time.</summary>
    public string? Clock { get; init; }
    public string Manufacturer { get; init; } = "Acme Servers";
    public string Product { get; init; } = "PizzaBox 2000";
    public string Uuid { get; init; } = "564d7777-0000-4000-8000-000000000001";
    public int Processors { get; init; } = 2;
    public int MemoryMiB { get; init; } = 1024;
    public long DiskBytes { get; init; } = 4L << 30;
}

/// <param name="File">Raw image; made empty where it is not there.</param>
internal sealed record ExtraDisk(string File, string Serial, long Bytes)
{
    /// <summary>QEMU device; null: as the machine's own disk.</summary>
    public string? Device { get; init; }
}
