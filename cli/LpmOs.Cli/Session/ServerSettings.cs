using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Session;

/// <summary>Which service is spoken to, and how. The command line goes before the environment, that before the config file.</summary>
internal sealed record ServerSettings
{
    public const string DefaultServer = "http://127.0.0.1:8080";

    public required Uri Server { get; init; }
    /// <summary>Sent as <c>Authorization: Bearer</c>. Never on the command line, where every user of the machine could read it.</summary>
    public string? Token { get; init; }
    /// <summary>Authorities that may have signed the service's certificate, and no others; null: those that the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
    /// <summary>Stands for the IDC where a machine is named by its serial number alone.</summary>
    public string? Idc { get; init; }
    public string? Output { get; init; }

    /// <exception cref="UsageException">A value is not allowed.</exception>
    public static ServerSettings Read(string? server, string? ca, Terminal terminal, Words words)
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
        var authorities = (ca ?? Value("LPMOS_CA", "ca")) is { Length: > 0 } file ? ReadAuthorities(file, words) : null;
        return new ServerSettings { Server = uri, Authorities = authorities, Token = token, Idc = Value("LPMOS_IDC", "idc"), Output = Value("LPMOS_OUTPUT", "output") };
    }

    /// <summary>What a connection to the service goes through.</summary>
    public SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler();
        if (Authorities is { } authorities)
        {
            // A company's own authority seldom has a revocation list that could be asked from here.
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        return handler;
    }

    private static X509Certificate2Collection ReadAuthorities(string file, Words words)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            return authorities.Count > 0 ? authorities : throw new UsageException(words.AuthoritiesNotAllowed(file, "-"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException(words.AuthoritiesNotAllowed(file, e.Message));
        }
    }
}
