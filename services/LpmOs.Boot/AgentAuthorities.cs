using System.Security.Cryptography;

namespace LpmOs.Boot;

/// <summary>
/// The authorities that a site's agents trust. The file is too long for a kernel's command line, its digest is not: the boot script carries
/// the digest, and the agent fetches the file and compares.
/// </summary>
/// <param name="Pem">The file as it is.</param>
/// <param name="Sha256">In lower-case hexadecimal.</param>
internal sealed record AgentAuthorities(ReadOnlyMemory<byte> Pem, string Sha256)
{
    public static AgentAuthorities Of(byte[] pem) => new(pem, Convert.ToHexStringLower(SHA256.HashData(pem)));
}
