using System.Text;
using System.Text.Json;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>Scriban's <c>object</c> functions, without those that run text as a template.</summary>
internal static class ObjectBuiltins
{
    private const int MaxDepth = 20;
    private static readonly FunctionParameter Subject = new("value");

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> All =>
    [
        ("default", [Subject, new("default")], c => c[0] is null or "" ? c[1] : c[0]),
        ("format", [Subject, new("format"), new("culture", true)], c => MathBuiltins.Format(c)),
        ("has_key", [Subject, new("key")], c => c[0] is not null && c[1] is not null && c.Object(0).ContainsKey(c.Text(1))),
        ("has_value", [Subject, new("key")], c => c[0] is not null && c[1] is not null && c.Object(0).TryGetValue(c.Text(1), out var value) && value is not null),
        ("keys", [Subject], c => c[0] is null ? new ScriptArray() : ScriptArray.From(Counted(c, c.Object(0)).Select(m => m.Key))),
        ("values", [Subject], c => c[0] is null ? new ScriptArray() : ScriptArray.From([.. Counted(c, c.Object(0)).Select(m => c.Context.Normalize(c.Caller, m.Value))])),
        ("size", [Subject], c => c[0] switch
        {
            string text => text.Length,
            IReadOnlyDictionary<string, object?> members => members.Count,
            IReadOnlyList<object?> list => list.Count,
            _ => 0,
        }),
        ("typeof", [Subject], c => c[0] switch
        {
            null => null,
            string => "string",
            bool => "boolean",
            long or double or decimal => "number",
            Runtime.Range => "iterator",
            IReadOnlyList<object?> => "array",
            _ => "object",
        }),
        ("to_json", [Subject], c => ToJson(c)),
        ("from_json", [new("json")], c => FromJson(c)),
    ];

    private static IEnumerable<KeyValuePair<string, object?>> Counted(BuiltinCall c, IReadOnlyDictionary<string, object?> members)
    {
        c.Context.Step(c.Caller, members.Count);
        return members;
    }

    private static object? FromJson(BuiltinCall c)
    {
        try
        {
            // At least as many values as there will be.
            c.Context.Step(c.Caller, c.Text(0).AsSpan().CountAny(",[{") + 1);
            using var json = JsonDocument.Parse(c.Text(0), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return TemplateValue.FromJson(json.RootElement);
        }
        catch (JsonException e)
        {
            throw c.Problem("needs valid JSON: " + e.Message, e);
        }
    }

    private static string ToJson(BuiltinCall c)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Write(c, writer, c[0], 0);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(BuiltinCall c, Utf8JsonWriter writer, object? value, int depth)
    {
        if (depth > MaxDepth)
            throw c.Problem("got a value that is nested too deeply, or contains itself");
        c.Context.Step(c.Caller);
        c.Context.CheckLength(c.Caller, writer.BytesCommitted + writer.BytesPending);
        switch (c.Context.Normalize(c.Caller, value))
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(time.UtcDateTime);
                break;
            case IReadOnlyDictionary<string, object?> members:
                writer.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    writer.WritePropertyName(name);
                    Write(c, writer, member, depth + 1);
                }
                writer.WriteEndObject();
                break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (var item in list)
                    Write(c, writer, item, depth + 1);
                writer.WriteEndArray();
                break;
            default:
                throw c.Problem($"cannot write {ValueText.TypeName(value)} as JSON");
        }
    }
}
