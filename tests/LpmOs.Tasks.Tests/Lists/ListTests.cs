using System.Text.Json;

namespace LpmOs.Tasks.Tests.Lists;

public sealed class ListTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Theory]
    [InlineData("created_at")]
    [InlineData("-created_at")]
    [InlineData("updated_at")]
    [InlineData("-updated_at")]
    [InlineData("sn")]
    [InlineData("-sn")]
    public async Task Pages_hold_every_task_once_in_order(string sort)
    {
        var idc = "pages-" + sort.TrimStart('-').Replace('_', '-') + (sort[0] == '-' ? "-d" : "");
        var made = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var (sn, mac) = Samples.Machine();
            await tasks.CreateAsync(sn, mac, idc);
            made.Add(sn);
        }
        var seen = await WalkAsync($"/api/v1/tasks?idc={idc}&limit=3&sort={sort}");
        if (sort[0] == '-')
            made.Reverse();
        Assert.Equal(made, seen);
    }

    [Fact]
    public async Task Pages_stay_stable_while_tasks_come_and_change()
    {
        var made = new List<(string Sn, string Mac)>();
        for (var i = 0; i < 6; i++)
        {
            made.Add(Samples.Machine());
            await tasks.CreateAsync(made[^1].Sn, made[^1].Mac, "stable");
        }
        var first = await tasks.JsonAsync("/api/v1/tasks?idc=stable&limit=2&sort=created_at");
        await tasks.PostAsync($"/api/v1/tasks/stable/{made[0].Sn}/approve");
        // The last row of the page is replaced by a newer task of its machine: its place stays where it was.
        await tasks.PostAsync($"/api/v1/tasks/stable/{made[1].Sn}/cancel");
        await tasks.CreateAsync(made[1].Sn, made[1].Mac, "stable");
        var second = await tasks.JsonAsync($"/api/v1/tasks?idc=stable&limit=3&sort=created_at&cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal([made[2].Sn, made[3].Sn, made[4].Sn], Serials(second));
        Assert.Equal(6, second.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Filters_narrow_and_total_counts_all_that_match()
    {
        var rows = Enumerable.Range(0, 5).Select(_ => Samples.Machine()).ToList();
        foreach (var (sn, mac) in rows)
        {
            var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, "filters", $",\"tags\":[\"rack-{sn}\",\"新机\"],\"hostname\":\"web-{sn}\",\"notes\":\"备注 {sn}\""));
            Assert.True(answer.IsSuccessStatusCode);
        }
        await tasks.PostAsync($"/api/v1/tasks/filters/{rows[1].Sn}/approve");
        await tasks.PostAsync($"/api/v1/tasks/filters/{rows[2].Sn}/reject");

        await ExpectAsync("status=approved", [rows[1].Sn]);
        await ExpectAsync("status=approved,rejected&sort=sn", [rows[1].Sn, rows[2].Sn]);
        await ExpectAsync($"tag=rack-{rows[3].Sn}", [rows[3].Sn]);
        await ExpectAsync($"q=WEB-{rows[4].Sn}", [rows[4].Sn]);
        await ExpectAsync($"q={Uri.EscapeDataString("备注 " + rows[0].Sn)}", [rows[0].Sn]);
        await ExpectAsync($"q={rows[2].Mac[^5..]}&status=rejected", [rows[2].Sn]);
        await ExpectAsync("tag=rack", []);
        Assert.Equal(5, (await tasks.JsonAsync($"/api/v1/tasks?idc=filters&limit=1&tag={Uri.EscapeDataString("新机")}")).GetProperty("total").GetInt32());

        // The same lists again: they follow what changes.
        await tasks.PostAsync($"/api/v1/tasks/filters/{rows[1].Sn}/cancel");
        await ExpectAsync("status=approved", []);
        await tasks.PutAsync(Core.Store.StoreWrite.Delete(Core.Store.Keys.Task("filters", rows[3].Sn)));
        await ExpectAsync($"tag=rack-{rows[3].Sn}", []);
        Assert.Equal(4, (await tasks.JsonAsync("/api/v1/tasks?idc=filters")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_list_that_fell_far_behind_is_built_anew()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "behind");
        await ExpectIdcAsync("behind", "status=pending", [sn]);
        var task = (await tasks.StoredTaskAsync(sn, "behind"))!;
        var other = Samples.Machine();
        for (var round = 0; round < 210; round++)
        {
            await tasks.PutAsync([.. Enumerable.Range(0, 100).Select(i => Core.Store.StoreWrite.Put(
                Core.Store.Keys.Task("crowd", $"{other.Sn}-{i}"), Core.Domain.TaskStore.Serialize(task with { Idc = "crowd", Sn = $"{other.Sn}-{i}", Percent = round % 100, TaskId = $"task-{round:x4}{i:x4}" })))]);
        }
        await tasks.PostAsync($"/api/v1/tasks/behind/{sn}/approve");
        await ExpectIdcAsync("behind", "status=pending", []);
        await ExpectIdcAsync("behind", "status=approved", [sn]);
        Assert.Equal(100, (await tasks.JsonAsync("/api/v1/stats/crowd")).GetProperty("total_tasks").GetInt32());
    }

    [Fact]
    public async Task A_cursor_of_another_order_is_refused()
    {
        for (var i = 0; i < 2; i++)
        {
            var (sn, mac) = Samples.Machine();
            await tasks.CreateAsync(sn, mac, "cursor");
        }
        var cursor = (await tasks.JsonAsync("/api/v1/tasks?idc=cursor&limit=1&sort=sn")).GetProperty("next_cursor").GetString();
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await tasks.GetAsync($"/api/v1/tasks?idc=cursor&sort=-created_at&cursor={cursor}")).StatusCode);
    }

    private Task ExpectAsync(string query, string[] expected) => ExpectIdcAsync("filters", query, expected);

    private async Task ExpectIdcAsync(string idc, string query, string[] expected)
    {
        var page = await tasks.JsonAsync($"/api/v1/tasks?idc={idc}&{query}");
        Assert.Equal(expected, Serials(page));
        Assert.Equal(expected.Length, page.GetProperty("total").GetInt32());
    }

    private async Task<List<string>> WalkAsync(string path)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await tasks.JsonAsync(path + (cursor is null ? "" : "&cursor=" + cursor));
            seen.AddRange(Serials(page));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        } while (cursor is not null);
        return seen;
    }

    private static List<string> Serials(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(task => task.GetProperty("sn").GetString()!)];
}
