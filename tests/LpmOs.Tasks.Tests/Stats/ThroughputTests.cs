using System.Net;
using System.Text.Json;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Tasks.Tests.Stats;

public sealed class ThroughputTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Each_attempt_counts_in_the_span_in_which_it_ended()
    {
        var now = TimeProvider.System.GetUtcNow();
        await tasks.PutTaskAsync(Ended("t1", "A", now.AddHours(-30), TaskState.Completed, 300));
        await tasks.PutTaskAsync(Ended("t1", "B", now.AddHours(-30), TaskState.Completed, 500));
        await tasks.PutTaskAsync(Ended("t1", "C", now.AddHours(-30), TaskState.Failed, 100));
        await tasks.PutTaskAsync(Ended("t1", "D", now.AddMinutes(-1), TaskState.Completed, 200));
        await tasks.PutTaskAsync(Ended("t1", "E", now.AddHours(-60), TaskState.Completed, 200));
        await tasks.PutTaskAsync(Ended("t2", "F", now.AddMinutes(-1), TaskState.Failed, 200));

        var answer = await tasks.JsonAsync("/api/v1/stats/throughput?idc=t1&step_hours=24&points=2");
        Assert.Equal(24, answer.GetProperty("step_hours").GetInt32());
        var points = answer.GetProperty("points").EnumerateArray().ToList();
        Assert.Equal([(2, 1), (1, 0)], points.Select(Counts));
        Assert.Equal((300.0, 500.0), (points[0].GetProperty("median_seconds").GetDouble(), points[0].GetProperty("p95_seconds").GetDouble()));
        Assert.Equal(TimeSpan.FromHours(24), points[1].GetProperty("at").GetDateTimeOffset() - points[0].GetProperty("at").GetDateTimeOffset());
        Assert.Equal([(3, 2)], await SumsAsync("/api/v1/stats/throughput?points=48"));
        Assert.Equal([(0, 0)], await SumsAsync("/api/v1/stats/throughput?idc=nobody"));
    }

    [Theory]
    [InlineData("idc=a/b", "idc")]
    [InlineData("step_hours=0", "step_hours")]
    [InlineData("step_hours=999", "step_hours")]
    [InlineData("points=-1", "points")]
    [InlineData("points=401", "points")]
    public async Task Nonsense_is_refused_by_name(string query, string field)
    {
        using var answer = await tasks.Http.GetAsync(new Uri($"/api/v1/stats/throughput?{query}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(problem.RootElement.GetProperty("errors").TryGetProperty(field, out _));
    }

    private async Task<IEnumerable<(int, int)>> SumsAsync(string path)
    {
        var counts = (await tasks.JsonAsync(path)).GetProperty("points").EnumerateArray().Select(Counts).ToList();
        return [(counts.Sum(one => one.Item1), counts.Sum(one => one.Item2))];
    }

    private static (int, int) Counts(JsonElement point) => (point.GetProperty("completed").GetInt32(), point.GetProperty("failed").GetInt32());

    private static InstallTask Ended(string idc, string sn, DateTimeOffset end, TaskState how, int seconds) => new()
    {
        Idc = idc, Sn = $"{idc}-{sn}", Mac = $"02:00:5e:77:{idc[1] - '0':x2}:{(int)sn[0]:x2}", OsType = "Debian 12", TaskId = $"task-{idc[1]}{(int)sn[0]:x7}", Status = how, CreatedAt = end.AddHours(-1), UpdatedAt = end,
        StatusHistory =
        [
            new StatusChange { To = TaskState.Pending, At = end.AddHours(-1), By = "a" }, new StatusChange { From = TaskState.Pending, To = TaskState.Approved, At = end.AddMinutes(-50), By = "b" },
            new StatusChange { From = TaskState.Approved, To = TaskState.Installing, At = end.AddSeconds(-seconds), By = "agent" }, new StatusChange { From = TaskState.Installing, To = how, At = end, By = "agent" },
        ],
    };
}
