using System.Net;

namespace LpmOs.Boot.Tftp;

/// <summary>How a transfer ended, or that it goes on.</summary>
internal enum TftpOutcome
{
    /// <summary>Not ended: a long one, told every <see cref="Recording.BootTrace.RunningBeat"/> in which the client acknowledged anything.</summary>
    Running,
    Done,
    /// <summary>The client ended it once it knew the size, as UEFI firmware does.</summary>
    SizeAsked,
    /// <summary>The client sent an error, or its port is closed.</summary>
    Aborted,
    /// <summary>The client stopped to acknowledge.</summary>
    Silent,
    Refused,
    /// <summary>The server stopped, or the file could not be read.</summary>
    Failed,
}

/// <summary>A transfer that has ended, or a long one that goes on, for those who record it.</summary>
internal sealed record TftpTransfer(IPEndPoint Client, string File, TftpOutcome Outcome, DateTimeOffset StartedAt)
{
    /// <summary>Acknowledged by the client.</summary>
    public long Bytes { get; init; }
    public long? Length { get; init; }
    public int? BlockSize { get; init; }
    public int? WindowSize { get; init; }
    public int Retransmissions { get; init; }
    public string? Reason { get; init; }
}
