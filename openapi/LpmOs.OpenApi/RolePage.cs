using System.Text;
using System.Text.Json;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;

namespace LpmOs.OpenApi;

/// <summary><c>docs/roles.md</c>: every operation of every service, and who may call it.</summary>
public static class RolePage
{
    private const string Introduction = """
        # Who may do what

        Every operation of every service with the permission that it asks for, and the roles that have it. Written by `make openapi` from the services; a test calls
        every operation in every role and compares. What is not in the table is refused.

        A role is given in all IDCs or in one (`lpmosctl users`, or the page). An operation marked *everywhere* belongs to no IDC: a role in one IDC is not enough.
        `anyone` needs no login. `signed in` is whoever has logged in, whatever their roles. `machine` is the token of a machine's boot script.
        An operator who also approves is given both roles; with four eyes (settings of the IDC) nobody approves what they created.

        Add an endpoint: say `.Allow(Permission.View)`, or another of `LpmOs.Core.Domain.Access.Permission`, where it is mapped, and run `make openapi`.

        """;

    /// <exception cref="InvalidOperationException">An operation does not say who may call it.</exception>
    public static async Task<string> WriteAsync(string templates, CancellationToken cancellationToken)
    {
        var page = new StringBuilder(Introduction);
        page.Append("\n## Roles\n\n| permission |").AppendJoin("", Enum.GetValues<Role>().Select(role => $" {Text(role)} |")).Append("\n| --- |").AppendJoin("", Enum.GetValues<Role>().Select(_ => " --- |")).Append('\n');
        foreach (var permission in Enum.GetValues<Permission>().Where(permission => Enum.GetValues<Role>().Any(role => RoleTable.Allows(role, permission))))
            page.Append("| `").Append(EndpointPermission.Name(permission)).Append("` |").AppendJoin("", Enum.GetValues<Role>().Select(role => RoleTable.Allows(role, permission) ? " yes |" : " |")).Append('\n');
        foreach (var service in ServiceDocuments.Names)
        {
            page.Append("\n## ").Append(service).Append(" service\n\n| operation | call | permission | who |\n| --- | --- | --- | --- |\n");
            using var document = JsonDocument.Parse(await ServiceDocuments.WriteAsync(service, templates, cancellationToken));
            foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
            {
                foreach (var operation in path.Value.EnumerateObject())
                    page.Append(Row(service, path.Name, operation)).Append('\n');
            }
        }
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Row(string service, string path, JsonProperty operation)
    {
        var id = operation.Value.GetProperty("operationId").GetString();
        if (!operation.Value.TryGetProperty("x-lpmos-permission", out var extension))
            throw new InvalidOperationException($"{id} of the {service} service ({operation.Name.ToUpperInvariant()} {path}) does not say who may call it, so nobody may. Add .Allow(Permission.View), or another of LpmOs.Core.Domain.Access.Permission, where it is mapped; then run make openapi.");
        var text = extension.GetString()!;
        var permission = Enum.GetValues<Permission>().Single(known => EndpointPermission.Name(known) == text.Split(' ')[0]);
        var who = permission switch
        {
            Permission.Anonymous => "anyone",
            Permission.SignedIn => "signed in",
            Permission.Machine => "machine",
            _ => string.Join(", ", Enum.GetValues<Role>().Where(role => RoleTable.Allows(role, permission)).Select(Text)),
        };
        return $"| {id} | `{operation.Name.ToUpperInvariant()} {path}` | {text} | {who} |";
    }

    private static string Text(Role role) => JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString());
}
