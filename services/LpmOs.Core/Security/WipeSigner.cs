using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Core.Domain.Wipes;

namespace LpmOs.Core.Security;

/// <summary>
/// Signs certificates of wipes. The private key is derived (RFC 5869) from the store's own, so that every service signs alike, and that
/// whoever keeps the public key can tell a certificate of these services from any other text.
/// </summary>
public static class WipeSigner
{
    private const int MostTries = 256;

    public static WipeCertificate Sign(WipeStatement statement, ReadOnlySpan<byte> storeKey)
    {
        using var key = Key(KeyRing.Present(storeKey));
        var text = JsonSerializer.Serialize(statement, CoreJson.Default.WipeStatement);
        return new()
        {
            Statement = statement, SignedText = text, Algorithm = WipeCertificate.EcdsaP256, PublicKey = key.ExportSubjectPublicKeyInfoPem(),
            Signature = Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        };
    }

    /// <summary>The certificate was signed with this store's key, and its fields are what was signed.</summary>
    public static bool Holds(WipeCertificate certificate, ReadOnlySpan<byte> storeKey)
    {
        for (var at = 0; at < KeyRing.Count(storeKey); at++)
        {
            if (IsSignedWith(certificate, KeyRing.At(storeKey, at)))
                return true;
        }
        return false;
    }

    private static bool IsSignedWith(WipeCertificate certificate, ReadOnlySpan<byte> storeKey)
    {
        using var key = Key(storeKey);
        try
        {
            return key.VerifyData(Encoding.UTF8.GetBytes(certificate.SignedText), Convert.FromBase64String(certificate.Signature), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                && JsonSerializer.Deserialize(certificate.SignedText, CoreJson.Default.WipeStatement) == certificate.Statement;
        }
        catch (Exception e) when (e is FormatException or JsonException or CryptographicException)
        {
            return false;
        }
    }

    // A number that is no private key of the curve (0, or not below its order) comes about once in 2^32 tries.
    private static ECDsa Key(ReadOnlySpan<byte> storeKey)
    {
        if (storeKey.IsEmpty)
            throw new InvalidOperationException("There is no key yet to sign with.");
        Span<byte> number = stackalloc byte[32];
        for (var tries = 0; tries < MostTries; tries++)
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, storeKey, number, [], Encoding.ASCII.GetBytes($"lpmos wipe certificates {tries}"));
            try
            {
                return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = number.ToArray() });
            }
            catch (CryptographicException)
            {
                // The next number.
            }
        }
        throw new CryptographicException("No private key could be derived from the store's key.");
    }
}
