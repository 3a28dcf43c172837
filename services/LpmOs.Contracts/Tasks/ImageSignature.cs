using System.Security.Cryptography;

namespace LpmOs.Contracts.Tasks;

/// <summary>
/// A detached signature of an image: ECDSA on P-256 with SHA-256 (FIPS 186-5), in DER, as <c>openssl dgst -sha256 -sign</c> makes it. It is over the file's SHA-256, so it is verified
/// before the first byte of the image is fetched, and holds because each byte is compared with that digest.
/// </summary>
public static class ImageSignature
{
    /// <summary>Longest signature in DER, in Base64.</summary>
    public const int Longest = 128;
    public const string KeyAllowed = "a public key on P-256, in PEM (-----BEGIN PUBLIC KEY-----) or its Base64 alone: openssl ecparam -name prime256v1 -genkey -noout -out image.key; openssl ec -in image.key -pubout";

    /// <summary>A key in its one form, Base64 of SubjectPublicKeyInfo (RFC 5280); null for anything that is none.</summary>
    public static string? Key(string text)
    {
        var body = string.Concat(text.Split('\n').Select(line => line.Trim()).Where(line => !line.StartsWith("-----", StringComparison.Ordinal)));
        using var key = Open(body);
        return key is null ? null : Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    /// <param name="key">In its one form.</param>
    /// <param name="sha256">Of the image, hexadecimal.</param>
    /// <param name="signature">Base64 of DER.</param>
    public static bool IsBy(string key, string sha256, string signature)
    {
        using var opened = Open(key);
        var bytes = new byte[Longest];
        if (opened is null || signature.Length > Longest || !Convert.TryFromBase64String(signature, bytes, out var length) || sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigit))
            return false;
        try
        {
            return opened.VerifyHash(Convert.FromHexString(sha256), bytes.AsSpan(0, length), DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static ECDsa? Open(string key)
    {
        var opened = ECDsa.Create();
        try
        {
            opened.ImportSubjectPublicKeyInfo(Convert.FromBase64String(key), out _);
            if (opened.KeySize == 256 && opened.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == "1.2.840.10045.3.1.7")
                return opened;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            // No key.
        }
        opened.Dispose();
        return null;
    }
}
