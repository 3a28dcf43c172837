namespace LpmOs.Contracts.Hardware;

/// <summary>What tells two machines apart to which a vendor, or a careless hand, gave the same serial number.</summary>
public sealed record MachineIdentity
{
    /// <summary>MAC of the interface that it booted from.</summary>
    public required string Mac { get; init; }
    /// <summary>Every MAC of the machine, at most 64: after a restart it may boot from another interface.</summary>
    public IReadOnlyList<string> Macs { get; init => field = value ?? []; } = [];
    /// <summary>SMBIOS UUID, lower case; null where the firmware has none of its own.</summary>
    public string? Uuid { get; init; }

    public const int MostMacs = 64;

    public static MachineIdentity Of(Inventory hardware) => new()
    {
        Mac = hardware.MacAddress, Macs = [.. hardware.Nics.Select(nic => nic.Mac).Prepend(hardware.MacAddress).Distinct().Take(MostMacs)], Uuid = hardware.Uuid,
    };

    /// <summary>
    /// Not the same machine: its UUID is another, or neither knows the interface that the other booted from. Other interfaces prove nothing:
    /// the USB network of a management controller has the same MAC in every machine of some models.
    /// </summary>
    public bool IsOther(MachineIdentity other) =>
        (Uuid is not null && other.Uuid is not null && Uuid != other.Uuid) || IsOtherByMac(other);

    /// <summary>Neither knows the interface that the other booted from; a mainboard that was replaced under the same network card is still the same machine.</summary>
    public bool IsOtherByMac(MachineIdentity other) => !Knows(other.Mac) && !other.Knows(Mac);

    /// <summary>One of its interfaces has this MAC.</summary>
    public bool Knows(string mac) => mac == Mac || Macs.Contains(mac);
}

/// <summary>Another machine that reported the same serial number.</summary>
public sealed record SerialConflict
{
    public required MachineIdentity Machine { get; init; }
    public required DateTimeOffset SeenAt { get; init; }
}
