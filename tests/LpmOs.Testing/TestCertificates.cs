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

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var authority = request.CreateSelfSigned(_from, _until);
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        Issue(authority, "CN=etcd", ServerAuthentication, ServerCertificate, ServerKey);
        Issue(authority, "CN=lpmos", ClientAuthentication, ClientCertificate, ClientKey);
    }

    public string Authority => _folder.File("ca.pem");
    public string ServerCertificate => _folder.File("server.pem");
    public string ServerKey => _folder.File("server-key.pem");
    public string ClientCertificate => _folder.File("client.pem");
    public string ClientKey => _folder.File("client-key.pem");

    public void Dispose() => _folder.Dispose();

    private void Issue(X509Certificate2 authority, string subject, string usage, string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        // etcd is a client of its own port too (its JSON gateway), with its server certificate.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage), new Oid(ClientAuthentication)], false));
        using var certificate = request.Create(authority, _from, _until, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
