using System.Security.Cryptography;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Security.Tpm;
using LpmOs.Core.Store;
using LpmOs.Regional.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Tpm;

/// <summary>
/// Credential activation: an agent shows that it runs on the machine with a certain TPM, and is given a token that says so. What was asked travels with the agent as a signed ticket,
/// so that any service of the site can judge the answer.
/// </summary>
internal static class TpmEndpoints
{
    private const int SecretBytes = 32;
    private const int LongestField = 4096;

    public static void MapTpm(this RouteGroupBuilder api)
    {
        api.MapPost("/tpm/challenge", ChallengeAsync).WithName("challengeTpm").WithSummary("A credential that only the machine's TPM opens")
            .WithDescription("Stage 1, on machines with a TPM 2.0. Refused with `tpm_mismatch` where the machine is bound to another TPM.")
            .WithExamples(Examples.TpmChallenge).Accepts<TpmChallengeRequest>("application/json").ProducesProblem(400).ProducesProblem(403).ProducesProblem(503);
        api.MapPost("/tpm/proof", ProveAsync).WithName("proveTpm").WithSummary("The credential, opened by the machine's TPM")
            .WithDescription("The answer brings a token that names the TPM. The first TPM that proves itself is the machine's from then on (setting `Regional:BindTpm`); an operator can release it.")
            .WithExamples(Examples.TpmProof).Accepts<TpmProof>("application/json").ProducesProblem(400).ProducesProblem(403).ProducesProblem(503);
    }

