using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Session;

/// <summary>Which service is spoken to, and how. The command line goes before the environment, that before the config file.</summary>
internal sealed record ServerSettings
{
    public const string DefaultServer = "http://127.0.0.1:8080";

    public required Uri Server { get; init; }
    /// <summary>Sent as <c>Authorization: Bearer</c>. Never on the command line, where every user of the machine could read it.</summary>
    public string? Token { get; init; }
    /// <summary>Stands for the IDC where a machine is named by its serial number alone.</summary>
    public string? Idc { get; init; }
    public string? Output { get; init; }

    /// <exception cref="UsageException">A value is not allowed.</exception>
    public static ServerSettings Read(string? server, Terminal terminal, Words words)
    {
        var config = ConfigFile.Read(terminal, words);
        string? Value(string variable, string key) => terminal.Environment(variable) is { Length: > 0 } value ? value : config.GetValueOrDefault(key);
        var address = server ?? Value("LPMOS_SERVER", "server") ?? DefaultServer;
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length > 0)
            throw new UsageException(words.ServerNotAllowed(address));
        var token = Value("LPMOS_TOKEN", "token")?.Trim();
        // A line break would end the header.
        if (token?.Any(c => c is < '!' or > '~') == true)
            throw new UsageException(words.TokenNotAllowed);
        return new ServerSettings { Server = uri, Token = token, Idc = Value("LPMOS_IDC", "idc"), Output = Value("LPMOS_OUTPUT", "output") };
    }
}
