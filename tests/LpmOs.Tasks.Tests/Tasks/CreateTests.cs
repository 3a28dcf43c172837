using System.Net;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Tasks;

public sealed class CreateTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task The_contracts_body_makes_a_pending_task_and_the_servers_key()
    {
        var (sn, mac) = Samples.Machine();
        var task = await tasks.CreateAsync(sn, mac.ToUpperInvariant());

        Assert.Matches("^task-[0-9a-f]{8}$", task.GetProperty("task_id").GetString());
        Assert.Equal("pending", task.GetProperty("status").GetString());
        var stored = await tasks.StoredTaskAsync(sn);
        Assert.Equal((TaskState.Pending, mac, "ubuntu", "22.04", "operator"), (stored!.Status, stored.Mac, stored.OsId, stored.OsVersion, stored.CreatedBy));
        var server = System.Text.Encoding.UTF8.GetString((await tasks.Store.GetAsync($"/os/dc1/servers/{sn}", CancellationToken.None))!.Value.Span);
        Assert.StartsWith($$"""{"sn":"{{sn}}","mac":"{{mac}}","status":"registered","added_at":""", server, StringComparison.Ordinal);
        Assert.Equal(task.GetProperty("task_id").GetString(), (await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}")).GetProperty("task_id").GetString());
    }

    [Theory]
    [InlineData("Ubuntu 22.04", null, "ubuntu", "22.04")]
    [InlineData("Ubuntu 22.04 LTS", null, "ubuntu", "22.04")]
    [InlineData("debian", "12", "debian", "12")]
    public async Task The_system_may_be_named_as_people_or_programs_do(string type, string? version, string id, string resolved)
    {
        var (sn, mac) = Samples.Machine();
        var body = System.Text.Json.JsonSerializer.Serialize(new { idc = "dc1", sn, mac, os_type = type, os_version = version });
        Assert.Equal(HttpStatusCode.Created, (await tasks.PostAsync("/api/v1/tasks", body)).StatusCode);
        var stored = await tasks.StoredTaskAsync(sn);
        Assert.Equal((type, id, resolved), (stored!.OsType, stored.OsId, stored.OsVersion));
    }

    [Fact]
    public async Task A_machine_with_an_active_task_gets_no_second_one()
    {
        var (sn, mac) = Samples.Machine();
        var first = await tasks.CreateAsync(sn, mac);
        var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("active_task_exists", (await TasksFixture.JsonAsync(answer)).GetProperty("code").GetString());
        Assert.Equal(first.GetProperty("task_id").GetString(), (await tasks.StoredTaskAsync(sn))!.TaskId);
    }

    [Fact]
    public async Task Another_serial_number_with_the_MAC_of_an_active_task_is_refused()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac);
        var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn + "-other", mac));
        Assert.Equal("mac_in_use", (await TasksFixture.JsonAsync(answer)).GetProperty("code").GetString());
        Assert.Null(await tasks.StoredTaskAsync(sn + "-other"));
        Assert.Equal(HttpStatusCode.Created, (await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, "dc2"))).StatusCode);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_one_wins()
    {
        var (sn, mac) = Samples.Machine();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac))));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_new_task_archives_the_last_one_and_twenty_are_kept()
    {
        var (sn, mac) = Samples.Machine();
        var ids = new List<string>();
        for (var i = 0; i < 24; i++)
        {
            ids.Add((await tasks.CreateAsync(sn, mac)).GetProperty("task_id").GetString()!);
            Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel")).StatusCode);
        }
        var kept = await tasks.Store.ListAsync(Keys.History("dc1", sn), null, 100, 0, CancellationToken.None);
        Assert.Equal(ids[3..23].Order(StringComparer.Ordinal), kept.Entries.Select(entry => entry.Key.Split('/')[^1]));
        var history = await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}/history");
        Assert.Equal(ids[23], history.GetProperty("task_id").GetString());
        Assert.Equal(ids[22], history.GetProperty("archived")[0].GetProperty("task_id").GetString());
        Assert.Equal(20, history.GetProperty("archived").GetArrayLength());
    }
}
