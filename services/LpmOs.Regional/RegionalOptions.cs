using LpmOs.Core.Hosting;
using LpmOs.Core.Hosting.Limits;
using LpmOs.Core.Security.Tpm;
using LpmOs.Regional.Tpm;

namespace LpmOs.Regional;

/// <summary>Settings of the regional service.</summary>
internal sealed record RegionalOptions
{
    /// <summary>
    /// What installed systems are told to call (setting <c>Regional:PublicUrl</c>), without a slash at the end.
    /// Null: the address at which the machine's agent reached this service.
    /// </summary>
    public string? PublicUrl { get; init; }
    public required string TemplatesPath { get; init; }
    /// <summary>Refuse agents that show no token (setting <c>Regional:RequireToken</c>); a wrong token is refused in any case. Agents on the service's own host need none.</summary>
    public required bool RequireToken { get; init; }
    /// <summary>Bind a machine to the first TPM that it proves (setting <c>Regional:BindTpm</c>); otherwise only where an operator requires one.</summary>
    public required bool BindTpm { get; init; }
    /// <summary>Makers whose TPMs alone a machine is bound to (setting <c>Regional:TpmMakers</c>, a folder of their certificates), as they were at the start; null: any TPM.</summary>
    public ReloadedFiles<TpmMakers>.Read? TpmMakers { get; init; }
    /// <summary><c>Regional:Limits:PerAddress</c>: requests a second of one address, which may be a whole datacentre's; 0: no limit.</summary>
    public required int PerAddress { get; init; }
    /// <summary><c>Regional:Limits:PerMachine</c>: requests a second with one token; 0: no limit.</summary>
    public required int PerMachine { get; init; }

    public static RegionalOptions Read(IConfiguration configuration)
    {
        var url = configuration["Regional:PublicUrl"];
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https")))
            throw new SettingException("Regional:PublicUrl", url, "http://address:port or https://address:port that machines can reach");
        var require = configuration["Regional:RequireToken"] ?? "true";
        if (!bool.TryParse(require, out var required))
            throw new SettingException("Regional:RequireToken", require, "true or false");
        var bind = configuration["Regional:BindTpm"] ?? "true";
        if (!bool.TryParse(bind, out var bound))
            throw new SettingException("Regional:BindTpm", bind, "true or false");
        return new RegionalOptions { PublicUrl = url?.TrimEnd('/'), TemplatesPath = configuration["Templates:Path"] ?? "templates", RequireToken = required, BindTpm = bound,
            TpmMakers = TrustedTpmMakers.At(configuration),
            PerAddress = RateLimits.Read(configuration, "Regional:Limits:PerAddress", 10_000), PerMachine = RateLimits.Read(configuration, "Regional:Limits:PerMachine", 50) };
    }
}
