using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LpmOs.Testing;

/// <summary>An authority, a server certificate for 127.0.0.1 and a client certificate, as PEM files.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1", ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly TemporaryFolder _folder = new();
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddDays(-1);
    private readonly DateTimeOffset _until = TimeProvider.System.GetUtcNow().AddDays(30);
    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _authority = AuthorityRequest("CN=test authority", key).CreateSelfSigned(_from, _until);
        File.WriteAllText(Authority, _authority.ExportCertificatePem());
        RenewServer();
        Issue(_authority, "CN=lpmos", ClientAuthentication, _until, ClientCertificate, ClientKey);
    }

    public string Authority => _folder.File("ca.pem");
    public string ServerCertificate => _folder.File("server.pem");
    public string ServerKey => _folder.File("server-key.pem");
    public string ClientCertificate => _folder.File("client.pem");
    public string ClientKey => _folder.File("client-key.pem");

    /// <summary>Replaces the server's certificate and key, as a site's own tool does before they end.</summary>
    /// <param name="between">Signed by an authority between it and ours, whose certificate follows in the file.</param>
    /// <returns>The serial number, as openssl prints it.</returns>
    public string RenewServer(bool between = false, DateTimeOffset? until = null)
    {
        if (!between)
            return Issue(_authority, "CN=server", ServerAuthentication, until ?? _until, ServerCertificate, ServerKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = AuthorityRequest("CN=authority between", key).Create(_authority, _from, _until, RandomNumberGenerator.GetBytes(8));
        using var issuer = signed.CopyWithPrivateKey(key);
        var serial = Issue(issuer, "CN=server", ServerAuthentication, until ?? _until, ServerCertificate, ServerKey);
        File.AppendAllText(ServerCertificate, "\n" + issuer.ExportCertificatePem() + "\n");
        return serial;
    }

    /// <summary>Replaces the client's certificate and key.</summary>
    /// <param name="subject">For example <c>C=CN, CN=name</c>.</param>
    public void RenewClient(string subject) => Issue(_authority, subject, ClientAuthentication, _until, ClientCertificate, ClientKey);

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private static CertificateRequest AuthorityRequest(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request;
    }

    private string Issue(X509Certificate2 issuer, string subject, string usage, DateTimeOffset until, string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        // etcd is a client of its own port too (its JSON gateway), with its server certificate.
        request.CertificateExtensions.Add(usage == ClientAuthentication
            ? new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], false)
            : new X509EnhancedKeyUsageExtension([new Oid(usage), new Oid(ClientAuthentication)], false));
        // The first bit is kept clear: the number is positive, as DER has it.
        var serial = RandomNumberGenerator.GetBytes(8);
        serial[0] = (byte)(serial[0] & 0x3f | 0x40);
        using var certificate = request.Create(issuer, _from, until, serial);
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return certificate.SerialNumber;
    }
}
