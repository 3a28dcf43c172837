using System.Net;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Agents;

namespace LpmOs.Agent.Activation;

/// <summary>Proves to the regional service which TPM this machine has, before anything else is said: a machine that is bound to its TPM is given nothing without.</summary>
/// <param name="open">The TPM; null: there is none.</param>
internal sealed class MachineProof(RegionalClient regional, AgentLog log, Func<TpmChannel?> open)
{
    /// <summary>The service is told of no TPM where there is none, or where it cannot be used; what that means for this machine is the service's to say.</summary>
    public async Task ProveAsync(string sn, CancellationToken cancellationToken)
    {
        try
        {
            using var tpm = open();
            if (tpm is not null)
                await ProveAsync(sn, new CredentialActivation(tpm), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TpmException or IOException or UnauthorizedAccessException or FormatException)
        {
            log.Line($"  TPM: cannot be used ({Printable.Clean(e.Message, 300)}). A password of its endorsement hierarchy is taken away by clearing the TPM in the firmware's setup.");
        }
    }

    private async Task ProveAsync(string sn, CredentialActivation activation, CancellationToken cancellationToken)
    {
        var keys = await activation.LoadKeysAsync(cancellationToken).ConfigureAwait(false);
        var first = keys.Endorsement[0];
        var request = new TpmChallengeRequest
        {
            Sn = sn, EndorsementKey = Convert.ToBase64String(first.Public), EndorsementCertificate = Text(first.Certificate), AttestationKey = Convert.ToBase64String(keys.Attestation),
            Alternative = keys.Endorsement is [_, var second, ..] ? new TpmEndorsement { Key = Convert.ToBase64String(second.Public), Certificate = Text(second.Certificate) } : null,
        };
        var challenge = await regional.TpmChallengeAsync(request, cancellationToken).ConfigureAwait(false);
        if (challenge.Value is not { } asked)
        {
            // A service from before there was this call has no such path.
            if (challenge.Status != HttpStatusCode.NotFound)
                log.Line($"  TPM: the regional service refused it: {challenge.Refusal}");
            return;
        }
        var place = asked.Alternative == true && keys.Endorsement.Count > 1 ? 1 : 0;
        var opened = await activation.ActivateAsync(Convert.FromBase64String(asked.Credential), Convert.FromBase64String(asked.Secret), cancellationToken, place).ConfigureAwait(false);
        await activation.UnloadAsync(cancellationToken).ConfigureAwait(false);
        var proof = await regional.TpmProofAsync(new TpmProof { Sn = sn, Ticket = asked.Ticket, Opened = Convert.ToBase64String(opened), EndorsementCertificate = Text(keys.Endorsement[place].Certificate) }, cancellationToken).ConfigureAwait(false);
        log.Line(proof.Value is null ? $"  TPM: the regional service refused the proof: {proof.Refusal}" : "  TPM: proven to the regional service");
    }

    private static string? Text(byte[]? certificate) => certificate is null ? null : Convert.ToBase64String(certificate);
}
