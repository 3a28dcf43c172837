using System.Net;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Regional.Tests.Progress;

public sealed class DirectiveTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Theory]
    [InlineData(TaskState.Cancelled, 1)]
    [InlineData(TaskState.Approved, 2)]
    public async Task The_open_call_is_answered_when_the_work_is_to_stop(TaskState status, int attempt)
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        var held = regional.Http.GetAsync($"/api/v1/directive/{sn}?task_id={id}&attempt=1&wait=60", TestContext.Current.CancellationToken);
        await regional.OnlineAsync([sn]);
        Assert.False(held.IsCompleted);

        await regional.PutTaskAsync(Samples.Task(sn, mac, id, status) with { Attempt = attempt });

        Assert.Equal("abort", (await RegionalFixture.JsonAsync(await held)).GetProperty("directive").GetString());
    }

    [Fact]
    public async Task Without_news_the_answer_is_to_go_on()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        using var answer = await regional.Http.GetAsync($"/api/v1/directive/{sn}?task_id={id}&attempt=1&wait=0", TestContext.Current.CancellationToken);
        Assert.Equal("continue", (await RegionalFixture.JsonAsync(answer)).GetProperty("directive").GetString());
    }

    [Theory]
    [InlineData("task-ffffffff", "0", HttpStatusCode.NotFound)]
    [InlineData("nonsense", "0", HttpStatusCode.BadRequest)]
    [InlineData("", "0", HttpStatusCode.BadRequest)]
    [InlineData("task-ffffffff", "61", HttpStatusCode.BadRequest)]
    public async Task A_wrong_question_is_refused(string task, string wait, HttpStatusCode status)
    {
        using var answer = await regional.Http.GetAsync($"/api/v1/directive/SN-X?task_id={task}&wait={wait}", TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
    }
}
