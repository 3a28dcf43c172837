namespace LpmOs.Core.Domain.Access;

/// <summary>What somebody may do and where: their roles, and where a token is narrower than its owner, what both allow.</summary>
public sealed class Rights(IReadOnlyList<RoleGrant> grants, IReadOnlyList<RoleGrant>? narrowed = null)
{
    public static Rights None { get; } = new([]);

    /// <summary>Everything, everywhere.</summary>
    public static Rights All { get; } = new([new RoleGrant { Role = Role.Administrator }]);

    public IReadOnlyList<RoleGrant> Grants => narrowed ?? grants;

    /// <summary>In this IDC.</summary>
    public bool CanIn(Permission permission, string idc) => In(grants, permission, idc) && (narrowed is null || In(narrowed, permission, idc));

    /// <summary>In all IDCs, and in what belongs to none.</summary>
    public bool CanEverywhere(Permission permission) => Everywhere(grants, permission) && (narrowed is null || Everywhere(narrowed, permission));

    /// <summary>In some IDC at least.</summary>
    public bool CanSomewhere(Permission permission) => CanEverywhere(permission) || Sites(permission) is { Count: > 0 };

    /// <summary>The IDCs where it is allowed; null: everywhere.</summary>
    public IReadOnlySet<string>? Sites(Permission permission)
    {
        if (CanEverywhere(permission))
            return null;
        return grants.Concat(narrowed ?? []).Select(grant => grant.Idc).OfType<string>().Where(idc => CanIn(permission, idc)).ToHashSet(StringComparer.Ordinal);
    }

    private static bool In(IReadOnlyList<RoleGrant> grants, Permission permission, string idc) =>
        grants.Any(grant => (grant.Idc is null || grant.Idc == idc) && RoleTable.Allows(grant.Role, permission));

    private static bool Everywhere(IReadOnlyList<RoleGrant> grants, Permission permission) =>
        grants.Any(grant => grant.Idc is null && RoleTable.Allows(grant.Role, permission));
}