    private static async Task<Ok<TpmChallenge>> ChallengeAsync([AsParameters] AgentCall call, TpmBindings bindings, CancellationToken cancellationToken)
    {
        var request = await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.TpmChallengeRequest, cancellationToken);
        var errors = new FieldErrors();
        errors.Sn(request.Sn);
        var shown = ShownEndorsement.Read(request, errors);
        var attestation = TpmPublicKey.ReadAttestation(request.AttestationKey);
        errors.Check("attestation_key", attestation is not null, "another key", "TPMT_PUBLIC of a restricted signing key (ECDSA on P-256, or RSASSA with 2048 bits) that is fixed to its TPM, in Base64");
        errors.ThrowIfAny();
        call.RequireOwnToken(request.Sn);
        var (endorsement, certificate, place) = await ChooseAsync(call, bindings, call.Makers.Current, request.Sn, shown, cancellationToken);
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var (credential, encrypted) = CredentialProtection.Make(endorsement, attestation!.Name, secret);
        var asked = new TokenClaims
        {
            Purpose = MachineTokens.TpmChallengePurpose, Idc = call.Site.Idc, Sn = request.Sn, Tpm = endorsement.Digest, Expected = Convert.ToHexStringLower(SHA256.HashData(secret)),
            Certificate = certificate?.Sha256, Boot = MachineTokenFilter.Claims(call.Http)?.Boot, Expires = (call.Time.GetUtcNow() + MachineTokens.TpmChallengeLife).ToUnixTimeSeconds(),
        };
        return TypedResults.Ok(new TpmChallenge { Ticket = MachineTokens.Issue(asked, Key(call)), Credential = Convert.ToBase64String(credential), Secret = Convert.ToBase64String(encrypted), Alternative = place > 0 ? true : null });
    }

    private static async Task<Ok<Acknowledgement>> ProveAsync([AsParameters] AgentCall call, TpmBindings bindings, RegionalOptions options, CancellationToken cancellationToken)
    {
        var proof = await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.TpmProof, cancellationToken);
        var errors = new FieldErrors();
        errors.Sn(proof.Sn);
        errors.Length("ticket", proof.Ticket, LongestField);
        errors.Length("opened", proof.Opened, LongestField);
        var certificate = TpmCertificate.Read(proof.EndorsementCertificate);
        errors.Check("endorsement_certificate", certificate is not null || proof.EndorsementCertificate is null, "something else", ShownEndorsement.CertificateAllowed);
        errors.ThrowIfAny();
        call.RequireOwnToken(proof.Sn);
        var claims = MachineTokenFilter.Claims(call.Http);
        var asked = MachineTokens.Verify(proof.Ticket, Key(call), call.Time.GetUtcNow());
        if (asked is not { Purpose: MachineTokens.TpmChallengePurpose, Tpm: { } endorsement, Expected: { } expected } || asked.Idc != call.Site.Idc || asked.Sn != proof.Sn || asked.Boot != claims?.Boot || asked.Certificate != certificate?.Sha256 || !IsExpected(proof.Opened, expected))
        {
            Log.TpmNotProven(call.Logger, call.Site.Idc, proof.Sn);
            throw new RefusedRequestException(StatusCodes.Status403Forbidden, "tpm_not_proven", "The TPM was not proven", "It did not open the credential that this machine was given in this boot, or took longer than five minutes.");
        }
        var binding = call.Snapshot.Machine(call.Site.Idc, proof.Sn)?.Tpm;
        if (!TpmBinding.Admits(binding, endorsement))
            throw await MismatchAsync(call, bindings, proof.Sn, endorsement, cancellationToken);
        // Also of a machine that was bound when it was asked and has been released since.
        var makers = call.Makers.Current;
        var whyNot = makers is null ? null : WhyNot(makers, certificate);
        if (whyNot is not null && binding?.EndorsementKey is null)
            throw NotCertified(call, proof.Sn, whyNot);
        var vouched = makers is not null && whyNot is null;
        call.Prove(endorsement, vouched);
        await call.EnterAsync(proof.Sn, cancellationToken);
        // What the maker says is noted of a machine that was bound before, too.
        if (options.BindTpm || call.Snapshot.Machine(call.Site.Idc, proof.Sn)?.Tpm is { EndorsementKey: not null })
            await BindAsync(call, bindings, proof.Sn, endorsement, certificate is null ? null : TpmMaker.Of(certificate, vouched), cancellationToken);
        return TypedResults.Ok(new Acknowledgement { Message = "The TPM is proven" });
    }

    private static async Task BindAsync(AgentCall call, TpmBindings bindings, string sn, string endorsement, TpmMaker? maker, CancellationToken cancellationToken)
    {
        try
        {
            if (!await bindings.BindToAsync(sn, endorsement, call.Http.Connection.RemoteIpAddress, cancellationToken, maker))
                throw await MismatchAsync(call, bindings, sn, endorsement, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            // A site that is cut off goes on; the machine is bound at its next boot.
            Log.TpmNotBound(call.Logger, call.Site.Idc, sn, e.Message);
        }
    }

    /// <summary>The key that the machine is bound to; of a machine that is bound to none, the first that one of the makers vouches for, where that is asked for.</summary>
    private static async Task<(TpmPublicKey Key, TpmCertificate? Certificate, int Place)> ChooseAsync(AgentCall call, TpmBindings bindings, TpmMakers? makers, string sn, IReadOnlyList<ShownEndorsement> shown, CancellationToken cancellationToken)
    {
        var binding = call.Snapshot.Machine(call.Site.Idc, sn)?.Tpm;
        var reasons = new List<string>();
        for (var place = 0; place < shown.Count; place++)
        {
            var one = shown[place];
            if (!TpmBinding.Admits(binding, one.Key.Digest))
                continue;
            if (binding?.EndorsementKey is not null || makers is null || WhyNot(makers, one.Certificate) is not { } whyNot)
                return (one.Key, one.Certificate, place);
            reasons.Add(whyNot);
        }
        throw reasons.Count > 0 ? NotCertified(call, sn, string.Join("; ", reasons)) : await MismatchAsync(call, bindings, sn, shown[0].Key.Digest, cancellationToken);
    }

    private static string? WhyNot(TpmMakers makers, TpmCertificate? certificate) =>
        certificate is null ? "it has shown no certificate of its maker" : makers.WhyNot(certificate) is { } why ? $"its certificate ({certificate.Maker ?? "no maker"}, issued by {certificate.Issuer}) is by none of them: {why}" : null;

    private static RefusedRequestException NotCertified(AgentCall call, string sn, string why)
    {
        Log.TpmNotCertified(call.Logger, call.Site.Idc, sn, why);
        return new RefusedRequestException(StatusCodes.Status403Forbidden, AgentProblems.TpmNotCertified, "No maker vouches for this TPM", $"{sn} is bound only to a TPM of the makers in Regional:TpmMakers: {why}. Put the certificates of its maker's authorities into that folder, if you believe them.");
    }

    private static async Task<RefusedRequestException> MismatchAsync(AgentCall call, TpmBindings bindings, string sn, string endorsement, CancellationToken cancellationToken)
    {
        await bindings.RefusedAsync(sn, endorsement, call.Http.Connection.RemoteIpAddress, cancellationToken);
        return new RefusedRequestException(StatusCodes.Status403Forbidden, AgentProblems.TpmMismatch, "The machine is bound to another TPM",
            $"{sn} has proven another TPM before, and this one has the endorsement key {endorsement}. If its mainboard or TPM was replaced, an operator releases the binding (the machine's page, or lpmosctl machines tpm release).");
    }

    /// <summary>In a time that says nothing of where they differ.</summary>
    private static bool IsExpected(string opened, string expected)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        return Convert.TryFromBase64String(opened, secret, out var length) && length == SecretBytes && CryptographicOperations.FixedTimeEquals(SHA256.HashData(secret), Convert.FromHexString(expected));
    }

    private static ReadOnlySpan<byte> Key(AgentCall call) => call.Snapshot.MachineTokenKey is { IsEmpty: false } key ? key.Span
        : throw new StoreUnavailableException("The key that signs machines' tokens has not been made yet.", outcomeUnknown: false);
}
