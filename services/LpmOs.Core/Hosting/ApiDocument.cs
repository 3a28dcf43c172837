using System.Text.Json.Nodes;
using LpmOs.Core.Domain.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LpmOs.Core.Hosting;

/// <summary>A body that works as it stands against a running service.</summary>
public sealed record BodyExample(string Name, string Summary, string Json);

/// <summary>
/// The OpenAPI document of a service at <c>/openapi/v1.json</c>. The service calls <c>AddOpenApi</c> itself, since the compiler reads the docstrings of the project that does.
/// </summary>
public static class ApiDocument
{
    public const string Name = "v1";

    /// <param name="tags">Groups of operations in the order in which the document shows them.</param>
    /// <param name="answers">What each operation answers.</param>
    public static void Describe(this OpenApiOptions options, string title, string description, IReadOnlyList<(string Name, string Description)> tags, AnswerExamples? answers = null)
    {
        // The client generators in use do not all read 3.1.
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = title, Description = description, Version = Name, Contact = new OpenApiContact { Name = "Those who run this LpmOs" } };
            // Relative, so that the document is the same wherever the service listens.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Tags = new HashSet<OpenApiTag>(tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
            // Every GET answers HEAD too where a route says so; as an operation of its own it would need a second name.
            foreach (var path in document.Paths.Values.Where(path => path.Operations?.ContainsKey(HttpMethod.Get) == true))
                path.Operations!.Remove(HttpMethod.Head);
            document.AddComponent(ApiErrors.Schema, ApiErrors.Problem());
            document.Components?.Schemas?.Remove("ProblemDetails");
            ApiSchemas.Simplify(document);
            var examples = new SchemaExample(document);
            foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values.ToArray() ?? []))
                examples.Complete(operation);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            ApiAccess.Describe(operation, context.Description.ActionDescriptor.EndpointMetadata.OfType<EndpointPermission>().LastOrDefault());
            ApiParameters.Describe(operation);
            ApiErrors.Describe(operation);
            answers?.Describe(operation);
            var examples = context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyExample[]>().FirstOrDefault();
            foreach (var media in examples is null ? [] : operation.RequestBody?.Content?.Values ?? [])
                media.Examples = examples!.ToDictionary(example => example.Name, IOpenApiExample (example) => new OpenApiExample { Summary = example.Summary, Value = JsonNode.Parse(example.Json) });
            return Task.CompletedTask;
        });
    }

    public static void MapApiDocument(this WebApplication app) => app.MapOpenApi("/openapi/{documentName}.json").Allow(Permission.Anonymous);

    public static RouteHandlerBuilder WithExamples(this RouteHandlerBuilder route, BodyExample[] examples) => route.WithMetadata([examples]);
}
