using System.Buffers.Binary;

namespace LpmOs.Agent.Activation;

/// <summary>
/// The TPM's side of credential activation (TPM 2.0 Library, part 1, 24): its endorsement key, which is the same at each boot, a signing key of this boot, and the opening of a
/// credential that was made for both. Nothing stays in the TPM.
/// </summary>
internal sealed class CredentialActivation(TpmChannel tpm)
{
    // TPM_RH_NULL, TPM_RS_PW, TPM_RH_ENDORSEMENT.
    private const uint NoHierarchy = 0x40000007, PasswordSession = 0x40000009, EndorsementHierarchy = 0x4000000B;
    private const uint CreatePrimaryCode = 0x131, ActivateCredentialCode = 0x147, NvReadCode = 0x14E, PolicySecretCode = 0x151, FlushContextCode = 0x165, NvReadPublicCode = 0x169, ReadPublicCode = 0x173, StartAuthSessionCode = 0x176;
    // TCG EK Credential Profile 2.5, section 2.2.1.4, and TCG Registry of Reserved TPM 2.0 Handles, table 2: where makers leave certificates and, many of them, the RSA key.
    private const uint RsaCertificate = 0x01C00002, EccCertificate = 0x01C0000A, RsaKey = 0x81010001;
    private const ushort NoAlgorithm = 0x0010, Sha256 = 0x000B;
    private const byte PolicySession = 0x01;
    private const int NonceBytes = 16;
    private const int LongestCertificate = 4096;
    /// <summary>Every TPM gives so much of its memory at once (TPM_PT_NV_BUFFER_MAX is 512 or more).</summary>
    private const int ReadBytes = 512;
    // As the regional service expects them (LpmOs.Core, TpmPublicKey): TCG EK Credential Profile 2.5, templates L-2 and L-1, whose unique part is all zeros; and restricted signing keys.
    private static readonly byte[] EccTemplate = [.. Convert.FromHexString("0023000B000300B20020837197674484B3F81A90CC8D46A5D724FD52D76E06520B64F2A1DA1B331469AA00060080004300100003001000" + "20"), .. new byte[32], 0x00, 0x20, .. new byte[32]];
    private static readonly byte[] RsaKind = Convert.FromHexString("0001000B000300B20020837197674484B3F81A90CC8D46A5D724FD52D76E06520B64F2A1DA1B331469AA0006008000430010080000000000" + "0100");
    private static readonly byte[] RsaTemplate = [.. RsaKind, .. new byte[256]];
    private static readonly byte[] EccAttestation = Convert.FromHexString("0023000B00050072000000100018000B0003001000000000");
    private static readonly byte[] RsaAttestation = Convert.FromHexString("0001000B00050072000000100014000B0800000000000000");
    private static readonly byte[] EmptyPassword = new TpmWriter().Number(PasswordSession).Number((ushort)0).Byte(0).Number((ushort)0).ToArray();

    private readonly List<uint> _endorsements = [];
    private readonly List<uint> _loaded = [];
    private uint _attestation;

