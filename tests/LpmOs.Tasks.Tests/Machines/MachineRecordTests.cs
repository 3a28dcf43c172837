using System.Net;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Machines;

public sealed class MachineRecordTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Notes_and_tags_are_kept_in_the_store_and_what_is_left_out_stays()
    {
        var (sn, mac) = await ReportedAsync("r1");
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync("r1", sn, """{"notes":"换过主板","tags":["rack-a12","gpu","gpu"]}""")).StatusCode);
        await PatchAsync("r1", sn, """{"tags":["rack-a13"]}""");
        var stored = await RecordAsync("r1", sn);
        Assert.Equal(("换过主板", "rack-a13"), (stored.Notes, Assert.Single(stored.Tags)));
        Assert.Equal([sn], await SerialsAsync("/api/v1/machines?idc=r1&tag=rack-a13"));
        Assert.Empty(await SerialsAsync("/api/v1/machines?idc=r1&tag=rack-a12"));
        Assert.Equal([sn], await SerialsAsync("/api/v1/machines?idc=r1&q=" + Uri.EscapeDataString("主板")));
        Assert.Equal("rack-a13", (await tasks.JsonAsync($"/api/v1/machines/r1/{sn}")).GetProperty("tags")[0].GetString());

        await PatchAsync("r1", sn, """{"notes":null}""");
        Assert.Null((await RecordAsync("r1", sn)).Notes);
    }

    [Fact]
    public async Task A_bad_patch_names_every_field_and_an_unknown_machine_is_not_found()
    {
        var (sn, _) = await ReportedAsync("r2");
        var answer = await PatchAsync("r2", sn, """{"notes":7,"tags":["ok","not ok!"],"rack":"a"}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["notes", "rack", "tags[1]"], (await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await PatchAsync("r2", "nobody", "{}")).StatusCode);
    }

    [Fact]
    public async Task Edits_at_once_lose_nothing()
    {
        var (sn, _) = await ReportedAsync("r3");
        await Task.WhenAll(PatchAsync("r3", sn, """{"notes":"n"}"""), PatchAsync("r3", sn, """{"tags":["t"]}"""), tasks.PostAsync($"/api/v1/machines/r3/{sn}/decommission"));
        var stored = await RecordAsync("r3", sn);
        Assert.Equal(("n", "t", true), (stored.Notes, Assert.Single(stored.Tags), stored.Decommissioned is not null));
    }

    [Fact]
    public async Task A_task_in_one_step_takes_serial_number_and_MAC_from_the_machine()
    {
        var (sn, mac) = await ReportedAsync("r4");
        var answer = await tasks.PostAsync($"/api/v1/machines/r4/{sn}/task", """{"os_type":"debian","os_version":"12"}""");
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var stored = (await tasks.StoredTaskAsync(sn, "r4"))!;
        Assert.Equal((sn, mac, "r4", TaskState.Pending), (stored.Sn, stored.Mac, stored.Idc, stored.Status));
        Assert.Empty(await SerialsAsync("/api/v1/machines?idc=r4&unmatched=true"));

        var mistaken = await TasksFixture.JsonAsync(await tasks.PostAsync($"/api/v1/machines/r4/{sn}/task", """{"os_type":"debian","sn":"other","mac":"52:54:00:ff:ff:ff"}"""));
        Assert.Equal(["mac", "sn"], mistaken.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await tasks.PostAsync("/api/v1/machines/r4/nobody/task", """{"os_type":"debian"}""")).StatusCode);
    }

    [Fact]
    public async Task A_machine_with_an_active_task_is_not_decommissioned_even_where_it_is_linked_by_its_MAC()
    {
        var (sn, mac) = await ReportedAsync("r5");
        await tasks.CreateAsync("LABEL-" + sn, mac, "r5");
        var refused = await tasks.PostAsync($"/api/v1/machines/r5/{sn}/decommission", """{"reason":"x"}""");
        Assert.Equal((HttpStatusCode.Conflict, "active_task_exists"), (refused.StatusCode, await CodeAsync(refused)));
        Assert.Null(await tasks.Store.GetAsync(Keys.Record("r5", sn), CancellationToken.None));

        await tasks.PostAsync($"/api/v1/tasks/r5/LABEL-{sn}/cancel");
        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/machines/r5/{sn}/decommission", """{"reason":"报废"}""")).StatusCode);
        Assert.Equal("报废", (await RecordAsync("r5", sn)).Decommissioned?.Reason);
        Assert.Empty(await SerialsAsync("/api/v1/machines?idc=r5&q=epyc"));
        Assert.Equal([sn], await SerialsAsync("/api/v1/machines?idc=r5&decommissioned=true"));
        var audit = (await tasks.Store.ListAsync(Keys.Audit("r5"), null, 1, 0, CancellationToken.None)).Entries[0].Value;
        Assert.Equal(("machine.decommissioned", sn, "报废"), JsonDocument.Parse(audit).RootElement is var record ? (record.GetProperty("action").GetString(), record.GetProperty("sn").GetString(), record.GetProperty("reason").GetString()) : default);
    }

    [Fact]
    public async Task A_decommissioned_machine_gets_no_task_no_approval_and_no_retry_until_it_is_put_back()
    {
        var (sn, mac) = await ReportedAsync("r6");
        await tasks.CreateAsync(sn, mac, "r6");
        await tasks.PutTaskAsync((await tasks.StoredTaskAsync(sn, "r6"))! with { Status = TaskState.Failed });
        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/machines/r6/{sn}/decommission")).StatusCode);
        foreach (var path in new[] { $"/api/v1/machines/r6/{sn}/task", "/api/v1/tasks" })
            Assert.Equal("machine_decommissioned", await CodeAsync(await tasks.PostAsync(path, path.EndsWith("task", StringComparison.Ordinal) ? """{"os_type":"debian"}""" : Samples.Task("SN-X", mac, "r6"))));
        Assert.Equal("machine_decommissioned", await CodeAsync(await tasks.PostAsync($"/api/v1/tasks/r6/{sn}/retry")));
        // One that was made in the same moment.
        await tasks.PutTaskAsync((await tasks.StoredTaskAsync(sn, "r6"))! with { Status = TaskState.Pending });
        Assert.Equal("machine_decommissioned", await CodeAsync(await tasks.PostAsync($"/api/v1/tasks/r6/{sn}/approve")));

        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/machines/r6/{sn}/recommission")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/tasks/r6/{sn}/approve")).StatusCode);
    }

    [Fact]
    public async Task Former_tasks_of_a_machine_are_listed_after_the_present_one()
    {
        var (sn, mac) = await ReportedAsync("r7");
        var first = (await tasks.CreateAsync(sn, mac, "r7")).GetProperty("task_id").GetString();
        await tasks.PostAsync($"/api/v1/tasks/r7/{sn}/cancel");
        var second = (await tasks.CreateAsync(sn, mac, "r7")).GetProperty("task_id").GetString();
        var items = (await tasks.JsonAsync($"/api/v1/machines/r7/{sn}/tasks")).GetProperty("items").EnumerateArray();
        Assert.Equal([second, first], items.Select(task => task.GetProperty("task_id").GetString()));
    }

    private async Task<(string Sn, string Mac)> ReportedAsync(string idc)
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutHardwareAsync(idc, Samples.Hardware(sn, mac, Samples.Disk("D")));
        return (sn, mac);
    }

    private Task<HttpResponseMessage> PatchAsync(string idc, string sn, string body) =>
        tasks.Http.PatchAsync($"/api/v1/machines/{idc}/{sn}", new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"), TestContext.Current.CancellationToken);

    private async Task<MachineRecord> RecordAsync(string idc, string sn) =>
        JsonSerializer.Deserialize((await tasks.Store.GetAsync(Keys.Record(idc, sn), CancellationToken.None))!.Value.Span, CoreJson.Default.MachineRecord)!;

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => (await TasksFixture.JsonAsync(answer)).GetProperty("code").GetString();

    private async Task<IEnumerable<string?>> SerialsAsync(string path) =>
        (await tasks.JsonAsync(path)).GetProperty("items").EnumerateArray().Select(machine => machine.GetProperty("sn").GetString()).ToList();
}
