using System.Net;
using System.Text.Json;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Attacks;

/// <summary>Machines that call themselves by the number of a task that is another's: what an approver is shown, and what an approval is for.</summary>
public sealed class CloneAttackTests(TasksFixture tasks, CloneAttackTests.Count attacks) : IClassFixture<TasksFixture>, IClassFixture<CloneAttackTests.Count>
{
    public sealed class Count() : AttackCount("tasks service against clones");

    [Fact]
    public async Task An_approval_is_for_the_machine_that_was_shown_and_holds_whoever_comes_by_its_name()
    {
        var (asset, mac, own) = await CreateAsync();
        await ReportAsync(own, mac, 1);
        Assert.Equal(own, (await tasks.JsonAsync($"/api/v1/tasks/dc1/{asset}/plan")).GetProperty("machine_sn").GetString());
        Assert.True((await tasks.PostAsync($"/api/v1/tasks/dc1/{asset}/approve")).IsSuccessStatusCode);
        var approved = (await tasks.StoredTaskAsync(asset))!;
        Assert.Equal((TaskState.Approved, own, true), (approved.Status, approved.MachineSn, approved.Approval!.PlanHash is not null));

        await ReportAsync(asset, mac, 2, "CLONE");
        attacks.Add();
        var plan = await tasks.JsonAsync($"/api/v1/tasks/dc1/{asset}/plan");
        Assert.Equal((own, "OWN"), (plan.GetProperty("machine_sn").GetString(), plan.GetProperty("plan").GetProperty("disk").GetProperty("serial").GetString()));
        Assert.Equal(TaskState.Approved, (await tasks.StoredTaskAsync(asset))!.Status);
        // A new attempt is planned anew, and then it is a person who says which of the two is meant.
        await tasks.PutTaskAsync((await tasks.StoredTaskAsync(asset))! with { Status = TaskState.Failed });
        Assert.True((await tasks.PostAsync($"/api/v1/tasks/dc1/{asset}/retry")).IsSuccessStatusCode);
        Assert.Equal("two_machines", await ProblemAsync(asset));
    }

    [Fact]
    public async Task Where_serial_number_and_MAC_lead_to_two_machines_nothing_is_approved()
    {
        var (asset, mac, own) = await CreateAsync();
        await ReportAsync(own, mac, 1);
        await ReportAsync(asset, mac, 2, "CLONE");
        Assert.Equal("two_machines", await ProblemAsync(asset));
        using var refused = await tasks.PostAsync($"/api/v1/tasks/dc1/{asset}/approve");
        var problem = await TasksFixture.JsonAsync(refused);
        Assert.Equal((HttpStatusCode.Conflict, "two_machines"), (refused.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Contains(own, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(TaskState.Pending, (await tasks.StoredTaskAsync(asset))!.Status);
        attacks.Add();
        // The ways out: a task for the serial number that the right one reports; or the other one has another card by now.
        Assert.True((await tasks.PostAsync($"/api/v1/tasks/dc1/{asset}/cancel")).IsSuccessStatusCode);
        await MakeAsync(own, mac);
        Assert.Null(await ProblemAsync(own));
        Assert.True((await tasks.PostAsync($"/api/v1/tasks/dc1/{own}/cancel")).IsSuccessStatusCode);
        await ReportAsync(own, Samples.Machine().Mac, 1);
        await MakeAsync(asset, mac);
        Assert.Null(await ProblemAsync(asset));
    }

    [Fact]
    public async Task Neither_a_machine_that_was_given_another_serial_number_nor_one_that_came_later_stands_in_the_way()
    {
        var (asset, mac, own) = await CreateAsync();
        await ReportAsync(own, mac, 1, uuid: "564d0001-0000-4000-8000-000000000001");
        await ReportAsync(asset, mac, 2, uuid: "564d0001-0000-4000-8000-000000000001");
        Assert.Null(await ProblemAsync(asset));
        var (sn, otherMac, late) = await CreateAsync();
        await ReportAsync(sn, otherMac, 1);
        await ReportAsync(late, otherMac, 2, "CLONE");
        Assert.Null(await ProblemAsync(sn));
        Assert.Equal("OWN", (await tasks.JsonAsync($"/api/v1/tasks/dc1/{sn}/plan")).GetProperty("plan").GetProperty("disk").GetProperty("serial").GetString());
        attacks.Add();
    }

    /// <returns>The task's number and MAC, and the serial number that the machine has.</returns>
    private async Task<(string Asset, string Mac, string Sn)> CreateAsync()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutAsync(Samples.Image("dc1", "ubuntu", "22.04"));
        await MakeAsync("asset-" + sn, mac);
        return ("asset-" + sn, mac, sn);
    }

    private async Task MakeAsync(string sn, string mac)
    {
        using var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: ""","install_method":"image" """));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private Task ReportAsync(string sn, string mac, int day, string disk = "OWN", string? uuid = null) =>
        tasks.PutHardwareAsync("dc1", Samples.Hardware(sn, mac, Samples.Disk(disk)) with { Uuid = uuid, FirstReportedAt = DateTimeOffset.UnixEpoch.AddDays(day) });

    /// <returns>Code of what keeps the task from having a plan.</returns>
    private async Task<string?> ProblemAsync(string asset) => (await tasks.JsonAsync($"/api/v1/tasks/dc1/{asset}/plan")) is var plan && plan.TryGetProperty("problems", out var problems) && problems.GetArrayLength() > 0
        ? problems[0].GetProperty("code").GetString() : null;
}