    /// <summary>
    /// The TPM's keys. The elliptic endorsement key comes first: it is made in a fraction of the time of the RSA one, which is asked for only where the TPM has no other,
    /// or where that one alone has its maker's certificate.
    /// </summary>
    /// <exception cref="TpmException">The TPM refused; where its endorsement hierarchy has a password, that was it.</exception>
    public async Task<TpmKeys> LoadKeysAsync(CancellationToken cancellationToken)
    {
        var (ecc, rsa) = (await ReadCertificateAsync(EccCertificate, cancellationToken).ConfigureAwait(false), await ReadCertificateAsync(RsaCertificate, cancellationToken).ConfigureAwait(false));
        var keys = new List<EndorsementKey>();
        TpmException? refusal = null;
        try
        {
            keys.Add(new(await LoadEndorsementAsync(EccTemplate, cancellationToken).ConfigureAwait(false), ecc));
        }
        catch (TpmException e)
        {
            refusal = e;
        }
        if (keys.Count == 0 || (ecc is null && rsa is not null))
        {
            try
            {
                keys.Add(new(await LoadRsaAsync(cancellationToken).ConfigureAwait(false), rsa));
            }
            catch (TpmException e)
            {
                // What the first one said is what a person can do something about.
                if (keys.Count == 0)
                    throw refusal ?? e;
            }
        }
        return new TpmKeys(keys, await LoadAttestationAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Opens a credential for the keys that <see cref="LoadKeysAsync"/> has loaded.</summary>
    /// <param name="endorsement">Place of the endorsement key in its answer.</param>
    /// <exception cref="TpmException">It was made for other keys.</exception>
    public async Task<byte[]> ActivateAsync(byte[] credential, byte[] encryptedSecret, CancellationToken cancellationToken, int endorsement = 0)
    {
        if (endorsement >= _endorsements.Count)
            throw new TpmException("the credential is for an endorsement key that was not shown");
        var session = await StartPolicyAsync(cancellationToken).ConfigureAwait(false);
        // An empty password for the signing key; for the endorsement key its policy.
        var authorizations = new TpmWriter().Raw(EmptyPassword).Number(session).Number((ushort)0).Byte(0).Number((ushort)0).ToArray();
        var answer = await tpm.SendAsync(ActivateCredentialCode, "TPM2_ActivateCredential", new TpmWriter().Number(_attestation).Number(_endorsements[endorsement]).ToArray(), authorizations,
            new TpmWriter().Sized(credential).Sized(encryptedSecret).ToArray(), cancellationToken).ConfigureAwait(false);
        answer.Number();
        return answer.Sized();
    }

    /// <summary>Without the kernel's resource manager nobody else does it.</summary>
    public async Task UnloadAsync(CancellationToken cancellationToken)
    {
        foreach (var handle in _loaded)
            await tpm.SendAsync(FlushContextCode, "TPM2_FlushContext", [], [], new TpmWriter().Number(handle).ToArray(), cancellationToken).ConfigureAwait(false);
        _loaded.Clear();
        _endorsements.Clear();
    }

    private async Task<byte[]> LoadEndorsementAsync(byte[] template, CancellationToken cancellationToken)
    {
        var (handle, shown) = await CreatePrimaryAsync(EndorsementHierarchy, "TPM2_CreatePrimary of the endorsement key", template, cancellationToken).ConfigureAwait(false);
        _endorsements.Add(handle);
        return shown;
    }

    /// <summary>The one that the maker has left in the TPM, since to make it anew takes seconds; where it is not there, or is another kind of key, it is made.</summary>
    private async Task<byte[]> LoadRsaAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await tpm.SendAsync(ReadPublicCode, "TPM2_ReadPublic", new TpmWriter().Number(RsaKey).ToArray(), [], [], cancellationToken).ConfigureAwait(false);
            var shown = answer.Sized();
            if (shown.AsSpan().StartsWith(RsaKind))
            {
                _endorsements.Add(RsaKey);
                return shown;
            }
        }
        catch (TpmException)
        {
            // There is none.
        }
        return await LoadEndorsementAsync(RsaTemplate, cancellationToken).ConfigureAwait(false);
    }

    private async Task<byte[]> LoadAttestationAsync(CancellationToken cancellationToken)
    {
        const string name = "TPM2_CreatePrimary of the signing key";
        byte[] shown;
        try
        {
            (_attestation, shown) = await CreatePrimaryAsync(NoHierarchy, name, EccAttestation, cancellationToken).ConfigureAwait(false);
        }
        catch (TpmException)
        {
            (_attestation, shown) = await CreatePrimaryAsync(NoHierarchy, name, RsaAttestation, cancellationToken).ConfigureAwait(false);
        }
        return shown;
    }

    private async Task<(uint Handle, byte[] Public)> CreatePrimaryAsync(uint hierarchy, string name, byte[] template, CancellationToken cancellationToken)
    {
        // No password for the key, no data in it; then its template, no further data, no PCRs.
        var parameters = new TpmWriter().Sized([0, 0, 0, 0]).Sized(template).Number((ushort)0).Number(0u).ToArray();
        var answer = await tpm.SendAsync(CreatePrimaryCode, name, new TpmWriter().Number(hierarchy).ToArray(), EmptyPassword, parameters, cancellationToken).ConfigureAwait(false);
        var handle = answer.Number();
        _loaded.Add(handle);
        answer.Number();
        return (handle, answer.Sized());
    }

    /// <summary>What the maker has left at that place of the TPM's memory; null: nothing, or what nobody may read.</summary>
    private async Task<byte[]?> ReadCertificateAsync(uint index, CancellationToken cancellationToken)
    {
        try
        {
            var place = new TpmWriter().Number(index).ToArray();
            var known = (await tpm.SendAsync(NvReadPublicCode, "TPM2_NV_ReadPublic", place, [], [], cancellationToken).ConfigureAwait(false)).Sized();
            // TPMS_NV_PUBLIC ends with the size.
            if (known.Length < sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(known.AsSpan(known.Length - sizeof(ushort))) is not (> 0 and <= LongestCertificate and var size))
                return null;
            var certificate = new List<byte>(size);
            while (certificate.Count < size)
            {
                var parameters = new TpmWriter().Number((ushort)Math.Min(size - certificate.Count, ReadBytes)).Number((ushort)certificate.Count).ToArray();
                var answer = await tpm.SendAsync(NvReadCode, "TPM2_NV_Read", [.. place, .. place], EmptyPassword, parameters, cancellationToken).ConfigureAwait(false);
                answer.Number();
                if (answer.Sized() is not { Length: > 0 } part)
                    return null;
                certificate.AddRange(part);
            }
            return Der([.. certificate]);
        }
        catch (TpmException)
        {
            return null;
        }
    }

    /// <summary>The place may be larger than what is in it. A certificate is a DER sequence whose length takes two bytes.</summary>
    private static byte[]? Der(byte[] bytes) =>
        bytes is [0x30, 0x82, var high, var low, ..] && (4 + ((high << 8) | low)) is var length && length <= bytes.Length ? bytes[..length] : null;

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
