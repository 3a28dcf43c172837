using System.Text.Json;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Requests;

/// <summary>
/// Reads a JSON object field by field and notes everything that is wrong, so that one answer names it all;
/// the deserializer would stop at the first. Each field that is read becomes known; <see cref="RefuseOthers"/> names the rest,
/// because a misspelt <c>disk_layout</c> that is quietly ignored wipes the wrong disk.
/// </summary>
internal sealed class JsonFields(JsonElement json, string path, FieldErrors errors)
{
    private readonly Dictionary<string, JsonElement> _fields = ByName(json, path, errors);
    private readonly List<string> _known = [];

    public FieldErrors Errors => errors;
    public string Path => path;

    /// <summary>The body as fields.</summary>
    /// <param name="optional">An absent body, or <c>null</c>, stands for an object without fields.</param>
    /// <exception cref="InvalidRequestException">There is no JSON object.</exception>
    public static async ValueTask<JsonFields> ReadAsync(HttpRequest request, FieldErrors errors, bool optional, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, TasksJson.Default.JsonDocument, cancellationToken);
        if (optional && body?.RootElement.ValueKind is null or JsonValueKind.Null)
            return new JsonFields(EmptyObject, "", errors);
        if (body?.RootElement.ValueKind != JsonValueKind.Object)
            throw new InvalidRequestException("body", "A JSON object is required as the body.");
        return new JsonFields(body.RootElement.Clone(), "", errors);
    }

    public string Name(string field) => path.Length == 0 ? field : $"{path}.{field}";

    /// <summary>The field is given, be it as null.</summary>
    public bool Has(string field) => _fields.ContainsKey(field);

    public string? Text(string field) => Find(field) is { } value ? Text(value, Name(field)) : null;

    public bool? Flag(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        WrongType(Name(field), value, "true or false");
        return null;
    }

    public int? Number(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
            return number;
        WrongType(Name(field), value, "a whole number");
        return null;
    }

    public long? LongNumber(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
            return number;
        WrongType(Name(field), value, "a whole number");
        return null;
    }

    public DateTimeOffset? Time(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time))
            return time.ToUniversalTime();
        WrongType(Name(field), value, "a time of ISO 8601 with its offset, for example 2026-12-31T22:00:00Z");
        return null;
    }

    public IReadOnlyList<string>? Texts(string field, int most) =>
        Items(field, most, "a list of texts")?.Select((item, index) => Text(item, $"{Name(field)}[{index}]") ?? "").ToList();

    public IReadOnlyList<int>? Numbers(string field, int most) => Items(field, most, "a list of whole numbers")?.Select((item, index) =>
    {
        if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number))
            return number;
        WrongType($"{Name(field)}[{index}]", item, "a whole number");
        return 0;
    }).ToList();

    /// <summary>An object whose fields are all texts.</summary>
    public IReadOnlyDictionary<string, string>? Map(string field, int most)
    {
        if (Find(field) is not { } value)
            return null;
        if (Object(value, Name(field)) is not { } fields)
            return null;
        if (fields._fields.Count > most)
        {
            errors.Add(Name(field), $"Has {fields._fields.Count} entries; at most {most} are allowed.");
            return null;
        }
        return fields._fields.ToDictionary(pair => pair.Key, pair => Text(pair.Value, fields.Name(Printable(pair.Key))) ?? "", StringComparer.Ordinal);
    }

    public JsonFields? Object(string field) => Find(field) is { } value ? Object(value, Name(field)) : null;

    public IReadOnlyList<JsonFields>? Objects(string field, int most) =>
        Items(field, most, "a list of objects")?.Select((item, index) => Object(item, $"{Name(field)}[{index}]")).OfType<JsonFields>().ToList();

    /// <summary>A list of anything, to be read item by item.</summary>
    public JsonElement? List(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Array)
            return value;
        WrongType(Name(field), value, "a list");
        return null;
    }

    /// <summary>Notes the fields that nobody asked for.</summary>
    public void RefuseOthers()
    {
        foreach (var name in _fields.Keys.Except(_known))
            errors.Add(Name(Printable(name)), $"There is no such field; known here: {string.Join(", ", _known)}.");
    }

    private static JsonElement EmptyObject { get; } = JsonDocument.Parse("{}").RootElement;

    private JsonElement? Find(string field)
    {
        _known.Add(field);
        return _fields.TryGetValue(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private List<JsonElement>? Items(string field, int most, string expected)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            WrongType(Name(field), value, expected);
            return null;
        }
        if (value.GetArrayLength() <= most)
            return [.. value.EnumerateArray()];
        errors.Add(Name(field), $"Has {value.GetArrayLength()} entries; at most {most} are allowed.");
        return null;
    }

    private JsonFields? Object(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return new JsonFields(value, name, errors);
        WrongType(name, value, "an object");
        return null;
    }

    private string? Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            WrongType(name, value, "a text");
            return null;
        }
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair or bytes that are not UTF-8: valid to the JSON reader, no text for anyone else.
            errors.Add(name, "Is not valid Unicode text in UTF-8.");
            return null;
        }
    }

    private void WrongType(string name, JsonElement value, string expected) =>
        errors.Add(name, $"Must be {expected}, not {Kind(value)}.");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "this text",
        JsonValueKind.Number => "this number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        _ => "an object",
    };

    private static string Printable(string name) =>
        string.Concat((name.Length > 60 ? name[..60] + "…" : name).Select(c => char.IsControl(c) ? '?' : c));

    private static Dictionary<string, JsonElement> ByName(JsonElement json, string path, FieldErrors errors)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            try
            {
                if (!fields.TryAdd(property.Name, property.Value))
                    errors.Add(path.Length == 0 ? Printable(property.Name) : $"{path}.{Printable(property.Name)}", "Is given twice.");
            }
            catch (InvalidOperationException)
            {
                errors.Add(path.Length == 0 ? "body" : path, "A field's name is not valid Unicode text.");
            }
        }
        return fields;
    }
}
