using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Security;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests.Attacks;

/// <summary>What a hostile machine would send; each a real request, each refused, and the service goes on.</summary>
public sealed class MachineAttackTests(RegionalFixture regional, MachineAttackTests.Count attacks) : IClassFixture<RegionalFixture>, IClassFixture<MachineAttackTests.Count>
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private static readonly JsonSerializerOptions Plain = new();

    public sealed class Count() : AttackCount("regional service");

    [Theory]
    [InlineData("/api/v1/progress", """{"sn":"SN","task_id":"ID","step":"install_start","percent":40}""")]
    [InlineData("/api/v1/progress", """{"sn":"SN","task_id":"ID","step":"completed","percent":100,"status":"approved"}""")]
    [InlineData("/api/v1/operations/next", """{"sn":"SN","task_id":"ID","completed":{"operation":"os_install","success":true}}""")]
    [InlineData("/api/v1/operations/next", """{"sn":"SN","task_id":"ID","attempt":1,"dry_run":true,"approval":{"by":"admin","plan_hash":"aa"}}""")]
    [InlineData("/api/v1/installed", """{"sn":"SN","task_id":"ID","token":"x.y"}""")]
    [InlineData("/api/v1/logs", """{"sn":"SN","task_id":"ID","lines":["approved by admin"]}""")]
    [InlineData("/api/v1/wipes", """{"sn":"SN","task_id":"ID","attempt":1,"device":"/dev/vda","size_bytes":1,"method":"zero","result":"success","began_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:01Z","samples":0,"samples_left":0}""")]
    public async Task Nothing_that_a_machine_says_approves_its_task(string path, string body)
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Pending));
        var (_, answer) = await SendAsync(Token(sn, mac), path, body.Replace("SN", sn, StringComparison.Ordinal).Replace("ID", id, StringComparison.Ordinal));
        Assert.DoesNotContain("os_install", answer, StringComparison.Ordinal);
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Pending, null, null), (task.Status, task.Approval, task.Plan));
        attacks.Add();
    }

    [Theory]
    [InlineData("disks")]
    [InlineData("nics")]
    [InlineData("pci_devices")]
    [InlineData("software_arrays")]
    [InlineData("warnings")]
    public async Task A_report_with_a_hundred_thousand_of_anything_is_refused_and_stored_nowhere(string list)
    {
        var (sn, mac, _) = Samples.Machine();
        var many = string.Join(',', Enumerable.Repeat(list == "warnings" ? "\"x\"" : "{}", 100_000));
        var (status, answer) = await SendAsync(Token(sn, mac), "/api/v1/report", $$"""{"sn":"{{sn}}","mac_address":"{{mac}}","hardware":{"serial_number":"{{sn}}","mac_address":"{{mac}}","{{list}}":[{{many}}]} }""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(list, answer, StringComparison.Ordinal);
        Assert.Null(regional.Snapshot.Machine("dc1", sn)?.Hardware);
        attacks.Add();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Token(sn, mac), "/api/v1/report", JsonSerializer.Serialize(Samples.Report(sn, mac), Plain))).Status);
    }

    [Theory]
    [InlineData("forged signature")]
    [InlineData("another machine")]
    [InlineData("another site")]
    [InlineData("expired")]
    [InlineData("first boot's")]
    [InlineData("TPM's question")]
    [InlineData("an earlier boot")]
    public async Task A_token_that_is_not_the_machines_opens_nothing(string which)
    {
        var (sn, mac, id) = Samples.Machine();
        var (other, otherMac, _) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        if (which == "an earlier boot")
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(Token(sn, mac, Now + 60_000), $"/api/v1/task/{sn}")).Status);
        var token = which switch
        {
            "forged signature" => MachineTokens.Issue(RegionalFixture.Claims(sn, mac, Now), new byte[32]),
            "another machine" => Token(other, otherMac),
            "another site" => regional.Sign(RegionalFixture.Claims(sn, mac, Now) with { Idc = "dc2" }),
            "expired" => regional.Sign(RegionalFixture.Claims(sn, mac, Now) with { Expires = 1 }),
            "first boot's" => regional.Sign(RegionalFixture.Claims(sn, mac, Now) with { Purpose = MachineTokens.FirstBootPurpose }),
            "TPM's question" => regional.Sign(RegionalFixture.Claims(sn, mac, Now) with { Purpose = MachineTokens.TpmChallengePurpose }),
            _ => Token(sn, mac),
        };
        foreach (var (path, body) in new[] { ($"/api/v1/task/{sn}", null), ("/api/v1/operations/next", $$"""{"sn":"{{sn}}","task_id":"{{id}}"}""") })
        {
            var (status, answer) = await SendAsync(token, path, body);
            Assert.True(status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{(int)status} {answer}");
            Assert.DoesNotContain(id, answer, StringComparison.Ordinal);
            attacks.Add();
        }
        Assert.Equal(TaskState.Approved, (await regional.TaskAsync(sn)).Status);
    }

    private string Token(string sn, string mac, long? boot = null) => regional.Sign(RegionalFixture.Claims(sn, mac, boot ?? Now));

    private async Task<(HttpStatusCode Status, string Answer)> SendAsync(string token, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await regional.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
