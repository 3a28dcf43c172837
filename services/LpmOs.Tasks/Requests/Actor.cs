using System.Reflection;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Requests;

/// <summary>Who asks, from where, and what they may do.</summary>
internal sealed record Actor(string Name, string? From) : IEndpointParameterMetadataProvider
{
    public Rights Rights { get; init; } = Rights.None;

    /// <summary>The session or token that was shown.</summary>
    public string? CredentialId { get; init; }

    /// <summary>Known by an API token or a certificate, not by a login.</summary>
    public bool IsToken { get; init; }

    /// <summary>Known by a login or a token; false: anybody who can reach the service.</summary>
    public bool IsKnown => Name != Caller.Anybody;

    /// <exception cref="RefusedRequestException">401: nobody is known.</exception>
    public static ValueTask<Actor> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context)
        ?? throw new RefusedRequestException(StatusCodes.Status401Unauthorized, "login_required", "Login required", "Log in, or send a token (Authorization: Bearer)."));

    public static Actor? Of(HttpContext context) => Caller.Of(context) is { } caller
        ? new Actor(caller.Name, context.Connection.RemoteIpAddress?.ToString()) { Rights = caller.Rights, CredentialId = caller.CredentialId, IsToken = caller.Kind is CallerKind.Token or CallerKind.Certificate } : null;

    /// <summary>For what the route does not tell: the IDC of the body.</summary>
    /// <param name="idc">Null: what belongs to all IDCs or to none.</param>
    /// <exception cref="RefusedRequestException">403.</exception>
    public void Require(Permission permission, string? idc)
    {
        if (!(idc is null ? Rights.CanEverywhere(permission) : Rights.CanIn(permission, idc)))
            throw Refused(permission, idc);
    }

    public static RefusedRequestException Refused(Permission permission, string? idc) => new(StatusCodes.Status403Forbidden, "not_allowed", "Your roles do not allow this",
        $"It needs the permission {EndpointPermission.Name(permission)} {(idc is null ? "in all IDCs" : $"in {idc}")}. GET /api/v1/me says what you may do; an administrator gives roles.");

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized, typeof(ProblemDetails), ["application/problem+json"]));
}
