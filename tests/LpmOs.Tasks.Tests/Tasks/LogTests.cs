using System.Net;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Tasks;

public sealed class LogTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task AppendAsync(string sn, string taskId, int chunk, params string[] lines) => tasks.PutAsync(StoreWrite.Put(
        $"{Keys.Logs("dc1", sn, taskId)}{chunk:D10}",
        JsonSerializer.SerializeToUtf8Bytes(new LogChunk { Attempt = 1, FirstLine = chunk, Lines = lines, At = DateTimeOffset.UnixEpoch }, CoreJson.Default.LogChunk)));

    private async Task<(string[] Lines, string? Next)> ReadAsync(string sn, string? after = null)
    {
        var answer = await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}/logs{(after is null ? "" : "?after=" + after)}");
        return ([.. answer.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!)], answer.TryGetProperty("next", out var next) ? next.GetString() : null);
    }

    private async Task<string> CreateAsync(string sn, string mac)
    {
        await tasks.CreateAsync(sn, mac);
        return (await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}")).GetProperty("task_id").GetString()!;
    }

    [Fact]
    public async Task Who_follows_a_log_is_answered_what_has_come_since()
    {
        var (sn, mac) = Samples.Machine();
        var task = await CreateAsync(sn, mac);
        var (lines, next) = await ReadAsync(sn);
        Assert.Equal(([], null), (lines, next));
        for (var chunk = 1; chunk <= 150; chunk++)
            await AppendAsync(sn, task, chunk, $"a{chunk}", $"b{chunk}");
        (lines, next) = await ReadAsync(sn);
        Assert.Equal((300, "a1", "b150"), (lines.Length, lines[0], lines[^1]));
        Assert.Empty((await ReadAsync(sn, next)).Lines);
        Assert.Equal(next, (await ReadAsync(sn, next)).Next);
        await AppendAsync(sn, task, 151, "new");
        (lines, next) = await ReadAsync(sn, next);
        Assert.Equal(["new"], lines);
        // The oldest are no longer kept: what follows is still behind the cursor.
        await tasks.PutAsync(StoreWrite.Delete($"{Keys.Logs("dc1", sn, task)}{151:D10}"));
        await AppendAsync(sn, task, 152, "newer");
        Assert.Equal(["newer"], (await ReadAsync(sn, next)).Lines);

        // A new task has a log of its own, and a cursor of the former one shows all of it.
        await tasks.Http.PostAsync($"/api/v1/tasks/dc1/{sn}/cancel", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"), Cancellation);
        var second = await CreateAsync(sn, mac);
        Assert.NotEqual(task, second);
        await AppendAsync(sn, second, 1, "of the second");
        Assert.Equal(["of the second"], (await ReadAsync(sn, next)).Lines);
    }

    [Theory]
    [InlineData("0000000001")]
    [InlineData("task-x.1")]
    [InlineData("task-x.00000000/1")]
    [InlineData("a.b.0000000001")]
    public async Task A_cursor_that_is_none_is_refused_by_name(string after)
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac);
        var answer = await tasks.Http.GetAsync($"/api/v1/tasks/dc1/{sn}/logs?after={Uri.EscapeDataString(after)}", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("after", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}
