using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Access;

/// <summary>Reads what users and tokens have in common from a body.</summary>
internal static class AccessReader
{
    private const int MostGrants = 200;
    private const int LongestDescription = 200;
    private static readonly TimeSpan UsualTokenLife = TimeSpan.FromDays(90);
    public static readonly string RoleNames = string.Join(", ", Enum.GetValues<Role>().Select(Text));

    public static IReadOnlyList<RoleGrant>? Roles(JsonFields json) => json.Objects("roles", MostGrants)?.Select(grant =>
    {
        var (name, idc) = (grant.Text("role"), grant.Text("idc"));
        grant.RefuseOthers();
        var role = Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => Text(role!.Value) == name);
        json.Errors.Check(grant.Name("role"), role is not null, name, RoleNames);
        if (idc is not null)
            json.Errors.Check(grant.Name("idc"), Names.IsIdc(idc), idc, $"{Names.IdcAllowed}; left out: all IDCs");
        return new RoleGrant { Role = role ?? Role.Viewer, Idc = idc };
    }).Distinct().ToList();

    public static (string Description, IReadOnlyList<RoleGrant>? Roles, DateTimeOffset Expires) Token(JsonFields json, AuthOptions options, DateTimeOffset now)
    {
        var (description, roles, expires) = (json.Text("description")?.Trim(), Roles(json), json.Time("expires_at"));
        json.RefuseOthers();
        if (string.IsNullOrEmpty(description) || description.Length > LongestDescription || description.Any(char.IsControl))
            json.Errors.Add("description", $"Required: what the token is for, 1 to {LongestDescription} characters on one line.");
        if (expires <= now || expires > now + options.TokenLifetime)
            json.Errors.Add("expires_at", $"Must be in the future, and at most {options.TokenLifetime.TotalDays:0.#} days away (setting Auth:TokenLifetime).");
        json.Errors.ThrowIfAny();
        return (description!, roles, expires ?? now + (UsualTokenLife < options.TokenLifetime ? UsualTokenLife : options.TokenLifetime));
    }

    /// <summary>Null: there is no such role.</summary>
    public static Role? FindRole(string name) => Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => Text(role!.Value) == name);

    private static string Text(Role role) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString());
}
