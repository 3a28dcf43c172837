using LpmOs.Boot;
using LpmOs.Core.Hosting;
using LpmOs.Regional;
using LpmOs.Tasks;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LpmOs.OpenApi;

/// <summary>The OpenAPI documents of the services, from services that are built and never started: no port, no store, no file is opened.</summary>
public static class ServiceDocuments
{
    /// <summary>Names of the documents; <c>NAME.json</c> below <c>openapi/</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["tasks", "regional", "boot"];

    /// <summary>The document in the bytes that are committed: UTF-8, line feeds, one at the end.</summary>
    /// <param name="templates">The repository's <c>templates</c> folder.</param>
    public static async Task<string> WriteAsync(string name, string templates, CancellationToken cancellationToken)
    {
        await using var app = Build(name, [$"--Templates:Path={templates}", "--Store:Provider=etcd"]);
        // What a start would do: routes become known to the API explorer when the pipeline gets its end points.
        IApplicationBuilder pipeline = app;
        pipeline.UseRouting();
        pipeline.UseEndpoints(_ => { });
        var document = await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name).GetOpenApiDocumentAsync(cancellationToken);
        var json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0, cancellationToken);
        return json.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }

    /// <summary>Routes of a service, those too that no document describes, that do not say who may call them.</summary>
    public static async Task<IReadOnlyList<string>> WithoutPermissionAsync(string name, string templates)
    {
        await using var app = Build(name, [$"--Templates:Path={templates}", "--Store:Provider=etcd"]);
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Where(endpoint => endpoint.Metadata.GetMetadata<EndpointPermission>() is null).Select(endpoint => endpoint.DisplayName ?? "?")];
    }

    private static WebApplication Build(string name, string[] settings) => name switch
    {
        "tasks" => TasksService.Build(settings),
        "regional" => RegionalService.Build(settings),
        "boot" => BootService.Build(settings),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such document."),
    };
}
