namespace LpmOs.Contracts.Hardware;

/// <summary>What an agent found in one machine; stored as it is under <c>/os/{idc}/machines/{sn}/meta</c>.</summary>
public sealed record Inventory
{
    /// <summary>SMBIOS type 1 serial number, or the documented fall-back where the vendor left it blank.</summary>
    public required string SerialNumber { get; init; }
    /// <summary>MAC of the boot interface: lower case, colons.</summary>
    public required string MacAddress { get; init; }
    /// <summary>SMBIOS type 1 manufacturer.</summary>
    public string? Company { get; init; }
    /// <summary>SMBIOS type 1 product name.</summary>
    public string? Product { get; init; }
    /// <summary>SMBIOS type 1 version or family, what vendors print on the front.</summary>
    public string? ModelName { get; init; }
    public bool IsVm { get; init; }
    /// <summary>kvm, qemu, vmware, virtualbox, xen, hyperv, parallels; null on bare metal.</summary>
    public string? Virtualization { get; init; }
    /// <summary>SMBIOS type 1 UUID, lower case.</summary>
    public string? Uuid { get; init; }
    public Firmware? Firmware { get; init; }
    public Chassis? Chassis { get; init; }
    public Board? Board { get; init; }
    public Tpm? Tpm { get; init; }
    public Bmc? Bmc { get; init; }
    public Cpu? Cpu { get; init; }
    public Memory? Memory { get; init; }
    public IReadOnlyList<Disk> Disks { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>Software RAID (md) that is assembled or whose members were found.</summary>
    public IReadOnlyList<SoftwareArray> SoftwareArrays { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>LVM.</summary>
    public IReadOnlyList<VolumeGroup> VolumeGroups { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>Disks that are seen over several paths.</summary>
    public IReadOnlyList<Multipath> Multipaths { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>Hardware RAID, with what its vendor's program tells where the boot image has it.</summary>
    public IReadOnlyList<RaidController> RaidControllers { get; init => field = Entries.WithoutGaps(value); } = [];
    public IReadOnlyList<Nic> Nics { get; init => field = Entries.WithoutGaps(value); } = [];
    public IReadOnlyList<Gpu> Gpus { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>What is plugged in: storage, network, display, accelerators, USB and fabric controllers; bridges and parts of the chip set are left out.</summary>
    public IReadOnlyList<PciDevice> PciDevices { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>PCI devices for which no driver was bound in the boot image.</summary>
    public IReadOnlyList<PciDevice> DriverlessDevices { get; init => field = Entries.WithoutGaps(value); } = [];
    /// <summary>What could not be read, or was left out, in words: SMBIOS cut short, a disk that does not answer.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = Entries.WithoutGaps(value); } = [];
    public string? AgentVersion { get; init; }
    /// <summary>Whether the agent runs in the boot image, in memory; false: on an ordinary system. Null from agents that did not tell yet.</summary>
    public bool? BootImage { get; init; }
    /// <summary>Set by the regional service when it stored the report.</summary>
    public DateTimeOffset? ReportedAt { get; init; }
    /// <summary>Set by the regional service: when this machine was first heard of under this serial number.</summary>
    public DateTimeOffset? FirstReportedAt { get; init; }
    /// <summary>Set by the regional service: another machine has reported this serial number within the last week.</summary>
    public SerialConflict? SerialConflict { get; init; }
}
