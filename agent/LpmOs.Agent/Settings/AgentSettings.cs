namespace LpmOs.Agent.Settings;

/// <summary>What the agent was told to do: command line, then environment, then (in the boot image) kernel command line.</summary>
internal sealed record AgentSettings
{
    public const string DefaultRegionalUrl = "http://localhost:8081";
    private const int BootServicePort = 8082;

    public Uri RegionalUrl { get; init; } = new(DefaultRegionalUrl);
    /// <summary>Base of image URLs that are given as a path.</summary>
    public Uri? BootUrl { get; init; }
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>0: for ever.</summary>
    public int MaxPolls { get; init; } = 60;
    public bool DryRun { get; init; }
    /// <summary>The operator of a host said that its disks may be written.</summary>
    public bool WipesDisksKnowingly { get; init; }
    /// <summary>Started by our boot image, where installing is the purpose.</summary>
    public bool InBootImage { get; init; }
    /// <summary>Bearer token that the boot script carried. A secret.</summary>
    public string? Token { get; init; }
    /// <summary>Public key of the service's signatures, from the boot script; null: nothing that needs a signature is done.</summary>
    public string? SigningKey { get; init; }
    /// <summary>Pipe through which whoever started us says that drivers and network are there; null: they are.</summary>
    public string? StartWhen { get; init; }
    /// <summary>PEM file of the authorities that are trusted, and no others; null: the system's.</summary>
    public string? CaFile { get; init; }
    /// <summary>SHA-256 of such a file, which the boot service has; lower-case hexadecimal.</summary>
    public string? CaSha256 { get; init; }
    public string? Idc { get; init; }
    /// <summary>MAC of the interface that the firmware booted from.</summary>
    public string? BootMac { get; init; }

    public bool MayWriteDisks => !DryRun && (InBootImage || WipesDisksKnowingly);

    /// <summary>The boot service: as told, else on the regional service's host at its default port.</summary>
    public Uri BootBase => BootUrl ?? new UriBuilder(RegionalUrl) { Scheme = Uri.UriSchemeHttp, Port = BootServicePort, Path = "/", Query = "" }.Uri;
}
