using System.ComponentModel;
using LpmOs.Boot.Documents;
using LpmOs.Boot.Files;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace LpmOs.Boot.Http;

/// <summary>Kernels, boot programs and images below <c>Boot:FilesPath</c>, with ranges and entity tags (RFC 9110). What <see cref="WholeFiles"/> takes does not come here.</summary>
internal static class FileEndpoints
{
    public static void MapFiles(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/files/{**path}", [HttpMethods.Get, HttpMethods.Head], Get).Allow(Permission.Anonymous).WithName("getFile").WithSummary("A boot file or image")
            .WithTags(ApiText.Files).WithDescription("Ranges and entity tags as in RFC 9110.").Produces<byte[]>(contentType: "application/octet-stream").ProducesProblem(404).ProducesProblem(503);

    private static Results<PhysicalFileHttpResult, ProblemHttpResult> Get([Description("Path below the setting Boot:FilesPath.")] string? path, FileResolver files)
    {
        if (path is null || files.Resolve(path, null) is not AssetFile file)
            return Problems.Of(StatusCodes.Status404NotFound, "file_not_found", "There is no such file", "Files are served from the folder of the setting Boot:FilesPath; links that lead out of it are not followed.");
        return TypedResults.PhysicalFile(file.Path, FileHeaders.ContentType(file.Path), lastModified: file.LastModified, entityTag: new EntityTagHeaderValue(FileHeaders.EntityTag(file)), enableRangeProcessing: true);
    }
}
