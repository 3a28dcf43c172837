using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace LpmOs.Core.Hosting;

/// <summary>
/// Schemas as the wire has them: numbers are numbers, and what is absent is left out and never null.
/// The framework's also allow texts for numbers and null for everything, from which the generators make types that nobody can use.
/// </summary>
internal static partial class ApiSchemas
{
    // The framework names it after its own type, from which the generators make a class without members.
    private const string AnyJson = "JsonElement";

    public static void Simplify(OpenApiDocument document)
    {
        foreach (var schema in document.Components?.Schemas?.Values.OfType<OpenApiSchema>() ?? [])
            Simplify(schema);
        document.Components?.Schemas?.Remove(AnyJson);
        var operations = document.Paths.Values.SelectMany(path => path.Operations is null ? [] : path.Operations.Values.ToArray());
        foreach (var parameter in operations.SelectMany(operation => operation.Parameters ?? []))
        {
            if (parameter.Schema is OpenApiSchema schema)
                Simplify(schema);
        }
    }

    private static void Simplify(OpenApiSchema schema)
    {
        if (schema.Description is { } text)
            schema.Description = Member().Replace(text, match => $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups[1].Value)}`").ReplaceLineEndings("\n");
        if (schema.Type is { } type)
        {
            type &= ~JsonSchemaType.Null;
            if ((type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0 && type.HasFlag(JsonSchemaType.String))
            {
                type &= ~JsonSchemaType.String;
                schema.Pattern = null;
            }
            schema.Type = type == 0 ? null : type;
        }
        foreach (var (name, property) in schema.Properties?.ToArray() ?? [])
            schema.Properties![name] = Plain(property);
        if (schema.Items is not null)
            schema.Items = Plain(schema.Items);
        if (schema.AdditionalProperties is not null)
            schema.AdditionalProperties = Plain(schema.AdditionalProperties);
    }

    // "null or this" is this.
    private static IOpenApiSchema Plain(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference { Reference.Id: AnyJson })
            return new OpenApiSchema();
        if (schema is not OpenApiSchema own)
            return schema;
        if (own.OneOf is { Count: 2 } choices && choices.Any(IsNull) && choices.FirstOrDefault(choice => !IsNull(choice)) is { } only)
            return Plain(only);
        Simplify(own);
        return own;
    }

    private static bool IsNull(IOpenApiSchema schema) => schema is OpenApiSchema { Type: null or JsonSchemaType.Null, Properties: null, OneOf: null, AllOf: null };

    // References of docstrings come with the type in C#, as in "long? ProgressReport.Sequence"; on the wire it is sequence.
    [GeneratedRegex(@"\b(?:(?:string|int|long|bool|DateTimeOffset|IReadOnly\w+<[^>]+>)\?? )?(?<!`)[A-Z][a-z]\w+\.([A-Z][a-z]\w*)\b(?!\()")]
    private static partial Regex Member();
}
