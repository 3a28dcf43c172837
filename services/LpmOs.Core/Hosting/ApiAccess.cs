using System.Text.Json.Nodes;
using LpmOs.Core.Domain.Access;
using Microsoft.OpenApi;

namespace LpmOs.Core.Hosting;

/// <summary>Says of an operation who may call it: the extension <c>x-lpmos-permission</c>, and that it answers 401 and 403.</summary>
internal static class ApiAccess
{
    public const string Extension = "x-lpmos-permission";

    public static void Describe(OpenApiOperation operation, EndpointPermission? permission)
    {
        if (permission is null)
            return;
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions[Extension] = new JsonNodeExtension(JsonValue.Create(permission.ToString()));
        if (permission.Permission is Permission.Anonymous or Permission.Machine)
            return;
        operation.Responses ??= [];
        operation.Responses.TryAdd("401", Problem());
        operation.Responses.TryAdd("403", Problem());
    }

    private static OpenApiResponse Problem() => new() { Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() } };
}
