using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace LpmOs.Core.Hosting;

/// <summary>
/// Examples that keep step with their schemas: what a recorded answer lacks because the field is newer than it gets a plain value of its type,
/// and an operation without a recorded answer shows one of such values.
/// </summary>
internal sealed class SchemaExample(OpenApiDocument document)
{
    private const int Deepest = 8;

    public void Complete(OpenApiOperation operation)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status[0] != '2' || response is not OpenApiResponse { Content: { } content })
                continue;
            foreach (var (type, media) in content)
            {
                if (media.Example is not null)
                    Fill(media.Example, media.Schema, 0);
                else if (type == "application/json" && media.Schema is not null)
                    media.Example = Value(media.Schema, 0);
            }
        }
    }

    private void Fill(JsonNode? value, IOpenApiSchema? reference, int depth)
    {
        if (value is null || depth > Deepest || Resolve(reference) is not { } schema)
            return;
        if (value is JsonArray list)
        {
            foreach (var item in list)
                Fill(item, schema.Items, depth + 1);
        }
        if (value is not JsonObject fields)
            return;
        foreach (var name in (schema.Required ?? new HashSet<string>()).Where(name => !fields.ContainsKey(name)))
            fields[name] = Value(Find(schema.Properties, name), depth + 1);
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            Fill(fields[name], property, depth + 1);
        foreach (var (name, field) in schema.AdditionalProperties is null ? [] : fields.ToArray())
        {
            if (schema.Properties?.ContainsKey(name) != true)
                Fill(field, schema.AdditionalProperties, depth + 1);
        }
    }

    private JsonNode? Value(IOpenApiSchema? reference, int depth)
    {
        if (Resolve(reference) is not { } schema || depth > Deepest)
            return new JsonObject();
        if (schema.Enum is { Count: > 0 } choices)
            return choices[0]?.DeepClone();
        switch (schema.Type)
        {
            case JsonSchemaType.String:
                return schema.Format == "date-time" ? "2026-01-02T03:04:05Z" : schema.Format == "uri" ? "http://10.0.0.2/" : "text";
            case JsonSchemaType.Integer or JsonSchemaType.Number:
                return 0;
            case JsonSchemaType.Boolean:
                return false;
            case JsonSchemaType.Array:
                return new JsonArray();
            default:
                var fields = new JsonObject();
                foreach (var name in schema.Required ?? new HashSet<string>())
                    fields[name] = Value(Find(schema.Properties, name), depth + 1);
                return fields;
        }
    }

    private static IOpenApiSchema? Find(IDictionary<string, IOpenApiSchema>? schemas, string name) => schemas is not null && schemas.TryGetValue(name, out var schema) ? schema : null;

    private OpenApiSchema? Resolve(IOpenApiSchema? schema) => schema switch
    {
        OpenApiSchema own => own,
        OpenApiSchemaReference { Reference.Id: { } id } => Find(document.Components?.Schemas, id) as OpenApiSchema,
        _ => null,
    };
}
