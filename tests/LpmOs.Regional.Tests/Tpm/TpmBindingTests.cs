using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests.Tpm;

/// <summary>Machines that are bound to their TPM, and those that only say that they are: real calls, real TPMs in software, driven by tpm2-tools.</summary>
public sealed class TpmBindingTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task The_first_TPM_is_the_machines_and_a_clone_gets_nothing()
    {
        await using var own = await SoftwareTpm.StartAsync();
        await using var stolen = await SoftwareTpm.StartAsync();
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var proven = Proven(await ProveAsync(own, Token(sn, mac), sn));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, "/api/v1/report", Samples.Report(sn, mac))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, $"/api/v1/task/{sn}")).Status);

        // The clone boots later, so its token is the newer one; it shows no TPM, then one of its own.
        var clone = Token(sn, mac, Now + 60_000);
        foreach (var (path, body) in Calls(sn, mac, id))
            Assert.Equal((HttpStatusCode.Forbidden, "tpm_proof_required"), Code(await SendAsync(clone, path, body)));
        Assert.Equal((HttpStatusCode.Forbidden, "tpm_mismatch"), Code(await ProveAsync(stolen, clone, sn)));
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(clone, $"/api/v1/task/{sn}")).Status);
        // The same network card, another serial number: the task is not found by its MAC either.
        var another = sn + "-CLONE";
        var elsewhere = Proven(await ProveAsync(stolen, Token(another, mac, Now + 60_000), another));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(elsewhere, "/api/v1/report", Samples.Report(another, mac))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(elsewhere, $"/api/v1/task/{another}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(elsewhere, "/api/v1/operations/next", new { sn = another, task_id = id })).Status);

        Assert.Equal(TaskState.Approved, (await regional.TaskAsync(sn)).Status);
        // The machine itself goes on, with the token that it had before the clone came.
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, "/api/v1/operations/next", new { sn, task_id = id })).Status);
        var audit = await AuditAsync(sn);
        Assert.Single(audit, record => record.GetProperty("action").GetString() == "tpm.bound");
        // One for the calls without a TPM, one for the other TPM: not one for each call.
        Assert.Equal(2, audit.Count(record => record.GetProperty("action").GetString() == "tpm.refused"));
        var binding = await BindingAsync(sn);
        Assert.Equal((Digest(await own.KeysAsync()), Digest(await stolen.KeysAsync())), (binding!.EndorsementKey, binding.Refused!.EndorsementKey));
    }

    [Fact]
    public async Task A_required_TPM_is_bound_when_it_is_proven_and_nothing_is_given_before()
    {
        await using var tpm = await SoftwareTpm.StartAsync();
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await regional.PutAsync(Keys.Tpm("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(new TpmBinding { Required = true }, CoreJson.Default.TpmBinding));
        var token = Token(sn, mac);
        foreach (var (path, body) in Calls(sn, mac, id))
            Assert.Equal((HttpStatusCode.Forbidden, "tpm_proof_required"), Code(await SendAsync(token, path, body)));
        Assert.Equal(HttpStatusCode.Forbidden, (await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id })).StatusCode);
        var proven = Proven(await ProveAsync(tpm, token, sn));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, $"/api/v1/task/{sn}")).Status);
        Assert.True((await BindingAsync(sn)) is { Required: true, EndorsementKey: not null });
    }

    [Fact]
    public async Task A_task_that_only_the_MAC_links_goes_to_the_first_that_was_bound_with_it()
    {
        await using var own = await SoftwareTpm.StartAsync();
        await using var stolen = await SoftwareTpm.StartAsync();
        var (sn, mac, id) = Samples.Machine();
        var (asset, bare, bound) = ("asset-" + sn, sn + "-BARE", sn + "-BOUND");
        await regional.PutTaskAsync(Samples.Task(asset, mac, id));
        var proven = Proven(await ProveAsync(own, Token(sn, mac), sn));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, "/api/v1/report", Samples.Report(sn, mac))).Status);

        // With the same network card: without a TPM, with another one, and by the name that the task has.
        var other = Proven(await ProveAsync(stolen, Token(bound, mac), bound));
        foreach (var (token, name) in new[] { (Token(bare, mac), bare), (other, bound) })
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(token, "/api/v1/report", Samples.Report(name, mac))).Status);
        foreach (var (token, name) in new[] { (Token(bare, mac), bare), (other, bound), (Token(asset, mac), asset) })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(token, $"/api/v1/task/{name}")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(token, "/api/v1/operations/next", new { sn = name, task_id = id })).Status);
        }
        Assert.Equal(TaskState.Approved, (await regional.TaskAsync(asset)).Status);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, $"/api/v1/task/{sn}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, "/api/v1/operations/next", new { sn, task_id = id })).Status);
        // Who carries it out is known from here on, whatever is reported under the task's own name.
        await regional.PutTaskAsync((await regional.TaskAsync(asset)) with { Status = TaskState.Installing, MachineSn = sn });
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Token(asset, mac), "/api/v1/report", Samples.Report(asset, mac))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(Token(asset, mac), $"/api/v1/task/{asset}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(Token(asset, mac), "/api/v1/operations/next", new { sn = asset, task_id = id })).Status);
    }

    [Fact]
    public async Task Keys_that_somebody_makes_up_are_one_refusal_and_a_release_makes_the_next_one_heard()
    {
        await using var own = await SoftwareTpm.StartAsync();
        await using var next = await SoftwareTpm.StartAsync();
        var (sn, mac, _) = Samples.Machine();
        var token = Proven(await ProveAsync(own, Token(sn, mac), sn));
        var (endorsement, attestation) = await own.KeysAsync();
        for (var made = 0; made < 20; made++)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var point = key.ExportParameters(false).Q;
            // Two coordinates of 32 bytes, each behind its length, are the end of the area.
            byte[] madeUp = [.. endorsement[..^68], 0, 32, .. point.X!, 0, 32, .. point.Y!];
            Assert.Equal((HttpStatusCode.Forbidden, "tpm_mismatch"), Code(await SendAsync(token, "/api/v1/tpm/challenge", new { sn, endorsement_key = Convert.ToBase64String(madeUp), attestation_key = Convert.ToBase64String(attestation) })));
        }
        Assert.Single(await AuditAsync(sn), record => record.GetProperty("action").GetString() == "tpm.refused");

        // An operator releases it, and another machine is faster.
        await regional.PutAsync(Keys.Tpm("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(new TpmBinding(), CoreJson.Default.TpmBinding));
        Proven(await ProveAsync(next, Token(sn, mac), sn));
        for (var again = 0; again < 2; again++)
            Assert.Equal((HttpStatusCode.Forbidden, "tpm_mismatch"), Code(await ProveAsync(own, Token(sn, mac), sn)));
        Assert.Equal(2, (await AuditAsync(sn)).Count(record => record.GetProperty("action").GetString() == "tpm.refused"));
        Assert.Equal(Digest((endorsement, attestation)), (await BindingAsync(sn))!.Refused!.EndorsementKey);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_token_of_a_boot_that_was_replaced_binds_nothing(bool required)
    {
        await using var own = await SoftwareTpm.StartAsync();
        await using var stolen = await SoftwareTpm.StartAsync();
        var (sn, mac, _) = Samples.Machine();
        Proven(await ProveAsync(own, Token(sn, mac, Now + 1), sn));
        // Its mainboard was replaced, and an operator has released the binding.
        await regional.PutAsync(Keys.Tpm("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(new TpmBinding { Required = required }, CoreJson.Default.TpmBinding));
        var answer = await ProveAsync(stolen, Token(sn, mac), sn);
        Assert.Equal((HttpStatusCode.Unauthorized, "token_replaced"), Code(answer));
        Assert.Null(answer.Renewed);
        Assert.Null((await BindingAsync(sn))!.EndorsementKey);
        Proven(await ProveAsync(own, Token(sn, mac, Now + 2), sn));
        Assert.Equal(Digest(await own.KeysAsync()), (await BindingAsync(sn))!.EndorsementKey);
    }

    [Fact]
    public async Task A_machine_without_a_TPM_is_served_as_ever()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Token(sn, mac), $"/api/v1/task/{sn}")).Status);
        Assert.Null(await BindingAsync(sn));
    }

    [Fact]
    public async Task A_machine_of_which_only_the_MAC_was_known_is_bound_before_it_reports()
    {
        await using var tpm = await SoftwareTpm.StartAsync();
        var (sn, mac, _) = Samples.Machine();
        var proven = Proven(await ProveAsync(tpm, Token(null, mac), sn));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, "/api/v1/report", Samples.Report(sn, mac))).Status);
    }

    [Fact]
    public async Task What_was_not_opened_by_the_TPM_of_this_machine_in_this_boot_proves_nothing()
    {
        await using var tpm = await SoftwareTpm.StartAsync();
        var (sn, mac, id) = Samples.Machine();
        var (other, otherMac, _) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var token = Token(sn, mac);
        var (ticket, opened) = await OpenAsync(tpm, token, sn);
        var flipped = (byte[])opened.Clone();
        flipped[^1] ^= 1;
        // Another secret, none, another machine's, another boot's, a ticket that is a token, one that was changed, and no ticket.
        foreach (var (with, of, shown, answer) in new (string, string, string, byte[])[]
        {
            (token, sn, ticket, flipped), (token, sn, ticket, []), (token, sn, ticket, new byte[300]), (Token(other, otherMac), other, ticket, opened), (Token(sn, mac, Now + 1), sn, ticket, opened),
            (token, sn, token, opened), (token, sn, ticket[..^4] + "AAAA", opened), (token, sn, "", opened),
        })
            Assert.Equal((HttpStatusCode.Forbidden, "tpm_not_proven"), Code(await SendAsync(with, "/api/v1/tpm/proof", new { sn = of, ticket = shown, opened = Convert.ToBase64String(answer) })));
        Assert.Equal((HttpStatusCode.Forbidden, "token_of_another_machine"), Code(await SendAsync(Token(other, otherMac), "/api/v1/tpm/proof", new { sn, ticket, opened = Convert.ToBase64String(opened) })));
        Assert.Null(await BindingAsync(sn));
        // A ticket opens nothing by itself.
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(ticket, $"/api/v1/task/{sn}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(token, "/api/v1/tpm/proof", new { sn, ticket, opened = Convert.ToBase64String(opened) })).Status);
    }

    [Fact]
    public async Task Keys_that_no_TPM_would_keep_to_itself_are_refused_by_name()
    {
        await using var tpm = await SoftwareTpm.StartAsync();
        var (sn, mac, _) = Samples.Machine();
        var (endorsement, attestation) = await tpm.KeysAsync();
        // Not restricted, so that it would decrypt anything; with another policy; off the curve; cut short; with bytes behind it; of the other kind.
        foreach (var wrong in new byte[][] { Changed(endorsement, 5, 0x02), Changed(endorsement, 20, 0), Changed(endorsement, endorsement.Length - 1, (byte)(endorsement[^1] ^ 1)), endorsement[..^1], [.. endorsement, 0], attestation, [], new byte[2000] })
        {
            var answer = await SendAsync(Token(sn, mac), "/api/v1/tpm/challenge", new { sn, endorsement_key = Convert.ToBase64String(wrong), attestation_key = Convert.ToBase64String(attestation) });
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.True(answer.Body.GetProperty("errors").TryGetProperty("endorsement_key", out _));
        }
        foreach (var wrong in new byte[][] { endorsement, Changed(attestation, 7, 0x70), Changed(attestation, 5, 0x04), [] })
            Assert.True((await SendAsync(Token(sn, mac), "/api/v1/tpm/challenge", new { sn, endorsement_key = Convert.ToBase64String(endorsement), attestation_key = Convert.ToBase64String(wrong) })).Body.GetProperty("errors").TryGetProperty("attestation_key", out _));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(Token(sn, mac), "/api/v1/tpm/challenge", new { sn, endorsement_key = "no base64", attestation_key = "\n" })).Status);

        static byte[] Changed(byte[] key, int at, byte to) => [.. key[..at], to, .. key[(at + 1)..]];
    }

    private static string Digest((byte[] Endorsement, byte[] Attestation) keys) => Convert.ToHexStringLower(SHA256.HashData(keys.Endorsement));

    private static string Proven((HttpStatusCode Status, JsonElement Body, string? Renewed) answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Renewed!;
    }

    private static (HttpStatusCode, string?) Code((HttpStatusCode Status, JsonElement Body, string? Renewed) answer) => (answer.Status, answer.Body.TryGetProperty("code", out var code) ? code.GetString() : null);

    private static IEnumerable<(string Path, object? Body)> Calls(string sn, string mac, string id) =>
    [
        ("/api/v1/report", Samples.Report(sn, mac)), ($"/api/v1/task/{sn}", null), ($"/api/v1/directive/{sn}?task_id={id}", null), ("/api/v1/progress", new { sn, task_id = id, step = "downloading", percent = 60 }),
        ("/api/v1/operations/next", new { sn, task_id = id }), ("/api/v1/logs", new { sn, task_id = id, lines = new[] { "x" } }),
        ("/api/v1/wipes", new { sn, task_id = id, attempt = 1, device = "/dev/vda", size_bytes = 1, method = "zero", result = "failed", began_at = DateTimeOffset.UnixEpoch, ended_at = DateTimeOffset.UnixEpoch, samples = 0, samples_left = 0 }),
    ];

    private string Token(string? sn, string mac, long? boot = null) => MachineTokens.Issue(new TokenClaims
    {
        Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = sn, Mac = mac, Boot = boot ?? Now, Expires = TimeProvider.System.GetUtcNow().AddHours(12).ToUnixTimeSeconds(),
    }, regional.Snapshot.MachineTokenKey.Span);

    private async Task<(HttpStatusCode Status, JsonElement Body, string? Renewed)> ProveAsync(SoftwareTpm tpm, string token, string sn)
    {
        var challenge = await ChallengeAsync(tpm, token, sn);
        if (challenge.Status != HttpStatusCode.OK)
            return challenge;
        var opened = await tpm.ActivateAsync(challenge.Body.GetProperty("credential").GetBytesFromBase64(), challenge.Body.GetProperty("secret").GetBytesFromBase64());
        return await SendAsync(token, "/api/v1/tpm/proof", new { sn, ticket = challenge.Body.GetProperty("ticket").GetString(), opened = Convert.ToBase64String(opened) });
    }

    private async Task<(string Ticket, byte[] Opened)> OpenAsync(SoftwareTpm tpm, string token, string sn)
    {
        var challenge = await ChallengeAsync(tpm, token, sn);
        return (challenge.Body.GetProperty("ticket").GetString()!, await tpm.ActivateAsync(challenge.Body.GetProperty("credential").GetBytesFromBase64(), challenge.Body.GetProperty("secret").GetBytesFromBase64()));
    }

    private async Task<(HttpStatusCode Status, JsonElement Body, string? Renewed)> ChallengeAsync(SoftwareTpm tpm, string token, string sn)
    {
        var (endorsement, attestation) = await tpm.KeysAsync();
        return await SendAsync(token, "/api/v1/tpm/challenge", new { sn, endorsement_key = Convert.ToBase64String(endorsement), attestation_key = Convert.ToBase64String(attestation) });
    }

    private async Task<TpmBinding?> BindingAsync(string sn) => await regional.Store.GetAsync(Keys.Tpm("dc1", sn), TestContext.Current.CancellationToken) is { } entry ? JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.TpmBinding) : null;

    private async Task<List<JsonElement>> AuditAsync(string sn) => [.. (await regional.Store.ListAsync(Keys.Audit("dc1"), null, 1000, 0, TestContext.Current.CancellationToken)).Entries
        .Select(entry => JsonDocument.Parse(entry.Value).RootElement).Where(record => record.TryGetProperty("sn", out var of) && of.GetString() == sn)];

    private async Task<(HttpStatusCode Status, JsonElement Body, string? Renewed)> SendAsync(string token, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await regional.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await RegionalFixture.JsonAsync(answer), answer.Headers.TryGetValues("Lpmos-Token", out var renewed) ? renewed.Single() : null);
    }
}
