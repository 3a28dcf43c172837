using System.Security.Cryptography;

namespace LpmOs.Cli.Client;

/// <summary>A file as a vendor's list names it.</summary>
/// <param name="Address">Where the vendor has it.</param>
/// <param name="Algorithm">What the list's digest is made with; SHA-256, SHA-384, SHA-512, or one that is no proof any more (SHA-1, MD5).</param>
/// <param name="Digest">Lower-case hexadecimal.</param>
internal sealed record PublishedFile(string Address, HashAlgorithmName Algorithm, string Digest)
{
    /// <summary>Nobody can make another file with the same digest.</summary>
    public bool IsTrusted => Algorithm == HashAlgorithmName.SHA256 || Algorithm == HashAlgorithmName.SHA512 || Algorithm == HashAlgorithmName.SHA384;
}
