using System.Buffers;
using System.Security.Cryptography;

namespace LpmOs.Cli.Client;

/// <summary>Digests of one file, made in one reading of it: assets are held by SHA-256, whatever a vendor's list is made with.</summary>
internal static class FileDigests
{
    private const int Chunk = 1 << 20;

    /// <returns>Lower-case hexadecimal, by algorithm; SHA-256 always.</returns>
    public static async Task<IReadOnlyDictionary<HashAlgorithmName, string>> OfAsync(Stream content, IEnumerable<HashAlgorithmName> algorithms, CancellationToken cancellationToken)
    {
        var hashes = algorithms.Append(HashAlgorithmName.SHA256).Distinct().Select(IncrementalHash.CreateHash).ToList();
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                foreach (var hash in hashes)
                    hash.AppendData(buffer, 0, read);
            }
            return hashes.ToDictionary(hash => hash.AlgorithmName, hash => Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            hashes.ForEach(hash => hash.Dispose());
        }
    }
}
