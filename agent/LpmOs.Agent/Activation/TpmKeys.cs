namespace LpmOs.Agent.Activation;

/// <summary>What a TPM has shown of its keys.</summary>
/// <param name="Endorsement">One, or a second one that alone has a certificate.</param>
/// <param name="Attestation">TPMT_PUBLIC of the signing key of this boot.</param>
internal sealed record TpmKeys(IReadOnlyList<EndorsementKey> Endorsement, byte[] Attestation);

/// <param name="Public">TPMT_PUBLIC.</param>
/// <param name="Certificate">Its maker's certificate, DER; null: the TPM holds none.</param>
internal sealed record EndorsementKey(byte[] Public, byte[]? Certificate);
