using Microsoft.Extensions.Configuration;

namespace LpmOs.Core.Hosting.Tls;

/// <summary>Where a service's certificate and its key are: <c>Tasks:Tls:CertFile</c> and so on, else <c>Tls:CertFile</c>, which all services of a process share.</summary>
/// <param name="Section">Where in the configuration they are named.</param>
internal sealed record TlsFiles(string Section, string CertFile, string KeyFile)
{
    /// <summary>Null: the service has no https address.</summary>
    /// <param name="service">Name of the service in the configuration.</param>
    /// <param name="urls">Where it listens.</param>
    /// <exception cref="SettingException">An https address without certificate, a certificate without key, or a certificate of its own that no address would use.</exception>
    public static TlsFiles? Read(IConfiguration configuration, string service, IReadOnlyList<string> urls)
    {
        var own = Pair(configuration, $"{service}:Tls");
        var secure = urls.FirstOrDefault(url => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase));
        if (secure is null)
            return own is null ? null : throw new SettingException($"{service}:Tls:CertFile", own.CertFile, $"with an https:// address in {service}:Urls, which has {string.Join(';', urls)}: nothing would use the certificate");
        return own ?? Pair(configuration, "Tls") ?? throw new SettingException($"{service}:Urls", secure, $"http://address:port, or https://address:port with {service}:Tls:CertFile and {service}:Tls:KeyFile, or Tls:CertFile and Tls:KeyFile, PEM files");
    }

    private static TlsFiles? Pair(IConfiguration configuration, string section) => (Text(configuration, section, "CertFile"), Text(configuration, section, "KeyFile")) switch
    {
        (null, null) => null,
        ({ } cert, { } key) => new TlsFiles(section, cert, key),
        (var cert, _) => throw new SettingException($"{section}:{(cert is null ? "CertFile" : "KeyFile")}", null, "the PEM file that belongs to the other one: certificate and key are given together"),
    };

    private static string? Text(IConfiguration configuration, string section, string name) => configuration[$"{section}:{name}"]?.Trim() is { Length: > 0 } text ? text : null;
}
