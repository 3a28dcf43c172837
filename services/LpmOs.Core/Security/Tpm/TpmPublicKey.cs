using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LpmOs.Core.Security.Tpm;

/// <summary>
/// A TPM's public key as it came over the network (TPMT_PUBLIC, TPM 2.0 Library, part 2, 12.2.4). Only the kinds that our agent makes are taken, byte for byte but for the point or
/// the modulus: whatever else a key could be allowed to do is then out of the question.
/// </summary>
public sealed class TpmPublicKey
{
    private const int CoordinateBytes = 32;
    private const int ModulusBytes = 256;
    /// <summary>PolicySecret(TPM_RH_ENDORSEMENT), as both templates of endorsement keys have it.</summary>
    private const string EndorsementPolicy = "0020837197674484B3F81A90CC8D46A5D724FD52D76E06520B64F2A1DA1B331469AA";

    /// <summary>SHA-256; fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt; AES-128 in CFB, no scheme, P-256, no KDF (TCG EK Credential Profile 2.5, template L-2).</summary>
    private static readonly byte[] EccEndorsement = Convert.FromHexString("0023000B000300B2" + EndorsementPolicy + "0006008000430010" + "0003" + "0010");
    /// <summary>The same with RSA of 2048 bits and the usual exponent (template L-1).</summary>
    private static readonly byte[] RsaEndorsement = Convert.FromHexString("0001000B000300B2" + EndorsementPolicy + "0006008000430010" + "0800" + "00000000");
    /// <summary>ECC, SHA-256; fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign; no policy, no cipher, ECDSA with SHA-256, P-256, no KDF.</summary>
    private static readonly byte[] EccAttestation = Convert.FromHexString("0023000B0005007200000010" + "0018000B" + "0003" + "0010");
    /// <summary>The same with RSA of 2048 bits, signing by RSASSA with SHA-256.</summary>
    private static readonly byte[] RsaAttestation = Convert.FromHexString("0001000B0005007200000010" + "0014000B" + "0800" + "00000000");

    private TpmPublicKey(ReadOnlyMemory<byte> area, ECPoint? point, byte[]? modulus) => (Area, Point, Modulus) = (area, point, modulus);

    /// <summary>The whole TPMT_PUBLIC.</summary>
    public ReadOnlyMemory<byte> Area { get; }
    /// <summary>Of an elliptic key.</summary>
    public ECPoint? Point { get; }
    /// <summary>Of an RSA key, whose exponent is 65,537; 256 bytes, the first bit set.</summary>
    public byte[]? Modulus { get; }
    /// <summary>SHA-256 of the public area, lower-case hexadecimal.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Area.Span));
    /// <summary>By which a TPM knows the key: its hash algorithm and the hash of its public area (part 1, 16).</summary>
    public byte[] Name => [0x00, 0x0B, .. SHA256.HashData(Area.Span)];

    /// <returns>Null: it is no endorsement key of template L-2 or L-1.</returns>
    public static TpmPublicKey? ReadEndorsement(string base64) => Read(base64, EccEndorsement, RsaEndorsement);

    /// <returns>Null: it is no restricted signing key that only exists in a TPM.</returns>
    public static TpmPublicKey? ReadAttestation(string base64) => Read(base64, EccAttestation, RsaAttestation);

    private static TpmPublicKey? Read(string base64, byte[] ecc, byte[] rsa)
    {
        var area = new byte[rsa.Length + sizeof(ushort) + ModulusBytes];
        if (!Convert.TryFromBase64String(base64, area, out var length))
            return null;
        var shown = area.AsMemory(0, length);
        if (shown.Span.StartsWith(ecc))
        {
            // A coordinate that begins with zeros may be shorter.
            var rest = shown.Span[ecc.Length..];
            return Coordinate(ref rest) is { } x && Coordinate(ref rest) is { } y && rest.IsEmpty && IsOnCurve(x, y) ? new(shown, new ECPoint { X = x, Y = y }, null) : null;
        }
        if (length != area.Length || !shown.Span.StartsWith(rsa) || BinaryPrimitives.ReadUInt16BigEndian(shown.Span[rsa.Length..]) != ModulusBytes)
            return null;
        var modulus = shown.Span[^ModulusBytes..].ToArray();
        // Of the length that it says, and odd as a product of two primes.
        return (modulus[0] & 0x80) != 0 && (modulus[^1] & 1) != 0 ? new(shown, null, modulus) : null;
    }

    private static byte[]? Coordinate(ref Span<byte> rest)
    {
        if (rest.Length < sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(rest) is not (<= CoordinateBytes and var size) || rest.Length < sizeof(ushort) + size)
            return null;
        var padded = new byte[CoordinateBytes];
        rest.Slice(sizeof(ushort), size).CopyTo(padded.AsSpan(CoordinateBytes - size));
        rest = rest[(sizeof(ushort) + size)..];
        return padded;
    }

    /// <summary>A point that is not on the curve would give our side's secret away bit by bit.</summary>
    private static bool IsOnCurve(byte[] x, byte[] y)
    {
        try
        {
            using var key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
