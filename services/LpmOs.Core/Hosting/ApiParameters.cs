using System.Text.Json.Nodes;
using LpmOs.Core.Domain.Identity;
using Microsoft.OpenApi;

namespace LpmOs.Core.Hosting;

/// <summary>Parameters that mean the same in every operation, described once, each with an example that works.</summary>
internal static class ApiParameters
{
    private static readonly Dictionary<string, (string Description, string Example)> Known = new()
    {
        ["idc"] = ($"Datacentre: {Names.IdcAllowed}.", "dc1"),
        ["sn"] = ($"Serial number of the machine: {Names.SnAllowed}.", "sn-001"),
        ["task_id"] = ($"Id of a task: {Names.TaskIdAllowed}.", "task-0a1b2c3d"),
        ["folder"] = ("Folder of a template: the first part of its name.", "ipxe"),
        ["file"] = ("File of a template: the second part of its name.", "entry.ipxe"),
        ["name"] = ("Name of the profile.", "web"),
        ["tag"] = ("A tag, as tasks and machines have it.", "rack-a12"),
        ["kind"] = ("regional or boot.", "regional"),
        ["instance"] = ("As the list of IDCs names it.", "server-1-8081"),
        ["mac"] = ($"MAC of the machine: {MacAddress.Allowed}.", "00:1a:2b:3c:4d:5e"),
    };

    private static readonly Dictionary<string, string> Examples = new()
    {
        ["status"] = "pending,approved", ["q"] = "web", ["tag"] = "rack-a12", ["unmatched"] = "true", ["online"] = "true",
    };

    public static void Describe(OpenApiOperation operation)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter.Name is not { } name)
                continue;
            // Ids of different things have one name.
            if (parameter.Required && name == "id")
                parameter.Example ??= JsonValue.Create(operation.OperationId?.Contains("Webhook", StringComparison.Ordinal) == true ? "0a1b2c3d" : "current");
            if (Known.TryGetValue(name, out var known) && (parameter.Required || name is not ("name" or "tag")))
                parameter.Description ??= known.Description;
            if (parameter.Required && Known.ContainsKey(name))
                parameter.Example ??= JsonValue.Create(known.Example);
            // Examples of filters are for the reader; as an example value, Swagger UI would send each with the first try.
            else if (!parameter.Required && Examples.TryGetValue(name, out var example) && parameter.Description?.Contains("Example:", StringComparison.Ordinal) == false)
                parameter.Description += $" Example: `{example}`.";
            // Read as text, so that what is wrong is answered with the field's name; clients are to send numbers.
            if (name == "limit" && parameter.Schema is OpenApiSchema schema)
                (schema.Type, schema.Format, schema.Minimum, schema.Maximum) = (JsonSchemaType.Integer, "int32", "1", "1000");
        }
    }
}
