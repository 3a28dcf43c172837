namespace LpmOs.Core.Domain.Boots;

/// <summary>What the events of a boot say, in short: kept of every machine's last boot in the watched copy, and all that a diagnosis rests on.</summary>
public sealed record BootSigns
{
    public required string Mac { get; init; }
    public required string BootId { get; init; }
    public string? Sn { get; init; }
    public string? TaskId { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    /// <summary>The last event.</summary>
    public required BootEvent Last { get; init; }
    public required BootPhase Phase { get; init; }
    /// <summary>First event of that phase.</summary>
    public required DateTimeOffset PhaseSince { get; init; }
    /// <summary>Code of the stall that was found and told.</summary>
    public string? Stall { get; init; }
    /// <summary>Former boots that are kept, by their starts, the newest first.</summary>
    public IReadOnlyList<string> Former { get; init; } = [];

    /// <summary>Architecture and program of the firmware's own request.</summary>
    public int? Architecture { get; init; }
    public string? Firmware { get; init; }
    public string? Address { get; init; }
    /// <summary>We answer beside another DHCP server.</summary>
    public bool Proxy { get; init; }
    public bool Unanswered { get; init; }
    public bool Offered { get; init; }
    public bool Requested { get; init; }
    public bool Acknowledged { get; init; }
    /// <summary>Server that the firmware, or iPXE, took an address from instead of ours.</summary>
    public string? OtherServer { get; init; }
    /// <summary>The boot program that was fetched, or tried to.</summary>
    public string? Program { get; init; }
    public bool ProgramDone { get; init; }
    public int ProgramFetches { get; init; }
    /// <summary>Transfers that broke off since the last that came through.</summary>
    public int BrokenTransfers { get; init; }
    /// <summary>A file that we do not hold.</summary>
    public string? MissingFile { get; init; }
    public bool IpxeAcknowledged { get; init; }
    /// <summary>iPXE was told to fetch its script by HTTPS.</summary>
    public bool IpxeByHttps { get; init; }
    /// <summary>It says that it cannot, and there is no other way.</summary>
    public bool IpxeWithoutHttps { get; init; }
    public bool Entry { get; init; }
    /// <summary>Script that was chosen; null: none yet.</summary>
    public string? Script { get; init; }
    public bool AwaitsFirstBoot { get; init; }
    public bool Kernel { get; init; }
    public bool Initrd { get; init; }
    public bool SystemDhcp { get; init; }
    public bool Reported { get; init; }
    /// <summary>Was told to restart, or that it is done.</summary>
    public bool Leaving { get; init; }
    /// <summary>The agent was told to start the installer, which has not reported since.</summary>
    public bool HandedOver { get; init; }
    public bool FirstBoot { get; init; }

    public static BootSigns Of(BootRecord boot)
    {
        var signs = new BootSigns
        {
            Mac = boot.Mac, BootId = boot.BootId, Sn = boot.Sn, TaskId = boot.TaskId, StartedAt = boot.StartedAt, UpdatedAt = boot.UpdatedAt,
            Last = boot.Events.Count > 0 ? boot.Events.MaxBy(happened => happened.LastAt ?? happened.At)! : new BootEvent { At = boot.StartedAt, Source = "", Event = "" },
            Phase = BootPhase.Unknown, PhaseSince = boot.StartedAt, Stall = boot.Stall, Former = boot.Former,
        };
        return boot.Events.Aggregate(signs, static (known, happened) => known.After(happened));
    }

    private BootSigns After(BootEvent happened)
    {
        var phase = BootTimeline.PhaseOf(happened);
        // What went wrong in a phase that was left behind was overcome.
        var next = phase > Phase ? this with { Phase = phase, PhaseSince = happened.At, BrokenTransfers = 0, MissingFile = null } : this;
        return happened.Source switch
        {
            BootEventNames.Dhcp => next.AfterDhcp(happened, phase),
            _ when happened.Event == BootEventNames.EntryScript => next with { Entry = true, Address = happened.Address ?? Address },
            _ when happened.Event == BootEventNames.MachineScript =>
                next with { Script = happened.Script ?? Script, AwaitsFirstBoot = happened.AwaitsFirstBoot == true, Address = happened.Address ?? Address },
            BootEventNames.Tftp => next.AfterTftp(happened, phase),
            BootEventNames.Http => next.AfterHttp(happened),
            _ => happened.Event switch
            {
                BootEventNames.AgentReport => next with { Reported = true },
                BootEventNames.AgentOperation => next with { Reported = true, Leaving = happened.Operation is "reboot" or "complete", HandedOver = happened.Operation == BootEventNames.HandOver },
                BootEventNames.InstallerReport => next with { Reported = true, HandedOver = false, Leaving = happened.Operation == BootEventNames.InstallerEnd },
                BootEventNames.FirstBoot => next with { FirstBoot = true },
                _ => next with { Reported = true },
            },
        };
    }

    private BootSigns AfterDhcp(BootEvent happened, BootPhase phase)
    {
        if (phase == BootPhase.SystemDhcp)
            return this with { SystemDhcp = true, Address = happened.Address ?? Address };
        var firmware = phase == BootPhase.FirmwareDhcp;
        var next = firmware ? this with { Architecture = happened.Architecture ?? Architecture, Firmware = happened.Program ?? Firmware } : this;
        return happened.Event switch
        {
            BootEventNames.DhcpUnanswered => next with { Unanswered = true, IpxeWithoutHttps = !firmware && IsHttps(happened) },
            BootEventNames.DhcpOffer => next with { Offered = true, IpxeByHttps = !firmware && IsHttps(happened) },
            BootEventNames.ProxyOffer => next with { Offered = true, Proxy = true, IpxeByHttps = !firmware && IsHttps(happened) },
            BootEventNames.DhcpRequest => next with { Requested = true },
            BootEventNames.ProxyRequest => next with { Requested = true, Proxy = true },
            BootEventNames.DhcpOtherServer => next with { OtherServer = happened.Server ?? "?" },
            BootEventNames.DhcpAck or BootEventNames.ProxyAck => firmware
                ? next with { Acknowledged = true, Address = happened.Address ?? Address }
                : next with { IpxeAcknowledged = true, Address = happened.Address ?? Address },
            _ => next,
        };
    }

    private static bool IsHttps(BootEvent happened) => happened.File?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;

    private BootSigns AfterTftp(BootEvent happened, BootPhase phase)
    {
        var next = happened.Event switch
        {
            BootEventNames.TftpDone => this with { BrokenTransfers = 0, MissingFile = null },
            BootEventNames.TftpAborted or BootEventNames.TftpSilent => this with { BrokenTransfers = BrokenTransfers + happened.Count },
            // GRUB and shim look for many files that need not exist; the boot program itself must.
            BootEventNames.TftpRefused when phase == BootPhase.BootProgram => this with { MissingFile = happened.File },
            _ => this,
        };
        var done = happened.Event == BootEventNames.TftpDone;
        return phase switch
        {
            BootPhase.BootProgram => next.Fetched(happened, done),
            BootPhase.Script when done => next with { Entry = true },
            BootPhase.Kernel when done => next with { Kernel = true },
            BootPhase.Initrd when done => next with { Initrd = true },
            _ => next,
        };
    }

    private BootSigns AfterHttp(BootEvent happened)
    {
        var done = happened.Success != false;
        // A connection that broke, or a service that failed, says nothing of the file.
        var missing = happened is { Success: false, Reason: BootEventNames.NoSuchFile, Event: BootEventNames.HttpKernel or BootEventNames.HttpInitrd or BootEventNames.HttpProgram };
        var next = missing ? this with { MissingFile = happened.File } : this;
        return happened.Event switch
        {
            BootEventNames.HttpProgram => next.Fetched(happened, done),
            BootEventNames.HttpKernel => next with { Kernel = Kernel || done, MissingFile = done ? null : next.MissingFile },
            BootEventNames.HttpInitrd => next with { Initrd = Initrd || done, MissingFile = done ? null : next.MissingFile },
            _ => next,
        };
    }

    private BootSigns Fetched(BootEvent happened, bool done) => this with
    {
        Program = happened.File ?? Program, ProgramDone = ProgramDone || done, ProgramFetches = ProgramFetches + (done ? happened.Count : 0),
    };
}
