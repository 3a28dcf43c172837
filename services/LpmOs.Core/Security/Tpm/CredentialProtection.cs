using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LpmOs.Core.Security.Tpm;

/// <summary>
/// What TPM2_MakeCredential does, without a TPM (TPM 2.0 Library, part 1, 24 "Credential Protection", annex B.10 for RSA, C.6 for elliptic curves): a secret that only the TPM with the
/// endorsement key can open, and only while the key of that name is loaded in it.
/// </summary>
public static class CredentialProtection
{
    private const int HashBytes = 32;
    private const int CipherKeyBytes = 16;
    private const int BlockBytes = 16;
    private const string Use = "IDENTITY";

    /// <summary>With the zero at its end (annex B.4).</summary>
    private static ReadOnlySpan<byte> Label => "IDENTITY\0"u8;

    /// <param name="name">Of the key that the TPM must hold.</param>
    /// <param name="secret">At most 32 bytes.</param>
    /// <returns>The insides of TPM2B_ID_OBJECT and of TPM2B_ENCRYPTED_SECRET.</returns>
    public static (byte[] Credential, byte[] EncryptedSecret) Make(TpmPublicKey endorsement, ReadOnlySpan<byte> name, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(secret.Length, HashBytes);
        var (seed, encryptedSeed) = endorsement.Point is { } point ? Agree(point) : Wrap(endorsement.Modulus!);
        var identity = Encrypt(KdfA(seed, "STORAGE", name, CipherKeyBytes), Sized(secret));
        byte[] covered = [.. identity, .. name];
        var integrity = HMACSHA256.HashData(KdfA(seed, "INTEGRITY", [], HashBytes), covered);
        return ([.. Sized(integrity), .. identity], encryptedSeed);
    }

    private static (byte[] Seed, byte[] Encrypted) Agree(ECPoint point)
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
        var ours = ephemeral.ExportParameters(includePrivateParameters: false).Q;
        return (KdfE(ephemeral.DeriveRawSecretAgreement(theirs.PublicKey), Use, ours.X!, point.X!), [.. Sized(ours.X!), .. Sized(ours.Y!)]);
    }

    private static (byte[] Seed, byte[] Encrypted) Wrap(byte[] modulus)
    {
        var seed = RandomNumberGenerator.GetBytes(HashBytes);
        return (seed, RsaOaep.Encrypt(modulus, seed, Label));
    }

    /// <summary>KDFa (part 1, 11.4.10.2), the counter mode of SP 800-108 with HMAC-SHA-256; one round is enough here.</summary>
    private static byte[] KdfA(byte[] key, string label, ReadOnlySpan<byte> context, int bytes)
    {
        Span<byte> bits = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bits, (uint)bytes * 8);
        byte[] message = [0, 0, 0, 1, .. Encoding.ASCII.GetBytes(label), 0, .. context, .. bits];
        return HMACSHA256.HashData(key, message)[..bytes];
    }

    /// <summary>KDFe (part 1, 11.4.10.3), the one-step derivation of SP 800-56A.</summary>
    private static byte[] KdfE(byte[] agreed, string use, byte[] partyU, byte[] partyV) =>
        SHA256.HashData([0, 0, 0, 1, .. agreed, .. Encoding.ASCII.GetBytes(use), 0, .. partyU, .. partyV]);

    // Each key encrypts one text: the initialization vector is zero. CFB needs no whole blocks, .NET's wants them.
    private static byte[] Encrypt(byte[] key, byte[] plain)
    {
        using var cipher = Aes.Create();
        cipher.Key = key;
        var padded = new byte[(plain.Length + BlockBytes - 1) / BlockBytes * BlockBytes];
        plain.CopyTo(padded, 0);
        return cipher.EncryptCfb(padded, new byte[BlockBytes], PaddingMode.None, feedbackSizeInBits: 128)[..plain.Length];
    }

    private static byte[] Sized(ReadOnlySpan<byte> bytes)
    {
        var sized = new byte[sizeof(ushort) + bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(sized, (ushort)bytes.Length);
        bytes.CopyTo(sized.AsSpan(sizeof(ushort)));
        return sized;
    }
}
