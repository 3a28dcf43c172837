using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LpmOs.Core.Templates.Runtime;

namespace LpmOs.Core.Templates;

/// <summary>
/// Values of template variables: null, bool, integers, double, decimal, string, DateTimeOffset, TimeSpan, dictionaries with string keys,
/// lists, <see cref="JsonElement"/> and <see cref="JsonNode"/>; any other type is refused when a template reads it.
/// </summary>
public static class TemplateValue
{
    /// <summary>
    /// A wire record as templates see it: members by their JSON names, in order. Every member that the type declares is there,
    /// null where the JSON would leave it out, so that a strict template can ask <c>task.hostname ?? "none"</c> and a misspelt name is still an error.
    /// </summary>
    /// <param name="type">Source-generated, for example <c>ContractsJson.Default.InstallTask</c>.</param>
    public static object? FromRecord<T>(T value, JsonTypeInfo<T> type) => FromTyped(value, type);

    public static object? FromJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => FromObject(json),
        JsonValueKind.Array => ReadOnly(json.EnumerateArray().Select(FromJson)),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var integer) ? integer : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static object? FromJson(JsonNode? json) => json is null ? null : FromJson(json.Deserialize(NodeJson.Default.JsonElement));

    /// <summary>Brings a value from outside into the form that templates work with. False: its type is refused.</summary>
    internal static bool TryNormalize(object? value, out object? normal)
    {
        normal = value;
        switch (value)
        {
            case null or string or bool or long or double or decimal or DateTimeOffset or TimeSpan or Function or Empty or LoopState:
            case IReadOnlyDictionary<string, object?> or IReadOnlyList<object?> or Syntax.Block:
                return true;
            case int or short or byte or uint or ushort or sbyte:
                normal = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                return true;
            case ulong big:
                normal = big <= long.MaxValue ? (long)big : (decimal)big;
                return true;
            case float single:
                normal = (double)single;
                return true;
            case DateTime time:
                normal = new DateTimeOffset(time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time);
                return true;
            case JsonElement json:
                normal = FromJson(json);
                return true;
            case JsonNode json:
                normal = FromJson(json);
                return true;
            case Guid or Uri or System.Net.IPAddress:
                normal = value.ToString();
                return true;
            case IDictionary members:
                normal = FromDictionary(members);
                return normal is not null;
            case IEnumerable items:
                normal = ReadOnly(items.Cast<object?>().Select(Normalized));
                return true;
            default:
                return false;
        }
    }

    private static object? Normalized(object? value) => TryNormalize(value, out var normal) ? normal : value;

    private static ScriptObject? FromDictionary(IDictionary members)
    {
        var result = new ScriptObject();
        foreach (DictionaryEntry member in members)
        {
            if (member.Key is not string name)
                return null;
            result.Set(name, Normalized(member.Value));
        }
        return result.Freeze();
    }

    private static ScriptObject FromObject(JsonElement json)
    {
        var result = new ScriptObject();
        foreach (var member in json.EnumerateObject())
            result.Set(member.Name, FromJson(member.Value));
        return result.Freeze();
    }

    private static ScriptArray ReadOnly(IEnumerable<object?> items)
    {
        var result = new ScriptArray { IsReadOnly = true };
        foreach (var item in items)
            result.Add(item);
        return result;
    }

    private static object? FromTyped(object? value, JsonTypeInfo type)
    {
        switch (value)
        {
            case null:
                return null;
            case string or bool or int or long or double or decimal or DateTimeOffset:
                return Normalized(value);
        }
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                var result = new ScriptObject();
                foreach (var property in type.Properties)
                {
                    if (property.Get is { } get)
                        result.Set(property.Name, FromTyped(get(value), type.Options.GetTypeInfo(property.PropertyType)));
                }
                return result.Freeze();
            case JsonTypeInfoKind.Enumerable when type.ElementType is { } element:
                var elementType = type.Options.GetTypeInfo(element);
                return ReadOnly(((IEnumerable)value).Cast<object?>().Select(item => FromTyped(item, elementType)));
            default:
                return FromJson(JsonSerializer.SerializeToElement(value, type));
        }
    }
}

[JsonSerializable(typeof(JsonElement))]
internal sealed partial class NodeJson : JsonSerializerContext;
