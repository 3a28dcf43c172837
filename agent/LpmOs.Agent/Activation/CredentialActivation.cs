namespace LpmOs.Agent.Activation;

/// <summary>
/// The TPM's side of credential activation (TPM 2.0 Library, part 1, 24): its endorsement key, which is the same at each boot, a signing key of this boot, and the opening of a
/// credential that was made for both. Nothing stays in the TPM.
/// </summary>
internal sealed class CredentialActivation(TpmChannel tpm)
{
    // TPM_RH_NULL, TPM_RS_PW, TPM_RH_ENDORSEMENT.
    private const uint NoHierarchy = 0x40000007, PasswordSession = 0x40000009, EndorsementHierarchy = 0x4000000B;
    private const uint CreatePrimaryCode = 0x131, ActivateCredentialCode = 0x147, PolicySecretCode = 0x151, FlushContextCode = 0x165, StartAuthSessionCode = 0x176;
    private const ushort NoAlgorithm = 0x0010, Sha256 = 0x000B;
    private const byte PolicySession = 0x01;
    private const int NonceBytes = 16;
    // As the regional service expects them (LpmOs.Core, TpmPublicKey): TCG EK Credential Profile 2.5, template L-2, whose unique point is 32 zeros for each coordinate; and a restricted ECDSA key.
    private static readonly byte[] EndorsementTemplate = [.. Convert.FromHexString("0023000B000300B20020837197674484B3F81A90CC8D46A5D724FD52D76E06520B64F2A1DA1B331469AA00060080004300100003001000" + "20"), .. new byte[32], 0x00, 0x20, .. new byte[32]];
    private static readonly byte[] AttestationTemplate = Convert.FromHexString("0023000B00050072000000100018000B0003001000000000");
    private static readonly byte[] EmptyPassword = new TpmWriter().Number(PasswordSession).Number((ushort)0).Byte(0).Number((ushort)0).ToArray();

    private uint _endorsement, _attestation;

    /// <summary>TPMT_PUBLIC of the endorsement key and of the signing key.</summary>
    /// <exception cref="TpmException">The TPM refused; where its endorsement hierarchy has a password, that was it.</exception>
    public async Task<(byte[] Endorsement, byte[] Attestation)> LoadKeysAsync(CancellationToken cancellationToken)
    {
        (_endorsement, var endorsement) = await CreatePrimaryAsync(EndorsementHierarchy, "TPM2_CreatePrimary of the endorsement key", EndorsementTemplate, cancellationToken).ConfigureAwait(false);
        (_attestation, var attestation) = await CreatePrimaryAsync(NoHierarchy, "TPM2_CreatePrimary of the signing key", AttestationTemplate, cancellationToken).ConfigureAwait(false);
        return (endorsement, attestation);
    }

    /// <summary>Opens a credential for the keys that <see cref="LoadKeysAsync"/> has loaded.</summary>
    /// <exception cref="TpmException">It was made for other keys.</exception>
    public async Task<byte[]> ActivateAsync(byte[] credential, byte[] encryptedSecret, CancellationToken cancellationToken)
    {
        var session = await StartPolicyAsync(cancellationToken).ConfigureAwait(false);
        // An empty password for the signing key; for the endorsement key its policy.
        var authorizations = new TpmWriter().Raw(EmptyPassword).Number(session).Number((ushort)0).Byte(0).Number((ushort)0).ToArray();
        var answer = await tpm.SendAsync(ActivateCredentialCode, "TPM2_ActivateCredential", new TpmWriter().Number(_attestation).Number(_endorsement).ToArray(), authorizations,
            new TpmWriter().Sized(credential).Sized(encryptedSecret).ToArray(), cancellationToken).ConfigureAwait(false);
        answer.Number();
        return answer.Sized();
    }

    /// <summary>Without the kernel's resource manager nobody else does it.</summary>
    public async Task UnloadAsync(CancellationToken cancellationToken)
    {
        foreach (var handle in new[] { _attestation, _endorsement }.Where(handle => handle != 0))
            await tpm.SendAsync(FlushContextCode, "TPM2_FlushContext", [], [], new TpmWriter().Number(handle).ToArray(), cancellationToken).ConfigureAwait(false);
        (_attestation, _endorsement) = (0, 0);
    }

    private async Task<(uint Handle, byte[] Public)> CreatePrimaryAsync(uint hierarchy, string name, byte[] template, CancellationToken cancellationToken)
    {
        // No password for the key, no data in it; then its template, no further data, no PCRs.
        var parameters = new TpmWriter().Sized([0, 0, 0, 0]).Sized(template).Number((ushort)0).Number(0u).ToArray();
        var answer = await tpm.SendAsync(CreatePrimaryCode, name, new TpmWriter().Number(hierarchy).ToArray(), EmptyPassword, parameters, cancellationToken).ConfigureAwait(false);
        var handle = answer.Number();
        answer.Number();
        return (handle, answer.Sized());
    }

    /// <summary>A session that fulfils the endorsement key's policy: whoever may use the endorsement hierarchy.</summary>
    private async Task<uint> StartPolicyAsync(CancellationToken cancellationToken)
    {
        var start = new TpmWriter().Sized(new byte[NonceBytes]).Number((ushort)0).Byte(PolicySession).Number(NoAlgorithm).Number(Sha256).ToArray();
        var answer = await tpm.SendAsync(StartAuthSessionCode, "TPM2_StartAuthSession", new TpmWriter().Number(NoHierarchy).Number(NoHierarchy).ToArray(), [], start, cancellationToken).ConfigureAwait(false);
        var session = answer.Number();
        var secret = new TpmWriter().Number((ushort)0).Number((ushort)0).Number((ushort)0).Number(0u).ToArray();
        await tpm.SendAsync(PolicySecretCode, "TPM2_PolicySecret", new TpmWriter().Number(EndorsementHierarchy).Number(session).ToArray(), EmptyPassword, secret, cancellationToken).ConfigureAwait(false);
        return session;
    }
}
