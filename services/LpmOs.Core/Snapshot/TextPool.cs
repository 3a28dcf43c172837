using System.Text.Json;
using System.Text.Json.Serialization;

namespace LpmOs.Core.Snapshot;

/// <summary>
/// Short texts, each kept once: a hundred thousand machines say the same models, drivers and steps again and again. A table of fixed size without locks; a text that finds its place
/// taken takes it, so what is new costs an allocation and nothing more.
/// </summary>
internal sealed class TextPool
{
    /// <summary>Longer ones seldom come twice.</summary>
    public const int Longest = 64;
    private const int Places = 1 << 14;

    private readonly string?[] _texts = new string?[Places];

    public string Get(ReadOnlySpan<char> text)
    {
        if (text.Length > Longest)
            return text.ToString();
        ref var place = ref _texts[string.GetHashCode(text) & (Places - 1)];
        return place is { } known && text.SequenceEqual(known) ? known : place = text.ToString();
    }

    /// <summary>Reads JSON texts through the pool.</summary>
    internal sealed class Converter(TextPool pool) : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence || reader.ValueSpan.Length > Longest)
                return reader.GetString();
            Span<char> text = stackalloc char[Longest];
            return pool.Get(text[..reader.CopyString(text)]);
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
    }
}
