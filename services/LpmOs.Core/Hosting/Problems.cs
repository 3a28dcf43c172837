using LpmOs.Core.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Core.Hosting;

/// <summary>Errors as RFC 9457 problem details with a stable <c>code</c>, made in one place.</summary>
public static class Problems
{
    public static ProblemHttpResult Of(int status, string code, string title, string? detail = null) =>
        TypedResults.Problem(Details(status, code, title, detail));

    public static ProblemDetails Details(int status, string code, string title, string? detail) =>
        new() { Status = status, Title = title, Detail = detail, Extensions = { ["code"] = code } };

    internal static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var details = context.ProblemDetails;
            switch (context.Exception)
            {
                case InvalidRequestException invalid:
                    details.Title = "The request has invalid fields";
                    details.Detail = string.Join(" ", invalid.Errors.Select(error => $"{error.Key}: {string.Join(" ", error.Value)}"));
                    details.Extensions["code"] = "invalid_request";
                    details.Extensions["errors"] = invalid.Errors;
                    break;
                case RefusedRequestException refused:
                    details.Title = refused.Message;
                    details.Detail = refused.Detail;
                    details.Extensions["code"] = refused.Code;
                    break;
                case BadHttpRequestException bad:
                    details.Title = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is too large" : "The request cannot be read";
                    details.Detail = bad.Message;
                    details.Extensions["code"] = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body_too_large" : "bad_request";
                    break;
                case StoreUnavailableException { Refused: true } refusal:
                    details.Title = "The store refuses the call";
                    details.Detail = $"{refusal.Message} Until that is done it answers the same again. Nothing is lost.";
                    details.Extensions["code"] = "store_refused";
                    break;
                case StoreUnavailableException store:
                    details.Title = "The store does not answer";
                    details.Detail = $"{store.Message} Nothing is lost; try again in a few seconds, and look at the store's members if it stays so.";
                    details.Extensions["code"] = "store_unavailable";
                    break;
            }
            details.Extensions.TryAdd("code", Code(details.Status));
        });
    }

    internal static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception switch
            {
                InvalidRequestException => StatusCodes.Status400BadRequest,
                RefusedRequestException refused => refused.Status,
                BadHttpRequestException bad => bad.StatusCode,
                StoreUnavailableException => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status500InternalServerError,
            },
            // Faults of the client and of the store are answers, not stack traces.
            SuppressDiagnosticsCallback = context => context.Exception is InvalidRequestException or RefusedRequestException or BadHttpRequestException or StoreUnavailableException or OperationCanceledException,
        });
        app.UseStatusCodePages();
    }

    private static string Code(int? status) => status switch
    {
        StatusCodes.Status400BadRequest => "bad_request",
        StatusCodes.Status401Unauthorized => "unauthorized",
        StatusCodes.Status404NotFound => "not_found",
        StatusCodes.Status405MethodNotAllowed => "method_not_allowed",
        StatusCodes.Status413PayloadTooLarge => "body_too_large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported_media_type",
        StatusCodes.Status429TooManyRequests => "too_many_requests",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        _ => "internal_error",
    };
}
