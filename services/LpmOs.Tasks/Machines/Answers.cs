using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Hardware;
using LpmOs.Core.Domain.Tokens;

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
    /// <summary>When the hardware was reported, or last reported otherwise than before.</summary>
    public DateTimeOffset? ReportedAt { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public string? Notes { get; init; }
    /// <summary>Set: taken out of service; it boots its disk and no task may be made for it.</summary>
    public Decommission? Decommissioned { get; init; }
    /// <summary>Set: another machine has reported the same serial number; tasks are for the one whose MAC they name.</summary>
    public SerialConflict? SerialConflict { get; init; }
    /// <summary>Somebody else may be speaking for this machine, the newest first; absent where nothing was noticed.</summary>
    public IReadOnlyList<SecurityAlert>? Alerts { get; init; }
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
    /// <summary>The TPM without which the machine is given nothing; absent where it is bound to none.</summary>
    public TpmBinding? TpmBinding { get; init; }
}

/// <summary>Tasks of one machine, by its serial number or a MAC.</summary>
internal sealed record MachineTasks
{
    public required string Idc { get; init; }
    public required string Sn { get; init; }
    /// <summary>The present task first, then former ones, the newest first; plans, operations and logs are left out.</summary>
    public required IReadOnlyList<InstallTask> Items { get; init; }
}

/// <summary>A hardware report that is kept.</summary>
internal sealed record InventoryVersion
{
    /// <summary>For <c>from</c> and <c>to</c> of the differences; the present report is also <c>current</c>.</summary>
    public required string Id { get; init; }
    public DateTimeOffset? ReportedAt { get; init; }
    public required bool Current { get; init; }
    /// <summary>What is different from the report before; absent for the oldest that is kept.</summary>
    public IReadOnlyList<HardwareChange>? Changes { get; init; }
}

internal sealed record InventoryVersions
{
    /// <summary>The present report first; of the former ones the last 10 are kept.</summary>
    public required IReadOnlyList<InventoryVersion> Items { get; init; }
}

internal sealed record InventoryDifference
{
    public required string Idc { get; init; }
    public required string Sn { get; init; }
    public required InventoryVersion From { get; init; }
    public required InventoryVersion To { get; init; }
    /// <summary>Empty: nobody changed anything.</summary>
    public required IReadOnlyList<HardwareChange> Changes { get; init; }
    /// <summary>The same for a person, one line a change.</summary>
    public required string Text { get; init; }
}
