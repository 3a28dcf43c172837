using LpmOs.Cli.Texts;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LpmOs.Cli.Session;

/// <summary><c>~/.config/lpmos/config.yaml</c>: server, token, idc, output, ca. Flat, every key optional.</summary>
internal static class ConfigFile
{
    private const long Longest = 64 * 1024;
    private static readonly string[] Keys = ["server", "token", "idc", "output", "ca"];

    /// <summary>Empty where there is no file.</summary>
    /// <exception cref="UsageException">It cannot be read, or has a key that is not known.</exception>
    public static IReadOnlyDictionary<string, string> Read(Terminal terminal, Words words)
    {
        var path = Path(terminal.Environment);
        if (path is null || !File.Exists(path))
            return new Dictionary<string, string>();
        try
        {
            if (new FileInfo(path).Length > Longest)
                throw new UsageException(words.ConfigUnreadable(path, "> 64 KiB"));
            using var text = File.OpenText(path);
            var values = Parse(text, path, words);
            if (values.ContainsKey("token") && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
                terminal.Error.WriteLine(words.TokenReadable(path));
            return values;
        }
        catch (Exception e) when (e is YamlException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(words.ConfigUnreadable(path, e.Message));
        }
    }

    /// <summary>Keeps a token, or takes it away; what else the file holds stays. Nobody else may read it.</summary>
    /// <param name="server">Whose token it is; null: as it is.</param>
    public static void SetToken(Terminal terminal, Words words, Uri? server, string? token)
    {
        var path = Path(terminal.Environment) ?? throw new UsageException(words.NoConfigPath);
        var values = new Dictionary<string, string>(Read(terminal, words));
        values.Remove("token");
        if (server is not null)
            values["server"] = server.AbsoluteUri.TrimEnd('/');
        if (token is not null)
            values["token"] = token;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            // Beside it and moved: a token is never in a file that others may read, nor half of one in this.
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var draft = path + ".new";
            File.Delete(draft);
            using (var writer = new StreamWriter(draft, options))
                new YamlStream(new YamlDocument(new YamlMappingNode(values.Select(pair => KeyValuePair.Create<YamlNode, YamlNode>(pair.Key, new YamlScalarNode(pair.Value) { Style = ScalarStyle.DoubleQuoted }))))).Save(writer, assignAnchors: false);
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(words.ConfigUnreadable(path, e.Message));
        }
    }

    public static string? Path(Func<string, string?> environment)
    {
        if (environment("LPMOS_CONFIG") is { Length: > 0 } named)
            return named;
        var home = environment("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg : environment("HOME") is { Length: > 0 } user ? System.IO.Path.Combine(user, ".config") : null;
        return home is null ? null : System.IO.Path.Combine(home, "lpmos", "config.yaml");
    }

    private static Dictionary<string, string> Parse(TextReader text, string path, Words words)
    {
        var yaml = new YamlStream();
        yaml.Load(text);
        var values = new Dictionary<string, string>();
        if (yaml.Documents.Count == 0)
            return values;
        if (yaml.Documents[0].RootNode is not YamlMappingNode root)
            throw new UsageException(words.ConfigUnreadable(path, "key: value"));
        foreach (var (key, value) in root.Children)
        {
            if (key is not YamlScalarNode { Value: { } name } || !Keys.Contains(name) || value is not YamlScalarNode { Value: { } scalar })
                throw new UsageException(words.ConfigKey(path, key.ToString(), string.Join(", ", Keys)));
            values[name] = scalar;
        }
        return values;
    }
}
