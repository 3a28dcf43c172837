namespace LpmOs.EndToEnd.Lab;

/// <summary>A site's own certificate authority, which nobody else knows, and the certificate of its services, made by openssl.</summary>
internal sealed record SiteAuthority(string CaFile, string CertFile, string KeyFile)
{
    public static async Task<SiteAuthority> CreateAsync(string folder, CancellationToken cancellationToken)
    {
        var (ca, caKey, cert, key) = (Path.Combine(folder, "ca.pem"), Path.Combine(folder, "ca-key.pem"), Path.Combine(folder, "server.pem"), Path.Combine(folder, "server-key.pem"));
        string[] request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
        await Command.RunAsync("openssl", [.. request, "-subj", "/CN=the site's authority", "-addext", "keyUsage=critical,keyCertSign", "-keyout", caKey, "-out", ca], cancellationToken);
        await Command.RunAsync("openssl",
            [.. request, "-CA", ca, "-CAkey", caKey, "-subj", "/CN=lpmos", "-addext", $"subjectAltName=IP:{LabNetwork.Address},IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth", "-keyout", key, "-out", cert], cancellationToken);
        return new SiteAuthority(ca, cert, key);
    }

    /// <summary>Settings by which machines reach the regional service by TLS alone; firmware and iPXE go on to speak HTTP with the boot service.</summary>
    public IEnumerable<(string Key, string Value)> Settings =>
    [
        ("Tls:CertFile", CertFile), ("Tls:KeyFile", KeyFile), ("Boot:CaFile", CaFile),
        ("Regional:Urls", "http://127.0.0.1:8081;https://0.0.0.0:8444"), ("Regional:PublicUrl", $"https://{LabNetwork.Address}:8444"),
    ];
}
