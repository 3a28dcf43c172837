using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Security;

/// <summary>Signs hardware scripts. The key pair is derived from the key that signs machines' tokens (HKDF, RFC 5869), so every service of the store has the same one and nothing more is kept.</summary>
public static class HardwareSigner
{
    private const string Purpose = "lpmos hardware signature";

    /// <summary>The public point, x and y side by side, base64url; what boot scripts hand to agents.</summary>
    public static string PublicKey(ReadOnlySpan<byte> tokenKey)
    {
        using var key = Key(KeyRing.Present(tokenKey));
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return Base64Url.EncodeToString([.. point.X!, .. point.Y!]);
    }

    /// <summary>One signature for each key of the ring, joined by dots: an agent that booted before a rotation knows the public key of then.</summary>
    public static string Sign(InstallPlan plan, string sn, ReadOnlySpan<byte> tokenKey)
    {
        var signatures = new List<string>();
        for (var at = 0; at < KeyRing.Count(tokenKey); at++)
        {
            using var key = Key(KeyRing.At(tokenKey, at));
            signatures.Add(Base64Url.EncodeToString(key.SignData(HardwareSignature.Text(plan, sn), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)));
        }
        return string.Join('.', signatures);
    }

    private static ECDsa Key(ReadOnlySpan<byte> tokenKey)
    {
        var number = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, tokenKey, number, default, Encoding.ASCII.GetBytes(Purpose));
        // Below the order of the curve (FIPS 186-5, 3.2.1.3), which begins with 32 ones and 31 zeros.
        number[0] &= 0x7F;
        number[31] |= 1;
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = number });
    }
}
