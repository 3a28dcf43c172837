using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LpmOs.Core.Security.Tpm;

/// <summary>The certificate by which a TPM's maker vouches for its endorsement key (TCG EK Credential Profile 2.5, section 3). Hostile until it was judged by <see cref="TpmMakers"/>.</summary>
public sealed class TpmCertificate
{
    /// <summary>Of the DER; the makers' are between one and two thousand.</summary>
    public const int LongestBytes = 4096;

    private const string SubjectAlternativeName = "2.5.29.17";
    // TCG EK Credential Profile, section 3.2.9: tpmManufacturer, tpmModel, tpmVersion within a directory name.
    private const string Manufacturer = "2.23.133.2.1", ModelName = "2.23.133.2.2", FirmwareVersion = "2.23.133.2.3";
    private static readonly Asn1Tag DirectoryName = new(TagClass.ContextSpecific, 4, isConstructed: true);

    /// <summary>TCG Vendor ID Registry, as far as they make TPMs of servers.</summary>
    private static readonly Dictionary<string, string> Makers = new(StringComparer.Ordinal)
    {
        ["AMD"] = "AMD", ["ATML"] = "Atmel", ["BRCM"] = "Broadcom", ["CSCO"] = "Cisco", ["GOOG"] = "Google", ["HISI"] = "HiSilicon", ["HPE"] = "HPE", ["HPI"] = "HP", ["IBM"] = "IBM", ["IFX"] = "Infineon",
        ["INTC"] = "Intel", ["LEN"] = "Lenovo", ["MSFT"] = "Microsoft", ["NSG"] = "NSING", ["NSM"] = "National Semiconductor", ["NTC"] = "Nuvoton", ["NTZ"] = "Nationz", ["QCOM"] = "Qualcomm",
        ["SECE"] = "SecEdge", ["SMSN"] = "Samsung", ["SNS"] = "Sinosun", ["STM"] = "STMicroelectronics", ["TXN"] = "Texas Instruments", ["WEC"] = "Winbond",
    };

    private TpmCertificate(byte[] der, X509Certificate2 certificate) => (Der, Issuer, Serial, NotBefore, PublicKey, Sha256) =
        (der, Plain(certificate.Issuer, 200), certificate.SerialNumber.ToLowerInvariant(), certificate.NotBefore.ToUniversalTime(), certificate.PublicKey.EncodedKeyValue.RawData, Convert.ToHexStringLower(SHA256.HashData(der)));

    public ReadOnlyMemory<byte> Der { get; }
    public string Issuer { get; }
    public string Serial { get; }
    public DateTimeOffset NotBefore { get; }
    /// <summary>Lower-case hexadecimal.</summary>
    public string Sha256 { get; }
    /// <summary>Name of the TPM's maker, or its code where we know no name; null: the certificate names none.</summary>
    public string? Maker { get; private init; }
    public string? Model { get; private init; }
    public string? Version { get; private init; }
    private ReadOnlyMemory<byte> PublicKey { get; }

    /// <returns>Null: it is no certificate.</returns>
    public static TpmCertificate? Read(string? base64)
    {
        var der = new byte[LongestBytes];
        if (base64 is null || !Convert.TryFromBase64String(base64, der, out var length) || length == 0)
            return null;
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der.AsSpan(0, length));
            var names = Names(certificate);
            return new TpmCertificate(certificate.RawData, certificate) { Maker = MakerOf(names.GetValueOrDefault(Manufacturer)), Model = names.GetValueOrDefault(ModelName), Version = names.GetValueOrDefault(FirmwareVersion) };
        }
        // A name whose value is no text at all is an argument that AsnReader does not take.
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Whether it is of this key. Makers name RSA keys in more ways than one; their bits are the same.</summary>
    public bool IsOf(TpmPublicKey key)
    {
        if (key.Point is { } point)
            return PublicKey.Span.SequenceEqual((ReadOnlySpan<byte>)[0x04, .. point.X!, .. point.Y!]);
        try
        {
            var numbers = new AsnReader(PublicKey, AsnEncodingRules.DER).ReadSequence();
            var modulus = numbers.ReadIntegerBytes().Span;
            return modulus.TrimStart((byte)0).SequenceEqual(key.Modulus) && numbers.ReadInteger() == 65_537;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static Dictionary<string, string> Names(X509Certificate2 certificate)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (certificate.Extensions[SubjectAlternativeName] is not { } extension)
            return found;
        var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            if (!names.PeekTag().HasSameClassAndValue(DirectoryName))
            {
                names.ReadEncodedValue();
                continue;
            }
            var parts = names.ReadSequence(DirectoryName).ReadSequence();
            while (parts.HasData)
            {
                var values = parts.ReadSetOf();
                while (values.HasData)
                {
                    var value = values.ReadSequence();
                    var type = value.ReadObjectIdentifier();
                    if (type is Manufacturer or ModelName or FirmwareVersion)
                        found[type] = Plain(value.ReadCharacterString((UniversalTagNumber)value.PeekTag().TagValue));
                }
            }
        }
        return found;
    }

    /// <summary>"id:" and the registry's code, its ASCII letters in hexadecimal.</summary>
    private static string? MakerOf(string? id)
    {
        if (id is null || !id.StartsWith("id:", StringComparison.OrdinalIgnoreCase) || !uint.TryParse(id.AsSpan(3), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
            return id;
        var letters = Plain(Encoding.ASCII.GetString([(byte)(code >> 24), (byte)(code >> 16), (byte)(code >> 8), (byte)code]).Trim('\0', ' '));
        return Makers.GetValueOrDefault(letters) ?? (letters.Length > 0 ? letters : id);
    }

    /// <summary>Short, and nothing that a terminal or page would take for more than text.</summary>
    private static string Plain(string text, int longest = 64) => string.Concat(text.Where(c => c is >= ' ' and <= '~').Take(longest));
}
