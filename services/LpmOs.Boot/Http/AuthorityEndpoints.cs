using LpmOs.Boot.Documents;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Boot.Http;

/// <summary>The authorities that agents trust. No secret, and no trust lies in the way here: who fetches them knows their digest.</summary>
internal static class AuthorityEndpoints
{
    public static void MapAuthorities(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/ca.pem", Get).Allow(Permission.Anonymous).WithName("getAuthorities").WithSummary("The authorities that agents trust").WithTags(ApiText.Files)
            .WithDescription("The file of the setting Boot:CaFile. The boot script carries its SHA-256 (`lpmos.ca=`), by which the agent knows it.").Produces<string>(contentType: "application/x-pem-file").ProducesProblem(404);

    private static Results<FileContentHttpResult, ProblemHttpResult> Get(BootOptions options) => options.Authorities is { } authorities
        ? TypedResults.Bytes(authorities.Pem, "application/x-pem-file")
        : Problems.Of(StatusCodes.Status404NotFound, "file_not_found", "There is no such file", "This site has no authorities of its own (setting Boot:CaFile).");
}
