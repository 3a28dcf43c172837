using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LpmOs.Core.Hosting.Tls;

/// <summary>A certificate as it is shown to clients, with what is between it and its authority.</summary>
internal sealed record LoadedCertificate(X509Certificate2 Leaf, SslStreamCertificateContext Context, string Digest)
{
    private const int LongestFile = 1024 * 1024;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public string Serial => Leaf.SerialNumber;
    public DateTimeOffset NotBefore => Leaf.NotBefore;
    public DateTimeOffset NotAfter => Leaf.NotAfter;

    /// <summary>What the two files hold now, to be told from what they held before.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read; the message names it.</exception>
    public static (string Cert, string Key, string Digest) ReadFiles(TlsFiles files)
    {
        var (cert, key) = (ReadFile(files.CertFile), ReadFile(files.KeyFile));
        return (cert, key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cert + "\n\0" + key))));
    }

    /// <exception cref="InvalidDataException">They hold no certificate that a server could use; the message says why.</exception>
    public static LoadedCertificate Parse(TlsFiles files, string cert, string key, string digest)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(cert);
            var leaf = X509Certificate2.CreateFromPem(cert, key);
            if (leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any() && !leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(usage => usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == ServerAuthentication)))
                throw new InvalidDataException($"the certificate in {files.CertFile} is not for servers (its extended key usage lacks serverAuth)");
            // Offline: a closed network has nobody to fetch a missing link of the chain from.
            return new LoadedCertificate(leaf, SslStreamCertificateContext.Create(leaf, chain, offline: true), digest);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{files.CertFile} and {files.KeyFile} are no certificate (PEM, its own first, then those between it and its authority) and its key (PEM, not encrypted): {e.Message}", e);
        }
    }

    private static string ReadFile(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LongestFile)
                throw new InvalidDataException($"{path} is longer than 1 MiB");
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
