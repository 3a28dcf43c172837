using System.Net;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Tasks.Tests.Tasks;

public sealed class DecisionTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Approving_as_typed_with_curl_opens_the_task_and_twice_is_harmless()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac);
        var first = await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", """{"notes": "审批通过"}""");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var stored = await tasks.StoredTaskAsync(sn);
        Assert.Equal((TaskState.Approved, "审批通过", "operator"), (stored!.Status, stored.Approval!.Notes, stored.Approval.By));

        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/approve")).StatusCode);
        var again = await tasks.StoredTaskAsync(sn);
        Assert.Equal(stored.UpdatedAt, again!.UpdatedAt);
        Assert.Equal(2, again.StatusHistory.Count);
    }

    [Theory]
    [InlineData(TaskState.Pending, "retry")]
    [InlineData(TaskState.Approved, "reject")]
    [InlineData(TaskState.Approved, "retry")]
    [InlineData(TaskState.Installing, "approve")]
    [InlineData(TaskState.Installing, "reject")]
    [InlineData(TaskState.Rejected, "approve")]
    [InlineData(TaskState.Cancelled, "approve")]
    [InlineData(TaskState.Cancelled, "cancel")]
    [InlineData(TaskState.Completed, "approve")]
    [InlineData(TaskState.Completed, "cancel")]
    [InlineData(TaskState.Completed, "retry")]
    [InlineData(TaskState.Failed, "approve")]
    [InlineData(TaskState.Failed, "cancel")]
    public async Task Every_other_move_is_refused_and_changes_nothing(TaskState state, string move)
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac);
        await tasks.PutTaskAsync((await tasks.StoredTaskAsync(sn))! with { Status = state });
        var before = await tasks.Store.GetAsync($"/os/dc1/machines/{sn}/task", CancellationToken.None);

        var answer = await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/{move}");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await TasksFixture.JsonAsync(answer);
        Assert.Equal("move_not_allowed", problem.GetProperty("code").GetString());
        Assert.Contains(state.ToString().ToLowerInvariant(), problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(before!.ModRevision, (await tasks.Store.GetAsync($"/os/dc1/machines/{sn}/task", CancellationToken.None))!.ModRevision);
    }

    [Fact]
    public async Task A_retry_is_a_new_attempt_that_needs_its_own_approval()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac);
        await tasks.PutTaskAsync((await tasks.StoredTaskAsync(sn))! with
        {
            Status = TaskState.Failed, Percent = 60, Approval = new Approval { By = "x", At = DateTimeOffset.UnixEpoch }, Failure = new TaskFailure { Code = "x", Message = "y" },
        });
        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/retry", """{"reason":"已更换硬盘"}""")).StatusCode);
        var stored = await tasks.StoredTaskAsync(sn);
        Assert.Equal((TaskState.Pending, 2, 0), (stored!.Status, stored.Attempt, stored.Percent));
        Assert.Null(stored.Approval);
        Assert.Null(stored.Failure);
        Assert.Equal("已更换硬盘", stored.StatusHistory[^1].Reason);
    }

    [Fact]
    public async Task An_approval_that_races_a_cancel_has_one_outcome()
    {
        for (var round = 0; round < 20; round++)
        {
            var (sn, mac) = Samples.Machine();
            await tasks.CreateAsync(sn, mac);
            var reject = tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/reject");
            var approve = tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/approve");
            var statuses = await Task.WhenAll(reject, approve);
            Assert.Single(statuses, answer => answer.StatusCode == HttpStatusCode.OK);
            var won = statuses[0].StatusCode == HttpStatusCode.OK ? TaskState.Rejected : TaskState.Approved;
            var stored = await tasks.StoredTaskAsync(sn);
            Assert.Equal(won, stored!.Status);
            Assert.Equal(2, stored.StatusHistory.Count);
        }
    }

    [Fact]
    public async Task The_approval_holds_for_the_plan_that_was_looked_at()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutAsync(Samples.Image("dc1", "ubuntu", "22.04"));
        await tasks.CreateAsync(sn, mac);
        await tasks.PutHardwareAsync("dc1", Samples.Hardware(sn, mac, Samples.Disk("DISK-1")));
        var plan = await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}/plan");
        Assert.Equal("DISK-1", plan.GetProperty("plan").GetProperty("disk").GetProperty("serial").GetString());
        var hash = plan.GetProperty("plan_hash").GetString();

        await tasks.PutHardwareAsync("dc1", Samples.Hardware(sn, mac, Samples.Disk("DISK-2")));
        var stale = await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", $$"""{"plan_hash":"{{hash}}"}""");
        Assert.Equal("plan_changed", (await TasksFixture.JsonAsync(stale)).GetProperty("code").GetString());
        Assert.Equal(TaskState.Pending, (await tasks.StoredTaskAsync(sn))!.Status);

        hash = (await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}/plan")).GetProperty("plan_hash").GetString();
        Assert.Equal(HttpStatusCode.OK, (await tasks.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", $$"""{"plan_hash":"{{hash}}"}""")).StatusCode);
        Assert.Equal(hash, (await tasks.StoredTaskAsync(sn))!.Approval!.PlanHash);
        Assert.True((await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}/plan")).GetProperty("fixed").GetBoolean());
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    [InlineData("cancel")]
    [InlineData("retry")]
    public async Task A_task_that_is_not_there_is_not_found(string move)
    {
        var answer = await tasks.PostAsync($"/api/v1/tasks/dc1/unknown/{move}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("Task not found", (await TasksFixture.JsonAsync(answer)).GetProperty("title").GetString());
    }
}
