using System.Text.Json;
using LpmOs.Core.Domain.Access;
using Microsoft.AspNetCore.Builder;

namespace LpmOs.Core.Hosting;

/// <summary>What an endpoint asks for; the last one that is said counts, so that an endpoint may differ from its group.</summary>
/// <param name="Everywhere">A role in one IDC is not enough: what is behind it belongs to no IDC.</param>
public sealed record EndpointPermission(Permission Permission, bool Everywhere)
{
    /// <summary>As documents and answers say it: <c>change_tasks</c>.</summary>
    public static string Name(Permission permission) => JsonNamingPolicy.SnakeCaseLower.ConvertName(permission.ToString());

    public override string ToString() => Name(Permission) + (Everywhere ? " everywhere" : "");
}

/// <summary>Says of endpoints what they ask for.</summary>
public static class EndpointPermissions
{
    /// <summary>Where the route has <c>{idc}</c>, or the query <c>idc</c>, the right is asked for in that IDC; else a right in any IDC lets the request in, and the handler asks for the IDC of the body (<c>Actor.Require</c>).</summary>
    public static T Allow<T>(this T endpoints, Permission permission, bool everywhere = false) where T : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint => endpoint.Metadata.Add(new EndpointPermission(permission, everywhere)));
        return endpoints;
    }
}
