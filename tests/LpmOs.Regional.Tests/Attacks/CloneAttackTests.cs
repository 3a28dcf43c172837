using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests.Attacks;

/// <summary>Machines that call themselves by the number of a task that is another's; each a real call.</summary>
public sealed class CloneAttackTests(RegionalFixture regional, CloneAttackTests.Count attacks) : IClassFixture<RegionalFixture>, IClassFixture<CloneAttackTests.Count>
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public sealed class Count() : AttackCount("regional service against clones");

    [Fact]
    public async Task A_task_under_an_asset_number_goes_to_the_machine_that_was_approved_whoever_else_calls_itself_so()
    {
        var (sn, mac, id) = Samples.Machine();
        var (_, otherMac, _) = Samples.Machine();
        var asset = "asset-" + sn;
        await regional.PutImageAsync();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Token(sn, mac), "/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "OWN")))).Status);
        var pending = Samples.Task(asset, mac, id, TaskState.Pending);
        var plan = Planner.Plan(pending, regional.Snapshot.FindHardware(pending)!.Inventory, PlanningInput.Of(regional.Snapshot, "dc1", OsCatalog.Load(Repository.Templates), new SiteTemplates(Repository.Templates))).Plan!;
        await regional.PutTaskAsync(TaskTransitions.Approve(pending, "a", null, DateTimeOffset.UnixEpoch, plan, sn)!);

        // With a network card of its own, then with a copy of the machine's; it boots later, and has a disk by the same name.
        foreach (var (clone, boot) in new[] { (otherMac, 1), (mac, 2) })
        {
            var token = Token(asset, clone, Now + boot);
            var reported = await SendAsync(token, "/api/v1/report", Samples.Report(asset, clone, Samples.Disk("/dev/vda", "OWN")));
            Assert.Equal((HttpStatusCode.OK, false), (reported.Status, reported.Body.GetProperty("matched").GetBoolean()));
            foreach (var (path, body) in Calls(asset, id))
            {
                Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(token, path, body)).Status);
                attacks.Add();
            }
            var told = Assert.Single(SecurityAlert.Of(null, regional.Snapshot.Machine("dc1", asset)!.Token));
            Assert.Equal(("task.refused", sn, "127.0.0.1"), (told.Code, told.Machine, told.From));
        }
        Assert.Equal(2, await RefusalsAsync(asset));
        Assert.Equal((TaskState.Approved, plan.PlanHash, sn), await regional.TaskAsync(asset) is var task ? (task.Status, task.Approval?.PlanHash, task.MachineSn) : default);

        var own = Token(sn, mac);
        Assert.Equal(id, (await SendAsync(own, $"/api/v1/task/{sn}")).Body.GetProperty("task_id").GetString());
        Assert.Equal("os_install", (await SendAsync(own, "/api/v1/operations/next", new { sn, task_id = id })).Body.GetProperty("operation").GetString());
        Assert.Equal((TaskState.Installing, sn), await regional.TaskAsync(asset) is var begun ? (begun.Status, begun.MachineSn) : default);
        var late = await SendAsync(Token(asset, mac, Now + 3), "/api/v1/operations/next", new { sn = asset, task_id = id });
        Assert.Equal((HttpStatusCode.Conflict, "at_work_elsewhere"), (late.Status, late.Body.GetProperty("code").GetString()));
        Assert.Equal(3, await RefusalsAsync(asset));
        attacks.Add();
    }

    [Fact]
    public async Task An_approval_that_nobody_saw_a_machine_for_is_void_where_another_one_was_there_first()
    {
        var (sn, mac, id) = Samples.Machine();
        var asset = "asset-" + sn;
        await regional.PutImageAsync();
        await SendAsync(Token(sn, mac), "/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "OWN")));
        await regional.PutTaskAsync(Samples.Task(asset, mac, id));
        var clone = Token(asset, mac);
        await SendAsync(clone, "/api/v1/report", Samples.Report(asset, mac, Samples.Disk("/dev/vda", "OWN")));
        var next = await SendAsync(clone, "/api/v1/operations/next", new { sn = asset, task_id = id });
        Assert.Equal(("wait", false), (next.Body.GetProperty("operation").GetString(), next.Body.TryGetProperty("plan", out _)));
        var task = await regional.TaskAsync(asset);
        Assert.Equal((TaskState.Pending, null), (task.Status, task.Approval));
        Assert.Contains(sn + ",", task.Message, StringComparison.Ordinal);
        attacks.Add();
    }

    private static IEnumerable<(string Path, object? Body)> Calls(string sn, string id) =>
    [
        ($"/api/v1/task/{sn}", null), ("/api/v1/operations/next", new { sn, task_id = id }), ("/api/v1/progress", new { sn, task_id = id, step = "downloading", percent = 60 }), ($"/api/v1/task/{sn}", null),
    ];

    private async Task<int> RefusalsAsync(string sn)
    {
        var page = await regional.Store.ListAsync("/os/dc1/audit/", null, 10_000, 0, TestContext.Current.CancellationToken);
        return page.Entries.Select(entry => Encoding.UTF8.GetString(entry.Value.Span)).Count(record => record.Contains("\"task.refused\"", StringComparison.Ordinal) && record.Contains($"\"{sn}\"", StringComparison.Ordinal));
    }

    private string Token(string sn, string mac, long? boot = null) => regional.Sign(RegionalFixture.Claims(sn, mac, boot ?? Now));

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(string token, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await regional.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await RegionalFixture.JsonAsync(answer));
    }
}
