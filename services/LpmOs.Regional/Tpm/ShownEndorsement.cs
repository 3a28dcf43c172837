using LpmOs.Contracts.Agents;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security.Tpm;

namespace LpmOs.Regional.Tpm;

/// <summary>An endorsement key that an agent has shown, with a certificate that is of this key.</summary>
internal sealed record ShownEndorsement(TpmPublicKey Key, TpmCertificate? Certificate)
{
    public const string CertificateAllowed = "the DER of the certificate of this endorsement key, at most 4096 bytes, in Base64";
    private const string KeyAllowed = "TPMT_PUBLIC of an endorsement key of template L-2 (ECC P-256) or L-1 (RSA 2048), in Base64";

    /// <returns>All that were shown; without what has an error.</returns>
    public static IReadOnlyList<ShownEndorsement> Read(TpmChallengeRequest request, FieldErrors errors)
    {
        var shown = new List<ShownEndorsement>();
        Add("endorsement_key", "endorsement_certificate", request.EndorsementKey, request.EndorsementCertificate);
        if (request.Alternative is { } alternative)
            Add("alternative.key", "alternative.certificate", alternative.Key, alternative.Certificate);
        return shown;

        void Add(string keyField, string certificateField, string keyText, string? certificateText)
        {
            var key = TpmPublicKey.ReadEndorsement(keyText);
            errors.Check(keyField, key is not null, "another key", KeyAllowed);
            var certificate = TpmCertificate.Read(certificateText);
            errors.Check(certificateField, certificateText is null || (key is not null && certificate?.IsOf(key) == true), certificate is null ? "something else" : "the certificate of another key", CertificateAllowed);
            if (key is not null)
                shown.Add(new(key, certificate));
        }
    }
}
