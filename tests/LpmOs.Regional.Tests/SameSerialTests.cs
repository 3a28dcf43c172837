using System.Net;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests;

/// <summary>Two machines with one serial number: the task is done by the one that it names, and the other one is told so.</summary>
public sealed class SameSerialTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task The_twin_of_a_machine_gets_neither_its_task_nor_its_place_on_record()
    {
        var (sn, mac, id) = Samples.Machine();
        var twin = Samples.Machine().Mac;
        await PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));

        var report = await regional.PostAsync("/api/v1/report", Samples.Report(sn, twin, Samples.Disk("/dev/vda", "VD1")));
        Assert.Equal(HttpStatusCode.Conflict, report.StatusCode);
        var told = await RegionalFixture.JsonAsync(report);
        Assert.Equal("serial_number_conflict", told.GetProperty("code").GetString());
        Assert.Contains(mac, told.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var record = await InventoryAsync(sn);
        Assert.Equal(mac, record.GetProperty("mac_address").GetString());
        Assert.Equal(twin, record.GetProperty("serial_conflict").GetProperty("machine").GetProperty("mac").GetString());
        var revision = (await regional.Store.GetAsync(Keys.Meta("dc1", sn), CancellationToken.None))!.ModRevision;
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, twin, Samples.Disk("/dev/vda", "VD1")));
        Assert.Equal(revision, (await regional.Store.GetAsync(Keys.Meta("dc1", sn), CancellationToken.None))!.ModRevision);
        Assert.Single(await ConflictsAsync(sn));

        // Told apart wherever the twin asks.
        Assert.Equal(HttpStatusCode.NotFound, (await regional.Http.GetAsync($"/api/v1/task/{sn}?mac={twin}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await NextAsync(sn, id, twin)).StatusCode);
        Assert.Equal(TaskState.Approved, (await regional.TaskAsync(sn)).Status);
        Assert.Equal(HttpStatusCode.OK, (await regional.Http.GetAsync($"/api/v1/task/{sn}?mac={mac}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("os_install", (await RegionalFixture.JsonAsync(await NextAsync(sn, id, mac))).GetProperty("operation").GetString());
        var late = await NextAsync(sn, id, twin);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.False((await RegionalFixture.JsonAsync(late)).TryGetProperty("first_boot", out _));
        Assert.Equal(HttpStatusCode.NotFound, (await regional.Http.GetAsync($"/api/v1/task/{sn}?mac={twin}", TestContext.Current.CancellationToken)).StatusCode);
        // Another UUID is another machine, even where a cloned MAC is the same.
        Assert.Equal(HttpStatusCode.Conflict, (await NextAsync(sn, id, mac, "11111111-0000-0000-0000-000000000000")).StatusCode);
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Installing, mac), (task.Status, task.Machine?.Mac));
    }

    [Fact]
    public async Task The_same_machine_from_another_of_its_interfaces_goes_on()
    {
        var (sn, mac, id) = Samples.Machine();
        var second = Samples.Machine().Mac;
        await PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await NextAsync(sn, id, mac, macs: [mac, second.ToUpperInvariant().Replace(':', '-')]);
        Assert.Equal("os_install", (await RegionalFixture.JsonAsync(await NextAsync(sn, id, second))).GetProperty("operation").GetString());
        Assert.Equal(HttpStatusCode.OK, (await regional.Http.GetAsync($"/api/v1/task/{sn}?mac={second}", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Without_a_task_the_newest_report_is_on_record_and_a_task_must_name_the_mac()
    {
        var (sn, mac, id) = Samples.Machine();
        var twin = Samples.Machine().Mac;
        await PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        Assert.Equal(HttpStatusCode.OK, (await regional.PostAsync("/api/v1/report", Samples.Report(sn, twin, Samples.Disk("/dev/vda", "VD1")))).StatusCode);
        var record = await InventoryAsync(sn);
        Assert.Equal((twin, mac), (record.GetProperty("mac_address").GetString(), record.GetProperty("serial_conflict").GetProperty("machine").GetProperty("mac").GetString()));
        Assert.Single(await ConflictsAsync(sn));

        // For the first machine, while the second one's hardware is on record: neither is installed before that is cleared up.
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        Assert.Equal(HttpStatusCode.Conflict, (await NextAsync(sn, id, twin)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await NextAsync(sn, id, mac)).StatusCode);
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        var plan = (await RegionalFixture.JsonAsync(await NextAsync(sn, id, mac))).GetProperty("plan");
        Assert.Equal("VD0", plan.GetProperty("disk").GetProperty("serial").GetString());
    }

    [Theory]
    [InlineData("""{"mac":"zz"}""", "machine.mac")]
    [InlineData("""{"mac":"52:54:00:00:00:01","uuid":"00000000000000000000000000000000000000000000000000000000000000000"}""", "machine.uuid")]
    public async Task An_identity_that_is_none_is_named(string machine, string field)
    {
        var answer = await regional.PostTextAsync("/api/v1/operations/next", $$"""{"sn":"SN-1","task_id":"task-0a1b2c3d","machine":{{machine}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await RegionalFixture.JsonAsync(answer)).GetProperty("errors").TryGetProperty(field, out _));
    }

    private Task<HttpResponseMessage> NextAsync(string sn, string taskId, string mac, string? uuid = "00000000-0000-0000-0000-00000000000a", string[]? macs = null) =>
        regional.PostAsync("/api/v1/operations/next", new { sn, task_id = taskId, machine = new { mac, uuid, macs = macs ?? [mac] } });

    private async Task<JsonElement> InventoryAsync(string sn) => JsonDocument.Parse((await regional.Store.GetAsync(Keys.Meta("dc1", sn), CancellationToken.None))!.Value).RootElement;

    private async Task<List<JsonElement>> ConflictsAsync(string sn) =>
        [.. (await regional.Store.ListAsync(Keys.Audit("dc1"), null, 1000, 0, CancellationToken.None)).Entries.Select(entry => JsonDocument.Parse(entry.Value).RootElement)
            .Where(record => record.GetProperty("action").GetString() == "machine.serial_conflict" && record.GetProperty("sn").GetString() == sn)];

    private Task PutImageAsync() => regional.PutAsync(
        Keys.Image("dc1", "debian-12"), """{"id":"debian-12","os_id":"debian","os_version":"12","file":"debian-12.tar.zst","format":"tar.zst","sha256":"aa","size_bytes":1}"""u8.ToArray());
}
