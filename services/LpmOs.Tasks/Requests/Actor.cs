using System.Reflection;
using LpmOs.Core.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Requests;

/// <summary>Who asks for a change, and from where.</summary>
internal sealed record Actor(string Name, string? From) : IEndpointParameterMetadataProvider
{
    private const string Bearer = "Bearer ";

    /// <summary>Known by a token of their own; false: anybody who can reach the service.</summary>
    public bool IsKnown => Name != OperatorTokens.Anybody;

    /// <exception cref="RefusedRequestException">401: a token was shown that nobody has.</exception>
    public static ValueTask<Actor> BindAsync(HttpContext context)
    {
        var tokens = context.RequestServices.GetRequiredService<OperatorTokens>();
        var header = context.Request.Headers.Authorization.ToString();
        var from = context.Connection.RemoteIpAddress?.ToString();
        if (!tokens.AreKnown || header.Length == 0)
            return ValueTask.FromResult(new Actor(OperatorTokens.Anybody, from));
        var name = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? tokens.NameOf(header[Bearer.Length..].Trim()) : null;
        return name is not null
            ? ValueTask.FromResult(new Actor(name, from))
            : throw new RefusedRequestException(StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid", "No operator has this token (settings Tasks:Operators). Nothing was changed.");
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized, typeof(ProblemDetails), ["application/problem+json"]));
}
