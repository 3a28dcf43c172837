using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LpmOs.Cli.Client;

public partial class LpmOsClient
{
    static partial void UpdateJsonSerializerSettings(JsonSerializerOptions settings) => ClientJson.Configure(settings);
}

/// <summary>The service's dialect of JSON, for the generated types: absent instead of null, enumerations in lower case.</summary>
internal static class ClientJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions());

    public static JsonSerializerOptions Configure(JsonSerializerOptions settings)
    {
        settings.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        settings.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        // Chinese stays readable; control characters are escaped by this encoder too.
        settings.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        settings.MaxDepth = 32;
        return settings;
    }
}
