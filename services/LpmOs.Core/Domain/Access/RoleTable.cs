using System.Collections.Frozen;

namespace LpmOs.Core.Domain.Access;

/// <summary>The one table of what each role may do. What is not in it is refused.</summary>
public static class RoleTable
{
    private static readonly FrozenDictionary<Role, FrozenSet<Permission>> Table = new Dictionary<Role, FrozenSet<Permission>>
    {
        [Role.Viewer] = [Permission.View],
        [Role.Operator] = [Permission.View, Permission.ChangeTasks, Permission.ChangeMachines, Permission.OpenShells],
        [Role.Approver] = [Permission.View, Permission.ApproveTasks],
        [Role.TemplateEditor] = [Permission.View, Permission.EditTemplates],
        [Role.Administrator] =
        [
            Permission.View, Permission.ChangeTasks, Permission.ApproveTasks, Permission.ChangeMachines, Permission.OpenShells, Permission.EditTemplates,
            Permission.Administer, Permission.ManageAccess, Permission.ReadAudit,
        ],
        [Role.Auditor] = [Permission.View, Permission.ReadAudit],
    }.ToFrozenDictionary();

    public static bool Allows(Role role, Permission permission) => Table[role].Contains(permission);

    /// <summary>What a role may do, in the order of <see cref="Permission"/>.</summary>
    public static IEnumerable<Permission> Of(Role role) => Table[role].Order();
}
