namespace LpmOs.Core.Domain.Boots;

/// <summary>One thing that happened while a machine booted, and what is known of it; what does not apply is absent.</summary>
public sealed record BootEvent
{
    public required DateTimeOffset At { get; init; }
    /// <summary>Who saw it: <c>dhcp</c>, <c>tftp</c>, <c>http</c>, <c>agent</c>, <c>installer</c> or <c>system</c>.</summary>
    public required string Source { get; init; }
    /// <summary>One of <see cref="BootEventNames"/>.</summary>
    public required string Event { get; init; }
    /// <summary>How often the same happened in a row; clients ask again when they are not answered.</summary>
    public int Count { get; init => field = value < 1 ? 1 : value; } = 1;
    /// <summary>With <see cref="Count"/> above 1: the last time.</summary>
    public DateTimeOffset? LastAt { get; init; }
    /// <summary>DHCP: who asks: <c>pxe</c>, <c>http_boot</c>, <c>ipxe</c>, or <c>system</c> for a running kernel.</summary>
    public string? Program { get; init; }
    /// <summary>DHCP: processor architecture type (option 93; 0 BIOS, 7 and 9 UEFI x64, 11 UEFI arm64, 16 UEFI x64 by HTTP).</summary>
    public int? Architecture { get; init; }
    /// <summary>DHCP: transaction id as capture programs show it (<c>0x1a2b3c4d</c>); of a repeated event, that of the last.</summary>
    public string? Transaction { get; init; }
    /// <summary>DHCP: option 60.</summary>
    public string? VendorClass { get; init; }
    /// <summary>DHCP: option 77.</summary>
    public string? UserClass { get; init; }
    /// <summary>DHCP: the address offered, asked for or given. Else the machine's address.</summary>
    public string? Address { get; init; }
    /// <summary>DHCP: the other server that the machine chose.</summary>
    public string? Server { get; init; }
    /// <summary>Relay that passed the request on.</summary>
    public string? Relay { get; init; }
    /// <summary>File or path that was offered, asked for or sent.</summary>
    public string? File { get; init; }
    /// <summary>Bytes that reached the machine, so far where the transfer goes on; of HTTP's ended ones, bytes of the whole file.</summary>
    public long? Bytes { get; init; }
    /// <summary>Length of the file.</summary>
    public long? Size { get; init; }
    public int? BlockSize { get; init; }
    public int? WindowSize { get; init; }
    public int? Retransmissions { get; init; }
    /// <summary>Milliseconds that it took.</summary>
    public int? Milliseconds { get; init; }
    /// <summary>False: it failed, see <see cref="Reason"/>.</summary>
    public bool? Success { get; init; }
    /// <summary>Script that was chosen: <c>agent</c>, <c>agent_with_task</c>, <c>installer</c> or <c>local_disk</c>.</summary>
    public string? Script { get; init; }
    /// <summary>The script starts the new system for the first time.</summary>
    public bool? AwaitsFirstBoot { get; init; }
    /// <summary>Why: of a script, a refusal or a failure.</summary>
    public string? Reason { get; init; }
    public string? TaskId { get; init; }
    /// <summary>Operation or phase of an installation.</summary>
    public string? Operation { get; init; }
    /// <summary>The event in words; in answers only.</summary>
    public string? Text { get; init; }
    /// <summary>The same in Chinese.</summary>
    public string? TextZh { get; init; }

    /// <summary>When it was over, the last time: a file that was sent ends long after it was asked for. One that broke off counts from its start, for nobody knows when the machine left.</summary>
    public DateTimeOffset EndedAt() => (LastAt ?? At) + (Success == false ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Clamp(Milliseconds ?? 0, 0, int.MaxValue)));

    /// <summary>The same thing once more, apart from times and bytes.</summary>
    public bool Repeats(BootEvent other) =>
        (Event, Program, File, Address, Server) == (other.Event, other.Program, other.File, other.Address, other.Server)
        && (Script, Reason, TaskId, Operation, Success) == (other.Script, other.Reason, other.TaskId, other.Operation, other.Success);
}
