using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace LpmOs.Core.Security.Tpm;

/// <summary>RSAES-OAEP with SHA-256, MGF1 with SHA-256 and a label (RFC 8017, sections 7.1.1 and B.2.1). TPMs want a label, which .NET's own has not.</summary>
internal static class RsaOaep
{
    private const int HashBytes = 32;
    private const int PublicExponent = 65_537;

    /// <param name="modulus">Big endian, the first bit set.</param>
    /// <param name="message">At most 66 bytes shorter than the modulus.</param>
    /// <param name="label">With all its bytes.</param>
    public static byte[] Encrypt(byte[] modulus, ReadOnlySpan<byte> message, ReadOnlySpan<byte> label)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, modulus.Length - (2 * HashBytes) - 2);
        // 00, the masked seed, and the masked block: hash of the label, zeros, 01, the message.
        var padded = new byte[modulus.Length];
        var seed = padded.AsSpan(1, HashBytes);
        var block = padded.AsSpan(1 + HashBytes);
        SHA256.HashData(label, block);
        block[^(message.Length + 1)] = 1;
        message.CopyTo(block[^message.Length..]);
        RandomNumberGenerator.Fill(seed);
        Mask(block, seed);
        Mask(seed, block);
        var raised = BigInteger.ModPow(new BigInteger(padded, isUnsigned: true, isBigEndian: true), PublicExponent, new BigInteger(modulus, isUnsigned: true, isBigEndian: true));
        var encrypted = new byte[modulus.Length];
        var bytes = raised.GetByteCount(isUnsigned: true);
        raised.TryWriteBytes(encrypted.AsSpan(encrypted.Length - bytes), out _, isUnsigned: true, isBigEndian: true);
        return encrypted;
    }

    private static void Mask(Span<byte> masked, ReadOnlySpan<byte> seed)
    {
        Span<byte> input = stackalloc byte[seed.Length + sizeof(uint)], hash = stackalloc byte[HashBytes];
        seed.CopyTo(input);
        for (var at = 0; at < masked.Length; at++)
        {
            if (at % HashBytes == 0)
            {
                BinaryPrimitives.WriteUInt32BigEndian(input[seed.Length..], (uint)(at / HashBytes));
                SHA256.HashData(input, hash);
            }
            masked[at] ^= hash[at % HashBytes];
        }
    }
}
