using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LpmOs.Contracts.Agents;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests.Tpm;

/// <summary>TPMs with certificates of their maker, manufactured by swtpm_setup and driven by tpm2-tools, and a site that believes some makers alone.</summary>
public sealed class TpmMakersTests : IAsyncLifetime
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly RegionalFixture _regional = new();

    public ValueTask InitializeAsync() => _regional.InitializeAsync();

    public ValueTask DisposeAsync() => _regional.DisposeAsync();

    [Fact]
    public async Task Whose_maker_the_site_believes_is_bound_by_its_RSA_key_and_no_other_is()
    {
        await using var tpm = await SoftwareTpm.StartAsync(manufactured: true);
        await using var stranger = await SoftwareTpm.StartAsync(manufactured: true);
        await using var bare = await SoftwareTpm.StartAsync();
        var (sn, mac, _) = Samples.Machine();
        var (earlier, earlierMac, _) = Samples.Machine();
        // Before anybody asked for makers a machine was bound by its elliptic key; it stays so.
        var (elliptic, signing) = await bare.KeysAsync();
        Assert.Equal(HttpStatusCode.OK, (await ProveAsync(bare, earlier, earlierMac, Shown(elliptic, signing))).Status);
        Assert.Null((await BindingAsync(earlier))!.Maker);

        _regional.Settings = [$"--Regional:TpmMakers={tpm.Makers}"];
        await _regional.RestartAsync();
        (elliptic, signing) = await bare.KeysAsync();
        Assert.Equal(HttpStatusCode.OK, (await ProveAsync(bare, earlier, earlierMac, Shown(elliptic, signing))).Status);
        // A key without a certificate; one of a maker that nobody believes; a certificate of another key.
        Assert.Equal((HttpStatusCode.Forbidden, "tpm_not_certified"), Code(await ProveAsync(bare, sn, mac, Shown(elliptic, signing))));
        var (foreign, foreignSigning) = await stranger.KeysAsync("rsa");
        Assert.Equal((HttpStatusCode.Forbidden, "tpm_not_certified"), Code(await ProveAsync(stranger, sn, mac, Shown(foreign, foreignSigning, await CertificateAsync(stranger)))));
        var refused = await ProveAsync(stranger, sn, mac, Shown(foreign, foreignSigning, await CertificateAsync(tpm)));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("another key", refused.Body.GetProperty("errors").GetProperty("endorsement_certificate")[0].GetString(), StringComparison.Ordinal);
        Assert.Null(await BindingAsync(sn));

        // The elliptic key comes first and has no certificate; the RSA key has one. As our agent shows them.
        var (first, _) = await tpm.KeysAsync();
        var (rsa, attestation) = await tpm.KeysAsync("rsa");
        var certificate = await CertificateAsync(tpm);
        var shown = new { endorsement_key = Text(first), attestation_key = Text(attestation), alternative = new { key = Text(rsa), certificate = Text(certificate) } };
        var challenge = await SendAsync(Token(sn, mac), "/api/v1/tpm/challenge", With(sn, shown));
        Assert.True(challenge.Body.GetProperty("alternative").GetBoolean());
        // Without the certificate that was shown, or with another, the answer is none.
        var opened = Text(await tpm.ActivateAsync(challenge.Body.GetProperty("credential").GetBytesFromBase64(), challenge.Body.GetProperty("secret").GetBytesFromBase64()));
        var ticket = challenge.Body.GetProperty("ticket").GetString();
        Assert.Equal((HttpStatusCode.Forbidden, "tpm_not_proven"), Code(await SendAsync(Token(sn, mac), "/api/v1/tpm/proof", new { sn, ticket, opened })));
        Assert.Equal((HttpStatusCode.Forbidden, "tpm_not_proven"), Code(await SendAsync(Token(sn, mac), "/api/v1/tpm/proof", new { sn, ticket, opened, endorsement_certificate = Text(await CertificateAsync(stranger)) })));
        Assert.Null(await BindingAsync(sn));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Token(sn, mac), "/api/v1/tpm/proof", new { sn, ticket, opened, endorsement_certificate = Text(certificate) })).Status);
        var binding = (await BindingAsync(sn))!;
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(rsa)), binding.EndorsementKey);
        Assert.Equal(("swtpm", true), (binding.Maker!.Model, binding.Maker.Verified));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(certificate)), binding.Maker.Sha256);

        // From then on that key is the machine's, whichever of the two comes first.
        challenge = await SendAsync(Token(sn, mac), "/api/v1/tpm/challenge", With(sn, new { endorsement_key = Text(rsa), attestation_key = Text(attestation), alternative = new { key = Text(first) } }));
        Assert.False(challenge.Body.TryGetProperty("alternative", out _));
        Assert.Equal((HttpStatusCode.Forbidden, "tpm_mismatch"), Code(await SendAsync(Token(sn, mac), "/api/v1/tpm/challenge", With(sn, new { endorsement_key = Text(foreign), attestation_key = Text(foreignSigning) }))));
    }

    [Fact]
    public async Task A_machine_that_is_released_is_bound_again_only_to_a_TPM_that_a_maker_vouched_for()
    {
        await using var tpm = await SoftwareTpm.StartAsync(manufactured: true);
        var (sn, mac, id) = Samples.Machine();
        var (elliptic, signing) = await tpm.KeysAsync();
        Assert.Equal(HttpStatusCode.OK, (await ProveAsync(tpm, sn, mac, Shown(elliptic, signing))).Status);
        _regional.Settings = [$"--Regional:TpmMakers={tpm.Makers}"];
        await _regional.RestartAsync();
        // It stays bound to what it was bound to, and its token names that.
        (elliptic, signing) = await tpm.KeysAsync();
        var proven = (await AnswerAsync(tpm, sn, mac, Shown(elliptic, signing))).Token!;
        await _regional.PutAsync(Keys.Tpm("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(new TpmBinding { Required = true }, CoreJson.Default.TpmBinding));
        Assert.Equal((HttpStatusCode.Forbidden, "tpm_proof_required"), Code(await SendAsync(proven, "/api/v1/report", Samples.Report(sn, mac))));
        Assert.True(await BindingAsync(sn) is { Required: true, EndorsementKey: null });
        // The key that its maker certified is taken by the next call, where the proof itself bound nothing.
        var (rsa, attestation) = await tpm.KeysAsync("rsa");
        proven = (await AnswerAsync(tpm, sn, mac, Shown(rsa, attestation, await CertificateAsync(tpm)))).Token!;
        await _regional.PutAsync(Keys.Tpm("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(new TpmBinding { Required = true }, CoreJson.Default.TpmBinding));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, "/api/v1/report", Samples.Report(sn, mac))).Status);
        var bound = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(rsa));
        Assert.Equal(bound, (await BindingAsync(sn))!.EndorsementKey);

        // An installer proves nothing itself: its token stands for the agent that was given it, also where the machine is released meanwhile.
        foreach (var name in new[] { "debian-12/linux", "debian-12/initrd.gz" })
            await _regional.PutAsync(Keys.Asset("dc1", name), JsonSerializer.SerializeToUtf8Bytes(new SiteAsset { Name = name, Sha256 = new string('a', 64), SizeBytes = 1000 }, CoreJson.Default.SiteAsset));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(proven, "/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")))).Status);
        await _regional.PutTaskAsync(Samples.Task(sn, mac, id) with { InstallMethod = "preseed" });
        var next = await SendAsync(proven, "/api/v1/operations/next", new { sn, task_id = id });
        Assert.Equal("os_install", next.Body.GetProperty("operation").GetString());
        await _regional.PutAsync(Keys.Tpm("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(new TpmBinding { Required = true }, CoreJson.Default.TpmBinding));
        var installer = next.Body.GetProperty("installer_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(installer, "/api/v1/progress", new { sn, task_id = id, step = "partitioning", percent = 10 })).Status);
        Assert.Equal(bound, (await BindingAsync(sn))!.EndorsementKey);
    }

    [Fact]
    public async Task Another_folder_of_makers_is_taken_without_a_restart_and_half_a_file_keeps_those_before()
    {
        await using var tpm = await SoftwareTpm.StartAsync(manufactured: true);
        await using var late = await SoftwareTpm.StartAsync(manufactured: true);
        using var folder = new TemporaryFolder();
        void Believe(SoftwareTpm maker, string name)
        {
            foreach (var file in Directory.EnumerateFiles(maker.Makers))
                File.Copy(file, folder.File($"{name}-{Path.GetFileName(file)}"), overwrite: true);
        }
        Believe(tpm, "first");
        _regional.Settings = [$"--Regional:TpmMakers={folder.Path}"];
        await _regional.RestartAsync();
        var (sn, mac, _) = Samples.Machine();
        var (rsa, signing) = await late.KeysAsync("rsa");
        var shown = Shown(rsa, signing, await CertificateAsync(late));
        Assert.Equal((HttpStatusCode.Forbidden, "tpm_not_certified"), Code(await SendAsync(Token(sn, mac), "/api/v1/tpm/challenge", With(sn, shown))));

        await File.WriteAllTextAsync(folder.File("half.pem"), "-----BEGIN CERTIFICATE-----\nMIIB", TestContext.Current.CancellationToken);
        await UntilAsync(async () => (await _regional.Http.GetStringAsync("/readyz", TestContext.Current.CancellationToken)).Contains("half.pem", StringComparison.Ordinal));
        var (own, ownSigning) = await tpm.KeysAsync("rsa");
        var (first, firstMac, _) = Samples.Machine();
        Assert.Equal(HttpStatusCode.OK, (await ProveAsync(tpm, first, firstMac, Shown(own, ownSigning, await CertificateAsync(tpm)))).Status);

        File.Delete(folder.File("half.pem"));
        Believe(late, "late");
        await UntilAsync(async () => (await SendAsync(Token(sn, mac), "/api/v1/tpm/challenge", With(sn, shown))).Status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await ProveAsync(late, sn, mac, shown)).Status);
        Assert.True((await BindingAsync(sn))!.Maker!.Verified);
        await UntilAsync(async () => !(await _regional.Http.GetStringAsync("/readyz", TestContext.Current.CancellationToken)).Contains("half.pem", StringComparison.Ordinal));
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var looks = 0; !await holds(); looks++)
        {
            Assert.True(looks < 600, "It did not come about.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Without_makers_a_certificate_is_only_told_also_of_a_machine_that_was_bound_before()
    {
        await using var tpm = await SoftwareTpm.StartAsync(manufactured: true);
        var (sn, mac, _) = Samples.Machine();
        var (rsa, signing) = await tpm.KeysAsync("rsa");
        Assert.Equal(HttpStatusCode.OK, (await ProveAsync(tpm, sn, mac, Shown(rsa, signing))).Status);
        Assert.Null((await BindingAsync(sn))!.Maker);
        (rsa, signing) = await tpm.KeysAsync("rsa");
        Assert.Equal(HttpStatusCode.OK, (await ProveAsync(tpm, sn, mac, Shown(rsa, signing, await CertificateAsync(tpm)))).Status);
        Assert.Equal(("swtpm", false), (await BindingAsync(sn))!.Maker is { } maker ? (maker.Model, maker.Verified) : default);
    }

    private static object Shown(byte[] endorsement, byte[] attestation, byte[]? certificate = null) =>
        new { endorsement_key = Text(endorsement), attestation_key = Text(attestation), endorsement_certificate = certificate is null ? null : Text(certificate) };

    private static JsonElement With(string sn, object body)
    {
        var fields = JsonSerializer.SerializeToElement(body).EnumerateObject().ToDictionary(field => field.Name, field => field.Value);
        fields["sn"] = JsonSerializer.SerializeToElement(sn);
        return JsonSerializer.SerializeToElement(fields);
    }

    private static string Text(byte[] bytes) => Convert.ToBase64String(bytes);

    private static (HttpStatusCode, string?) Code((HttpStatusCode Status, JsonElement Body) answer) => (answer.Status, answer.Body.TryGetProperty("code", out var code) ? code.GetString() : null);

    private static async Task<byte[]> CertificateAsync(SoftwareTpm tpm)
    {
        await tpm.RunAsync("tpm2_nvread", "0x01c00002", "-o", "certificate");
        return tpm.Read("certificate");
    }

    /// <summary>Challenge and proof, with the keys that the TPM has made last.</summary>
    private async Task<(HttpStatusCode Status, JsonElement Body)> ProveAsync(SoftwareTpm tpm, string sn, string mac, object shown) =>
        await AnswerAsync(tpm, sn, mac, shown) is var (status, body, _) ? (status, body) : default;

    private async Task<(HttpStatusCode Status, JsonElement Body, string? Token)> AnswerAsync(SoftwareTpm tpm, string sn, string mac, object shown)
    {
        var token = Token(sn, mac);
        var challenge = await SendAsync(token, "/api/v1/tpm/challenge", With(sn, shown));
        if (challenge.Status != HttpStatusCode.OK)
            return (challenge.Status, challenge.Body, null);
        var opened = await tpm.ActivateAsync(challenge.Body.GetProperty("credential").GetBytesFromBase64(), challenge.Body.GetProperty("secret").GetBytesFromBase64());
        var certificate = JsonSerializer.SerializeToElement(shown).GetProperty("endorsement_certificate").GetString();
        return await CallAsync(token, "/api/v1/tpm/proof", new { sn, ticket = challenge.Body.GetProperty("ticket").GetString(), opened = Text(opened), endorsement_certificate = certificate });
    }

    private string Token(string sn, string mac) => MachineTokens.Issue(new TokenClaims
    {
        Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = sn, Mac = mac, Boot = Now, Expires = TimeProvider.System.GetUtcNow().AddHours(12).ToUnixTimeSeconds(),
    }, _regional.Snapshot.MachineTokenKey.Span);

    private async Task<TpmBinding?> BindingAsync(string sn) => await _regional.Store.GetAsync(Keys.Tpm("dc1", sn), TestContext.Current.CancellationToken) is { } entry ? JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.TpmBinding) : null;

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(string token, string path, object body) =>
        await CallAsync(token, path, body) is var (status, answer, _) ? (status, answer) : default;

    /// <returns>With the token that the answer brought.</returns>
    private async Task<(HttpStatusCode Status, JsonElement Body, string? Token)> CallAsync(string token, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await _regional.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await RegionalFixture.JsonAsync(answer), answer.Headers.TryGetValues(AgentHeaders.RenewedToken, out var renewed) ? renewed.Single() : null);
    }
}
