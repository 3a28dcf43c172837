namespace LpmOs.Core.Domain.Hardware;

/// <summary>One difference between two reports of a machine.</summary>
public sealed record HardwareChange
{
    /// <summary><c>added</c>, <c>removed</c> or <c>changed</c>.</summary>
    public required string Kind { get; init; }
    /// <summary><c>system</c>, <c>firmware</c>, <c>cpu</c>, <c>memory</c>, <c>dimm</c>, <c>chassis</c>, <c>board</c>, <c>tpm</c>, <c>bmc</c>, <c>gpu</c>, <c>raid_controller</c>, <c>raid_disk</c>, <c>disk</c>, <c>nic</c> or <c>device</c>.</summary>
    public required string Component { get; init; }
    /// <summary>Which disk (serial number, WWN or path), NIC (MAC), memory module (slot), RAID controller, GPU or PCI device (slot); absent where a machine has one of the kind.</summary>
    public string? Id { get; init; }
    /// <summary>With <c>changed</c>: name of the field.</summary>
    public string? Field { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }
    /// <summary>The same in words.</summary>
    public required string Text { get; init; }
}
