namespace LpmOs.Core.Domain.Templates;

/// <summary>
/// What a template can know only when a machine asks: our addresses as that machine reaches them, and its tokens.
/// A plan is made with stand-ins, so that its files are the same whoever makes it and hold no secret.
/// </summary>
public sealed record RunTimeValues
{
    /// <summary>For plans and previews: names that lead nowhere (RFC 2606, section 2).</summary>
    public static RunTimeValues StandIn { get; } = new()
    {
        BootUrl = "http://boot.invalid:8082", RegionalUrl = "http://regional.invalid:8081", Token = "TOKEN-OF-THIS-BOOT", InstalledToken = "TOKEN-OF-THE-FIRST-BOOT",
        KernelArguments = "console=tty0 console=ttyS0,115200", Reason = "the task is approved",
        GrubFiles = "(tftp,192.0.2.1)",
    };

    /// <summary>The same for sites with TLS and authorities of their own: what stands behind a condition on those must render, too.</summary>
    public static RunTimeValues SecureStandIn { get; } = StandIn with
    {
        BootUrl = "https://boot.invalid:8443", RegionalUrl = "https://regional.invalid:8444", AuthoritiesSha256 = new string('0', 64),
        AuthoritiesPem = "-----BEGIN CERTIFICATE-----\nU1RBTkQtSU4=\n-----END CERTIFICATE-----\n", SigningKey = new string('A', 43), GrubFiles = "(http,192.0.2.1)/files",
    };

    /// <summary>Templates are tried with each of them.</summary>
    public static IReadOnlyList<RunTimeValues> StandIns { get; } = [StandIn, SecureStandIn];

    /// <summary>Without a slash at the end.</summary>
    public required string BootUrl { get; init; }
    public required string RegionalUrl { get; init; }
    /// <summary>SHA-256 of the file of authorities that agents are to trust (<c>Boot:CaFile</c>); null: those of the boot image.</summary>
    public string? AuthoritiesSha256 { get; init; }
    /// <summary>The same authorities in PEM, one certificate after the other and nothing else: what an installer's hooks trust. In no plan: it is the site's, whatever is installed.</summary>
    public string? AuthoritiesPem { get; init; }
    /// <summary>For agents' calls.</summary>
    public required string Token { get; init; }
    /// <summary>For the installed system's first call.</summary>
    public required string InstalledToken { get; init; }
    /// <summary><c>Boot:KernelArguments</c>.</summary>
    public required string KernelArguments { get; init; }
    public required string Reason { get; init; }
    /// <summary>The files folder as GRUB reaches it, without a slash at the end; empty for machines that come another way.</summary>
    public string GrubFiles { get; init; } = "";
    /// <summary>By which the agent knows that hardware scripts are the service's; null where it is not known yet.</summary>
    public string? SigningKey { get; init; }
}
