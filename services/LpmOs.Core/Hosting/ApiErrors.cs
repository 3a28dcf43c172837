using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace LpmOs.Core.Hosting;

/// <summary>The error answers of an operation: problem details (RFC 9457) with what they mean and an example.</summary>
internal static class ApiErrors
{
    private const string ProblemType = "application/problem+json";

    private static readonly Dictionary<int, (string Meaning, string Example)> Known = new()
    {
        [400] = ("The request has invalid fields; all of them are listed.",
            """{"title":"The request has invalid fields","status":400,"detail":"sn: 'a b/c' is not allowed.","code":"invalid_request","errors":{"sn":["'a b/c' is not allowed."]}}"""),
        [401] = ("The token is missing or not valid.", """{"title":"The token is not valid","status":401,"code":"invalid_token"}"""),
        [403] = ("The token belongs to another machine, or does not allow this.", """{"title":"The token belongs to another machine","status":403,"code":"token_of_another_machine"}"""),
        [404] = ("There is no such thing.", """{"title":"Task not found","status":404,"detail":"dc1 has no task for sn-001.","code":"task_not_found"}"""),
        [409] = ("The present state does not allow this; nothing was changed.",
            """{"title":"The task's state does not allow this","status":409,"detail":"task-0a1b2c3d is completed: approve is not allowed.","code":"move_not_allowed"}"""),
        [413] = ("The body is too large.", """{"title":"The body is too large","status":413,"code":"body_too_large"}"""),
        [415] = ("The body is in a form that is not understood.", """{"title":"Unsupported Media Type","status":415,"code":"unsupported_media_type"}"""),
        [422] = ("The request is understood and cannot be carried out as it stands.", """{"title":"The request cannot be carried out","status":422,"code":"refused"}"""),
        [429] = ("Too many requests; try again later.", """{"title":"Too many requests","status":429,"code":"too_many_requests"}"""),
        [500] = ("A fault of the service; its log says more.", """{"title":"An error occurred while processing your request.","status":500,"code":"internal_error"}"""),
        [503] = ("The store does not answer, or the service is busy; try again in a few seconds.",
            """{"title":"The store does not answer","status":503,"detail":"Nothing is lost; try again in a few seconds.","code":"store_unavailable"}"""),
    };

    public static void Describe(OpenApiOperation operation)
    {
        operation.Responses ??= [];
        // Any operation may meet a fault of the service itself.
        operation.Responses.TryAdd("500", Answer());
        // And a service that has just started answers nothing from a copy of the store that it has not got yet.
        operation.Responses.TryAdd("503", Answer());
        if (operation.RequestBody is not null)
            operation.Responses.TryAdd("413", Answer());
        foreach (var (status, answer) in operation.Responses)
        {
            if (answer is not OpenApiResponse response || !int.TryParse(status, CultureInfo.InvariantCulture, out var code) || !Known.TryGetValue(code, out var known))
                continue;
            response.Description = known.Meaning;
            foreach (var (type, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                if (type != ProblemType)
                    continue;
                media.Schema = new OpenApiSchemaReference(Schema);
                media.Example ??= JsonNode.Parse(known.Example);
            }
        }
    }

    private static OpenApiResponse Answer() => new() { Content = new Dictionary<string, OpenApiMediaType> { [ProblemType] = new() } };

    /// <summary>Name of the schema below <c>components</c>.</summary>
    public const string Schema = "Problem";

    /// <summary>What every error answer holds.</summary>
    public static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Problem details (RFC 9457).",
        Required = new HashSet<string> { "title", "status", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("Reference of the HTTP status."),
            ["title"] = Text("What happened, in a few words."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "HTTP status." },
            ["detail"] = Text("What it means and what to do."),
            ["code"] = Text("Stable name of the problem, for programs."),
            ["traceId"] = Text("Id of the request, for the service's log."),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Field name to what is wrong with it and what is allowed.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
