using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;

namespace LpmOs.Tasks.Machines;

/// <summary>A machine in a list.</summary>
internal record MachineSummary
{
    public required string Idc { get; init; }
    public required string Sn { get; init; }
    public string? Mac { get; init; }
    /// <summary>In contact with a regional service within the last 30 seconds.</summary>
    public required bool Online { get; init; }
    /// <summary>Last report that is on record; absent where the machine was never heard of.</summary>
    public DateTimeOffset? LastSeen { get; init; }
    /// <summary>A task asks, or asked, for this machine, by its serial number or a MAC.</summary>
    public required bool Matched { get; init; }
    public string? TaskId { get; init; }
    public TaskState? TaskStatus { get; init; }
    /// <summary>Serial number under which the task was made, where it differs.</summary>
    public string? TaskSn { get; init; }
    public string? Company { get; init; }
    public string? Product { get; init; }
    public string? ModelName { get; init; }
    public bool? IsVm { get; init; }
    public string? CpuModel { get; init; }
    public int? CpuCores { get; init; }
    /// <summary>GiB.</summary>
    public int? MemoryGb { get; init; }
    public int? Disks { get; init; }
    /// <summary>GB of 10^9 bytes, all disks.</summary>
    public long? DiskGb { get; init; }
}

internal sealed record MachinePage
{
    public required IReadOnlyList<MachineSummary> Items { get; init; }
    public string? NextCursor { get; init; }
    public required int Total { get; init; }
    /// <summary>Revision of the store that this page is of; events after it are those with <c>since</c> set to it.</summary>
    public required long Revision { get; init; }
}

/// <summary>All that is known of one machine.</summary>
internal sealed record MachineDetail : MachineSummary
{
    public RegisteredServer? Server { get; init; }
    public Inventory? Hardware { get; init; }
}
