using System.Text.Json;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery.Mac;

/// <summary>Reads the JSON of Apple's programs without trusting its shape.</summary>
internal static class MacJson
{
    private const int MostEntries = 1024;
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = InventoryBounds.Depth };

    /// <summary>Empty where it is no JSON.</summary>
    public static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text.Length == 0 ? "{}" : text, Bounded);
        }
        catch (JsonException)
        {
            return JsonDocument.Parse("{}");
        }
    }

    /// <summary>Objects of a list.</summary>
    public static IEnumerable<JsonElement> Entries(JsonElement element, string name) => List(element, name).Where(entry => entry.ValueKind == JsonValueKind.Object);

    public static IEnumerable<string> Texts(JsonElement element, string name) => List(element, name).Where(entry => entry.ValueKind == JsonValueKind.String).Select(entry => Printable.Clean(entry.GetString(), 64));

    /// <summary>Cleaned; numbers as they are written; null where there is nothing.</summary>
    public static string? Text(JsonElement element, string name) => Find(element, name) is { } value ? value.ValueKind switch
    {
        JsonValueKind.String => Printable.Clean(value.GetString()) is { Length: > 0 } text ? text : null,
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    } : null;

    public static long? Number(JsonElement element, string name) => Find(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number is >= 0 and < long.MaxValue / 4 ? number : null;

    public static bool? Flag(JsonElement element, string name) => Find(element, name)?.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };

    private static JsonElement? Find(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static IEnumerable<JsonElement> List(JsonElement element, string name) => Find(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Take(MostEntries) : [];
}
