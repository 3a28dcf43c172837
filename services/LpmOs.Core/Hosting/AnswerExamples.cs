using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace LpmOs.Core.Hosting;

/// <summary>Answers of a real service, by operation: the resource <c>answers.json</c> of a service's assembly. Shown with each operation; lists are shortened.</summary>
public sealed class AnswerExamples
{
    private readonly JsonObject _byOperation;

    private AnswerExamples(JsonObject byOperation) => _byOperation = byOperation;

    /// <exception cref="InvalidOperationException">The assembly has no such resource.</exception>
    public static AnswerExamples Of(Assembly assembly)
    {
        var name = assembly.GetManifestResourceNames().FirstOrDefault(resource => resource.EndsWith(".answers.json", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no resource answers.json.");
        using var stream = assembly.GetManifestResourceStream(name)!;
        return new AnswerExamples(JsonSerializer.Deserialize<JsonObject>(stream)!);
    }

    internal void Describe(OpenApiOperation operation)
    {
        if (operation.OperationId is not { } id || _byOperation[id] is not { } answer)
            return;
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status[0] != '2' || response is not OpenApiResponse { Content: { } content })
                continue;
            foreach (var media in content.Values)
                media.Example = answer.DeepClone();
        }
    }
}
