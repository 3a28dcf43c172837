using LpmOs.Core.Domain.Boots;

namespace LpmOs.Tasks.Boots;

/// <summary>A boot in a list, and in the event <c>boot</c>.</summary>
internal record BootSummary
{
    public required string Idc { get; init; }
    /// <summary>Of the interface that it booted from.</summary>
    public required string Mac { get; init; }
    public required string BootId { get; init; }
    /// <summary>Absent where nobody knows the machine yet.</summary>
    public string? Sn { get; init; }
    /// <summary>Task that a script or an operation of this boot was for.</summary>
    public string? TaskId { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>Time of the last event.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
    /// <summary>The machine's last boot.</summary>
    public required bool Current { get; init; }
    /// <summary>How far it came.</summary>
    public required BootPhase Phase { get; init; }
    /// <summary>
    /// <c>under_way</c>; <c>stalled</c>, see <c>diagnosis</c>; <c>in_agent</c>; <c>installing</c>; <c>local_disk</c>; <c>first_boot</c>: the new system called;
    /// <c>ended</c>: the machine has been started again; <c>silent</c>: nothing for half an hour.
    /// </summary>
    public required string Outcome { get; init; }
    /// <summary>Program that the firmware asked as: <c>pxe</c> or <c>http_boot</c>.</summary>
    public string? Firmware { get; init; }
    /// <summary>Processor architecture type of DHCP option 93.</summary>
    public int? Architecture { get; init; }
    /// <summary>The same in words.</summary>
    public string? ArchitectureName { get; init; }
    public string? Address { get; init; }
    /// <summary>Script that was chosen: <c>agent</c>, <c>agent_with_task</c>, <c>installer</c> or <c>local_disk</c>.</summary>
    public string? Script { get; init; }
    public required BootEvent LastEvent { get; init; }
    /// <summary>What keeps it from going on; absent where nothing does, as far as is known.</summary>
    public BootStall? Diagnosis { get; init; }
}

/// <summary>What keeps a boot from going on, what it means and what to do.</summary>
internal sealed record BootStall
{
    /// <summary>Stable, for programs.</summary>
    public required string Code { get; init; }
    /// <summary>When the boot came to that point.</summary>
    public required DateTimeOffset Since { get; init; }
    public required string Title { get; init; }
    public required string Meaning { get; init; }
    public required string Advice { get; init; }
    /// <summary>The same in Chinese.</summary>
    public required StallText Zh { get; init; }
}

/// <summary>A boot with all its events.</summary>
internal sealed record BootDetail : BootSummary
{
    /// <summary>In order of time.</summary>
    public required IReadOnlyList<BootEvent> Events { get; init; }
    /// <summary>Events left out in the middle, because there were too many.</summary>
    public required int Omitted { get; init; }
}

/// <summary>Boots of one machine, the newest first; the last ten are kept.</summary>
internal sealed record BootList
{
    public required string Idc { get; init; }
    public string? Sn { get; init; }
    public required IReadOnlyList<BootDetail> Items { get; init; }
}

internal sealed record BootPage
{
    public required IReadOnlyList<BootSummary> Items { get; init; }
    public string? NextCursor { get; init; }
    public required int Total { get; init; }
    /// <summary>Revision of the store that this page is of; events after it are those with <c>since</c> set to it.</summary>
    public required long Revision { get; init; }
}
