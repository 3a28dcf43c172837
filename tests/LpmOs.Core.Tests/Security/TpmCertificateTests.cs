using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security.Tpm;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Security;

/// <summary>Endorsement keys and certificates of a TPM in software that swtpm_setup has manufactured; tpm2-tools open what was made for them.</summary>
public sealed class TpmCertificateTests
{
    [Fact]
    public async Task A_credential_for_an_RSA_key_is_opened_by_tpm2_activatecredential_and_its_certificate_names_the_maker()
    {
        await using var tpm = await SoftwareTpm.StartAsync(manufactured: true);
        await using var other = await SoftwareTpm.StartAsync(manufactured: true);
        var (shown, signing) = await tpm.KeysAsync("rsa");
        var key = TpmPublicKey.ReadEndorsement(Convert.ToBase64String(shown))!;
        var secret = RandomNumberGenerator.GetBytes(32);
        var (credential, encrypted) = CredentialProtection.Make(key, TpmPublicKey.ReadAttestation(Convert.ToBase64String(signing))!.Name, secret);
        Assert.Equal(secret, await tpm.ActivateAsync(credential, encrypted));
        Assert.Null(TpmPublicKey.ReadAttestation(Convert.ToBase64String(shown)));

        await tpm.RunAsync("tpm2_nvread", "0x01c00002", "-o", "certificate");
        var certificate = TpmCertificate.Read(Convert.ToBase64String(tpm.Read("certificate")))!;
        // swtpm_setup says so of its own TPMs; the registry of the TCG has no name for it.
        Assert.Equal(("id:00001014", "swtpm", "id:20191023"), (certificate.Maker, certificate.Model, certificate.Version));
        Assert.Contains("swtpm-localca", certificate.Issuer, StringComparison.Ordinal);
        Assert.True(certificate.IsOf(key));
        Assert.False(certificate.IsOf(TpmPublicKey.ReadEndorsement(Convert.ToBase64String((await tpm.KeysAsync()).Endorsement))!));
        Assert.False(certificate.IsOf(TpmPublicKey.ReadEndorsement(Convert.ToBase64String((await other.KeysAsync("rsa")).Endorsement))!));

        Assert.Null(TpmMakers.Load("k", tpm.Makers).WhyNot(certificate));
        Assert.NotNull(TpmMakers.Load("k", other.Makers).WhyNot(certificate));
        // Without the authority between it and the root its chain is not whole; with it alone there is no root.
        File.Move(Path.Combine(tpm.Makers, "issuer.pem"), Path.Combine(tpm.Makers, ".issuer.pem"));
        Assert.NotNull(TpmMakers.Load("k", tpm.Makers).WhyNot(certificate));
        File.Move(Path.Combine(tpm.Makers, ".issuer.pem"), Path.Combine(tpm.Makers, "issuer.pem"));
        File.Delete(Path.Combine(tpm.Makers, "root.pem"));
        Assert.Contains("root", Assert.Throws<SettingException>(() => TpmMakers.Load("k", tpm.Makers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_certified_certifies_nobody_and_nonsense_is_none()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=root", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("root.der"), root.RawData);
        var makers = TpmMakers.Load("k", folder.Path);
        Assert.Contains("authority", makers.WhyNot(TpmCertificate.Read(Convert.ToBase64String(root.RawData))!), StringComparison.Ordinal);
        foreach (var nonsense in new byte[][] { [], [0x30, 0x82, 0xFF, 0xFF], [.. root.RawData[..^1]], new byte[5000] })
            Assert.Null(TpmCertificate.Read(Convert.ToBase64String(nonsense)));
        Assert.Null(TpmCertificate.Read("no base64"));
        // Its maker's name is a number.
        request = new CertificateRequest("CN=tpm", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", ManufacturerOf5(), critical: true));
        using var odd = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        Assert.Null(TpmCertificate.Read(Convert.ToBase64String(odd.RawData)));
        // It begins with the last second that there is.
        var end = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        using var late = new CertificateRequest("CN=tpm", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(end, end);
        Assert.NotNull(makers.WhyNot(TpmCertificate.Read(Convert.ToBase64String(late.RawData))!));
        File.WriteAllText(folder.File("broken.der"), "0 no certificate");
        Assert.Contains("broken.der", Assert.Throws<SettingException>(() => TpmMakers.Load("k", folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<SettingException>(() => TpmMakers.Load("k", folder.File("nowhere")));
    }

    /// <summary>A subject alternative name: a directory name with tpmManufacturer, INTEGER 5.</summary>
    private static byte[] ManufacturerOf5()
    {
        var names = new AsnWriter(AsnEncodingRules.DER);
        using (names.PushSequence())
        using (names.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 4, isConstructed: true)))
        using (names.PushSequence())
        using (names.PushSetOf())
        using (names.PushSequence())
        {
            names.WriteObjectIdentifier("2.23.133.2.1");
            names.WriteInteger(5);
        }
        return names.Encode();
    }
}
