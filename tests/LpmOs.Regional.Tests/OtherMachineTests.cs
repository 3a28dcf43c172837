using System.Net;
using LpmOs.Contracts.Tasks;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests;

/// <summary>Who may carry out a task when it is not the machine, the disk or the run that was approved.</summary>
public sealed class OtherMachineTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task An_approval_is_void_when_the_disk_is_not_the_one_that_was_shown()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        var catalog = LpmOs.Core.Domain.Catalog.OsCatalog.Load(Repository.Templates);
        var pending = Samples.Task(sn, mac, id, TaskState.Pending);
        var plan = LpmOs.Core.Domain.Planning.Planner.Plan(pending, regional.Snapshot.Machine("dc1", sn)!.Inventory, LpmOs.Core.Domain.Planning.PlanningInput.Of(regional.Snapshot, "dc1", catalog, new LpmOs.Core.Domain.Templates.SiteTemplates(Repository.Templates))).Plan!;
        await regional.PutTaskAsync(LpmOs.Core.Domain.Lifecycle.TaskTransitions.Approve(pending, "a", null, DateTimeOffset.UnixEpoch, plan)!);

        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "ANOTHER")));
        var next = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }));
        Assert.Equal("wait", next.GetProperty("operation").GetString());
        var task = await regional.TaskAsync(sn);
        Assert.Equal(TaskState.Pending, task.Status);
        Assert.Null(task.Approval);
        Assert.Contains("VD0", task.Message, StringComparison.Ordinal);
        Assert.Contains("ANOTHER", task.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_machine_with_the_same_mac_gets_no_plan_for_the_first_ones_disk_and_cannot_end_its_installation()
    {
        var (sn, mac, id) = Samples.Machine();
        var (other, _, _) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PostAsync("/api/v1/report", Samples.Report(other, mac, Samples.Disk("/dev/vda", "VD1")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));

        var early = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn = other, task_id = id }));
        Assert.Equal("wait", early.GetProperty("operation").GetString());
        Assert.Equal(TaskState.Approved, (await regional.TaskAsync(sn)).Status);

        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id });
        var late = await regional.PostAsync("/api/v1/operations/next", new { sn = other, task_id = id });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.False((await RegionalFixture.JsonAsync(late)).TryGetProperty("plan", out _));
        Assert.Equal(HttpStatusCode.Conflict, (await regional.PostAsync("/api/v1/operations/next", new { sn = other, task_id = id, completed = new { operation = "os_install", success = false } })).StatusCode);
        var progress = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/progress", new { sn = other, task_id = id, step = "installing", percent = 77 }));
        Assert.Equal("abort", progress.GetProperty("directive").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await regional.Http.GetAsync($"/api/v1/task/{other}", TestContext.Current.CancellationToken)).StatusCode);
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Installing, 40), (task.Status, task.Percent));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dry_run_cannot_end_an_installation_nor_the_other_way_round(bool dryRun)
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, dry_run = dryRun });
        var answer = await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, dry_run = !dryRun, completed = new { operation = "os_install", success = true } });
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.False((await regional.TaskAsync(sn)).AwaitingFirstBoot);
    }

    [Fact]
    public async Task An_approval_given_unseen_does_not_hold_for_a_machine_that_only_has_the_mac()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await regional.PostAsync("/api/v1/report", Samples.Report("OTHER-" + sn, mac, Samples.Disk("/dev/vda", "PRECIOUS")));
        var next = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn = "OTHER-" + sn, task_id = id }));
        Assert.Equal("wait", next.GetProperty("operation").GetString());
        var task = await regional.TaskAsync(sn);
        Assert.Equal(TaskState.Pending, task.Status);
        Assert.Contains("OTHER-" + sn, task.Message, StringComparison.Ordinal);
    }
}
