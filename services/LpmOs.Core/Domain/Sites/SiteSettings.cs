namespace LpmOs.Core.Domain.Sites;

/// <summary>How one IDC is run: the value of <c>/os/{idc}/settings</c>. Absent: all defaults, nothing restricted.</summary>
public sealed record SiteSettings
{
    public static SiteSettings Default { get; } = new();

    /// <summary>Installations at once; the rest wait in order. Null: any number.</summary>
    public int? MaxInstallations { get; init; }
    /// <summary>Installations begin only within one of these; empty: at any time.</summary>
    public IReadOnlyList<MaintenanceWindow> MaintenanceWindows { get; init => field = value ?? []; } = [];
    /// <summary>Who created a task may not approve it.</summary>
    public bool FourEyes { get; init; }
    /// <summary>Minutes without any word from an agent at work after which the task fails; one that only says that it is alive, while nothing moves, has four times as long.</summary>
    public int SilenceMinutes { get; init => field = value <= 0 ? 15 : value; } = 15;
    /// <summary>Minutes that an installation may take from its start to its end.</summary>
    public int InstallMinutes { get; init => field = value <= 0 ? 240 : value; } = 240;
    /// <summary>Minutes from the end of the installation to the new system's call.</summary>
    public int FirstBootMinutes { get; init => field = value <= 0 ? 45 : value; } = 45;
    /// <summary>An agent fetches its image no faster, in megabits (10^6) a second; null: as fast as it goes. Holds from the next start of an installation.</summary>
    public int? DownloadMbps { get; init; }
    /// <summary>Public keys of P-256 (PEM, or Base64 of it); images that none of them has signed are not installed. Empty: signatures are not asked for.</summary>
    public IReadOnlyList<string> ImageKeys { get; init => field = value ?? []; } = [];
    /// <summary>Tasks that need no person's approval; empty (the default): every task needs one.</summary>
    public IReadOnlyList<AutoApprovalRule> AutoApproval { get; init => field = value ?? []; } = [];
}

/// <summary>A task that matches all that is given is approved by itself once its plan is known.</summary>
public sealed record AutoApprovalRule
{
    /// <summary>Said in the approval.</summary>
    public required string Name { get; init; }
    public string? Profile { get; init; }
    public string? Tag { get; init; }
    /// <summary>Also where the disk holds partitions or file systems.</summary>
    public bool AllowData { get; init; }
}
