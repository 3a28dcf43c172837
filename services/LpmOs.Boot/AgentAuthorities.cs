using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LpmOs.Boot;

/// <summary>
/// The authorities that a site's agents trust. The file is too long for a kernel's command line, its digest is not: the boot script carries
/// the digest, and the agent fetches the file and compares.
/// </summary>
/// <param name="Pem">The file as it is.</param>
/// <param name="Sha256">In lower-case hexadecimal.</param>
/// <param name="Certificates">Its certificates alone, without what people write between them: installers' hooks carry them within their text.</param>
internal sealed record AgentAuthorities(ReadOnlyMemory<byte> Pem, string Sha256, string Certificates)
{
    /// <exception cref="CryptographicException">There are no certificates in it.</exception>
    public static AgentAuthorities Of(byte[] pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Encoding.Latin1.GetString(pem));
        return new(pem, Convert.ToHexStringLower(SHA256.HashData(pem)), certificates.ExportCertificatePems() + "\n");
    }
}
