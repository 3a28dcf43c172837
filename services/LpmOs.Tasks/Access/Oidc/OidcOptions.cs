using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Access.Oidc;

/// <summary>A company's own login, beside users with passwords; configuration section <c>Auth:Oidc</c>.</summary>
internal sealed record OidcOptions
{
    private const string Section = "Auth:Oidc";
    private const string RolesAllowed = "group=role, or group=role@idc,role@idc, several groups separated by ';'";

    public required Uri Authority { get; init; }
    public required string ClientId { get; init; }
    public string? ClientSecret { get; init; }
    /// <summary>What the button says.</summary>
    public required string DisplayName { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    /// <summary>Claim that becomes the user's name here.</summary>
    public required string NameClaim { get; init; }
    /// <summary>Claim with the groups of a person.</summary>
    public required string GroupClaim { get; init; }
    public required IReadOnlyDictionary<string, IReadOnlyList<RoleGrant>> Roles { get; init; }
    /// <summary>Ask the provider's userinfo endpoint too, where the ID token has no groups.</summary>
    public bool UserInfo { get; init; }
    /// <summary>PEM file of the authorities of the provider's certificate; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Null: not configured.</summary>
    /// <exception cref="SettingException">A setting is missing or not allowed.</exception>
    public static OidcOptions? Read(IConfiguration configuration, bool loginNeeded)
    {
        string? Text(string name) => configuration[$"{Section}:{name}"]?.Trim() is { Length: > 0 } text ? text : null;
        if (Text("Authority") is not { } authority)
            return configuration.GetSection(Section).GetChildren().FirstOrDefault() is not { } other ? null
                : throw new SettingException($"{Section}:Authority", null, $"the provider's https://address, since {other.Path} is set");
        if (!loginNeeded)
            throw new SettingException("Auth:Mode", "off", $"users, since {Section}:Authority is set");
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) || address.UserInfo.Length + address.Query.Length > 0)
            throw new SettingException($"{Section}:Authority", authority, "the provider's https://address, whose /.well-known/openid-configuration says the rest; http:// on loopback addresses alone");
        var secretFile = Text("ClientSecretFile");
        return new OidcOptions
        {
            Authority = address,
            ClientId = Text("ClientId") ?? throw new SettingException($"{Section}:ClientId", null, "the name under which the provider knows this service"),
            ClientSecret = secretFile is null ? Text("ClientSecret") : ReadSecret(secretFile),
            DisplayName = Text("DisplayName") ?? "SSO",
            Scopes = Text("Scopes")?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) is { } scopes ? scopes.Contains("openid") ? scopes : ["openid", .. scopes] : ["openid", "profile"],
            NameClaim = Text("NameClaim") ?? "preferred_username",
            GroupClaim = Text("GroupClaim") ?? "groups",
            Roles = ReadRoles(Text("Roles")),
            UserInfo = bool.TryParse(Text("UserInfo") ?? "false", out var ask) ? ask : throw new SettingException($"{Section}:UserInfo", Text("UserInfo"), "true or false"),
            CaFile = Text("CaFile") is not { } ca ? null : File.Exists(ca) ? ca : throw new SettingException($"{Section}:CaFile", ca, "a PEM file that can be read"),
        };
    }

    /// <summary>Without the secret: options get into logs.</summary>
    public override string ToString() => $"OpenID Connect at {Authority} as {ClientId}";

    private static string ReadSecret(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } secret ? secret : throw new SettingException($"{Section}:ClientSecretFile", file, "a file with the secret; this one is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{Section}:ClientSecretFile", file, $"a file with the secret that can be read; {e.Message}");
        }
    }

    /// <summary>Groups may be names of a directory, which have '=' and ',' of their own: the last '=' counts.</summary>
    private static Dictionary<string, IReadOnlyList<RoleGrant>> ReadRoles(string? text)
    {
        var roles = new Dictionary<string, IReadOnlyList<RoleGrant>>(StringComparer.Ordinal);
        foreach (var entry in text?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var at = entry.LastIndexOf('=');
            if (at <= 0 || !roles.TryAdd(entry[..at].Trim(), [.. entry[(at + 1)..].Split(',', StringSplitOptions.TrimEntries).Select(grant => Grant(entry, grant))]))
                throw new SettingException($"{Section}:Roles", entry, RolesAllowed + "; each group once");
        }
        return roles.Count > 0 ? roles : throw new SettingException($"{Section}:Roles", text, RolesAllowed + "; without one nobody could do anything");
    }

    private static RoleGrant Grant(string entry, string text)
    {
        var parts = text.Split('@');
        return parts.Length <= 2 && AccessReader.FindRole(parts[0]) is { } role && (parts.Length == 1 || Names.IsIdc(parts[1])) ? new RoleGrant { Role = role, Idc = parts.Length == 2 ? parts[1] : null }
            : throw new SettingException($"{Section}:Roles", entry, $"{RolesAllowed}; roles: {AccessReader.RoleNames}");
    }
}
