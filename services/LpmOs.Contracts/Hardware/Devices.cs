namespace LpmOs.Contracts.Hardware;

public sealed record Nic
{
    public required string Name { get; init; }
    public required string Mac { get; init; }
    /// <summary>MAC that the maker gave it; null where the driver does not tell, or the same as <see cref="Mac"/> in virtual machines.</summary>
    public string? PermanentMac { get; init; }
    public string? Driver { get; init; }
    /// <summary>Revision of its firmware, as the driver tells.</summary>
    public string? Firmware { get; init; }
    /// <summary>Maker and model by its PCI ids.</summary>
    public string? Model { get; init; }
    /// <summary>Mbit/s; null while there is no link.</summary>
    public int? SpeedMbps { get; init; }
    public bool Link { get; init; }
    /// <summary>PCI address, for example <c>0000:01:00.0</c>.</summary>
    public string? PciSlot { get; init; }
    /// <summary>NUMA node that it is close to.</summary>
    public int? NumaNode { get; init; }
    /// <summary>What is at the other end of the cable; null while nothing was heard (switches say it every 30 s).</summary>
    public LldpNeighbour? Lldp { get; init; }
}

/// <summary>What the switch at the other end says of itself (IEEE 802.1AB).</summary>
public sealed record LldpNeighbour
{
    /// <summary>Name of the switch.</summary>
    public string? SwitchName { get; init; }
    /// <summary>Its chassis id: mostly a MAC.</summary>
    public string? ChassisId { get; init; }
    /// <summary>Port id: <c>Gi1/0/12</c>, <c>Ethernet12</c>, or a MAC.</summary>
    public string? Port { get; init; }
    public string? PortDescription { get; init; }
    /// <summary>VLAN of untagged packets (802.1 organizationally specific TLV).</summary>
    public int? Vlan { get; init; }
    public string? ManagementAddress { get; init; }
    /// <summary>Model and system of the switch, the first 200 characters.</summary>
    public string? Description { get; init; }
}

public sealed record Gpu
{
    public required string Name { get; init; }
    /// <summary>PCI address; null where it is no PCI device (Apple).</summary>
    public string? Slot { get; init; }
    /// <summary>vendor:device in hexadecimal.</summary>
    public string? Id { get; init; }
    public string? Driver { get; init; }
}

public sealed record PciDevice
{
    public required string Slot { get; init; }
    /// <summary>vendor:device in hexadecimal.</summary>
    public required string Id { get; init; }
    /// <summary>PCI class code in hexadecimal, for example <c>020000</c> for an Ethernet controller.</summary>
    public string? Class { get; init; }
    /// <summary>The class in words.</summary>
    public string? ClassName { get; init; }
    /// <summary>Maker and model, as far as they are known.</summary>
    public string? Name { get; init; }
    public string? Driver { get; init; }
}
