using System.Text.Json;

namespace LpmOs.Cli.Client;

/// <summary>
/// Stream metadata of Fedora CoreOS (docs.fedoraproject.org, «Stream metadata»): <c>architectures.ARCH.artifacts.PLATFORM.formats.FORMAT.FILE</c> with location and
/// sha256 each. One malformed file refuses the whole: whoever wrote it wrote no such list.
/// </summary>
internal static class StreamMetadata
{
    /// <summary>Artifacts; the stable stream has some two hundred.</summary>
    public const int Most = 10_000;
    private const int Deepest = 32;
    private const int LongestLocation = 2000;

    /// <exception cref="FormatException">It is no such document; the message is the path of what is wrong with it.</exception>
    public static Dictionary<string, string> Read(string text)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Deepest });
            if (Object(document.RootElement, "").All(property => property.Name != "stream"))
                throw new FormatException("stream");
            foreach (var architecture in Object(Member(document.RootElement, "architectures", ""), "architectures"))
                ReadArchitecture(all, architecture.Value, "architectures." + architecture.Name);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("JSON", e);
        }
        return all;
    }

    private static void ReadArchitecture(Dictionary<string, string> all, JsonElement architecture, string path)
    {
        foreach (var platform in Object(Member(architecture, "artifacts", path), path + ".artifacts"))
        {
            var formats = $"{path}.artifacts.{platform.Name}.formats";
            foreach (var format in Object(Member(platform.Value, "formats", formats), formats))
            {
                foreach (var file in Object(format.Value, $"{formats}.{format.Name}"))
                    Add(all, file.Value, $"{formats}.{format.Name}.{file.Name}");
            }
        }
    }

    private static void Add(Dictionary<string, string> all, JsonElement file, string path)
    {
        var (location, digest) = (Text(file, "location", path), Text(file, "sha256", path));
        if (all.Count == Most || !IsLocation(location) || digest.Length != 64 || !digest.All(char.IsAsciiHexDigit) || !all.TryAdd(location, digest.ToLowerInvariant()))
            throw new FormatException(path);
    }

    private static bool IsLocation(string text) =>
        text.Length <= LongestLocation && !text.Any(c => c <= ' ' || c > '~') && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https");

    private static JsonElement.ObjectEnumerator Object(JsonElement element, string path) => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new FormatException(path);

    private static JsonElement Member(JsonElement element, string name, string path) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : throw new FormatException(path.Length == 0 ? name : path);

    private static string Text(JsonElement element, string name, string path) =>
        Member(element, name, path) is { ValueKind: JsonValueKind.String } member ? member.GetString()! : throw new FormatException(path);
}
