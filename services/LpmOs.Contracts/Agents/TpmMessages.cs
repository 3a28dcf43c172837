namespace LpmOs.Contracts.Agents;

/// <summary><c>POST /api/v1/tpm/challenge</c>: an agent shows the keys of its TPM 2.0. Binary fields are Base64.</summary>
public sealed record TpmChallengeRequest
{
    public required string Sn { get; init; }
    /// <summary>TPMT_PUBLIC of the endorsement key (TCG EK Credential Profile, template L-2: ECC P-256, or L-1: RSA 2048).</summary>
    public required string EndorsementKey { get; init; }
    /// <summary>The maker's certificate of that key, DER, at most 4096 bytes; absent: the TPM holds none.</summary>
    public string? EndorsementCertificate { get; init; }
    /// <summary>A second endorsement key of the same TPM: taken where the machine is bound to it, or where its certificate is asked for and the first has none.</summary>
    public TpmEndorsement? Alternative { get; init; }
    /// <summary>TPMT_PUBLIC of a restricted signing key of the same TPM, made for this boot; its name is what the credential is for.</summary>
    public required string AttestationKey { get; init; }
}

/// <summary>An endorsement key, and who vouches for it.</summary>
public sealed record TpmEndorsement
{
    /// <summary>TPMT_PUBLIC.</summary>
    public required string Key { get; init; }
    /// <summary>The maker's certificate, DER, at most 4096 bytes.</summary>
    public string? Certificate { get; init; }
}

/// <summary>A credential that only the TPM with that endorsement key opens, and only while it holds that attestation key (TPM 2.0 Library, part 1, "Credential Protection").</summary>
public sealed record TpmChallenge
{
    /// <summary>To be sent back with the proof; any service of the site knows by it what it asked.</summary>
    public required string Ticket { get; init; }
    /// <summary>What is inside a TPM2B_ID_OBJECT.</summary>
    public required string Credential { get; init; }
    /// <summary>What is inside a TPM2B_ENCRYPTED_SECRET.</summary>
    public required string Secret { get; init; }
    /// <summary>It is for the second endorsement key that was shown.</summary>
    public bool? Alternative { get; init; }
}

/// <summary><c>POST /api/v1/tpm/proof</c>: the opened credential. The answer brings a token (header <c>Lpmos-Token</c>) that names the TPM.</summary>
public sealed record TpmProof
{
    public required string Sn { get; init; }
    public required string Ticket { get; init; }
    /// <summary>What the TPM found in the credential.</summary>
    public required string Opened { get; init; }
    /// <summary>The certificate of the endorsement key that was asked, as it was shown with it.</summary>
    public string? EndorsementCertificate { get; init; }
}
