using System.Net;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests;

/// <summary>The servant's loop from the first report to the first-boot call, over real HTTP, judged by what the store holds.</summary>
public sealed class InstallationFlowTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task A_machine_is_carried_from_report_to_completion()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        var report = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0"))));
        Assert.False(report.GetProperty("matched").GetBoolean());
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));

        var install = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }));
        Assert.Equal("os_install", install.GetProperty("operation").GetString());
        Assert.Equal("VD0", install.GetProperty("plan").GetProperty("disk").GetProperty("serial").GetString());
        Assert.Equal("http://regional.test:8081/api/v1/installed", install.GetProperty("first_boot").GetProperty("url").GetString());
        var token = install.GetProperty("first_boot").GetProperty("token").GetString();
        Assert.Equal(TaskState.Installing, (await regional.TaskAsync(sn)).Status);

        // The installation has not ended, so the call of a new system cannot be true.
        Assert.Equal(HttpStatusCode.Conflict, (await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token })).StatusCode);

        var reboot = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = true } }));
        Assert.Equal("reboot", reboot.GetProperty("operation").GetString());
        Assert.False(reboot.TryGetProperty("first_boot", out _));
        var waiting = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Installing, true, 90), (waiting.Status, waiting.AwaitingFirstBoot, waiting.Percent));

        var awaiting = await RegionalFixture.JsonAsync(await regional.Http.GetAsync($"/api/v1/task/{sn}?wait=60", TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, (await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token, hostname = "web-1" })).StatusCode);
        var completed = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Completed, 100, "completed"), (completed.Status, completed.Percent, completed.Step));
        Assert.DoesNotContain(token!, System.Text.Encoding.UTF8.GetString(LpmOs.Core.Domain.TaskStore.Serialize(completed)), StringComparison.Ordinal);

        // The agent that is still there is told to start the machine anew before that, and that there is nothing to do after it.
        Assert.Equal("awaiting_first_boot", awaiting.GetProperty("code").GetString());

        // A replay of the call is harmless.
        Assert.Equal(HttpStatusCode.OK, (await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token })).StatusCode);
        Assert.Equal(completed.StatusHistory.Count, (await regional.TaskAsync(sn)).StatusHistory.Count);
    }

    [Fact]
    public async Task The_calls_of_a_machine_are_on_the_timeline_of_its_boot_once_each()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var install = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }));
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id });
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = true } });
        await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token = install.GetProperty("first_boot").GetProperty("token").GetString(), kernel = "6.1.0" });
        await regional.Recorder.FlushAsync(TestContext.Current.CancellationToken);
        var boot = System.Text.Json.JsonSerializer.Deserialize((await regional.Store.GetAsync(Keys.Boot("dc1", mac), CancellationToken.None))!.Value.Span, LpmOs.Core.CoreJson.Default.BootRecord)!;
        Assert.Equal(["agent_report ", "agent_operation os_install", "agent_result os_install", "agent_operation reboot", "first_boot "], boot.Events.Select(e => $"{e.Event} {e.Operation}"));
        Assert.Equal((sn, id, 1), (boot.Sn, boot.TaskId, boot.Events[1].Count));
    }

    [Fact]
    public async Task No_call_of_a_machine_moves_a_pending_task()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Pending));
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac));
        await regional.PostAsync("/api/v1/progress", new { sn, task_id = id, step = "completed", percent = 100 });
        var next = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = true } }));
        Assert.Equal("wait", next.GetProperty("operation").GetString());
        await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token = "x.y" });
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Pending, 30), (task.Status, task.Percent));
        Assert.Equal(HttpStatusCode.NotFound, (await regional.Http.GetAsync($"/api/v1/task/{sn}", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Asking_twice_gives_the_same_operation_even_after_a_restart()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id });
        await regional.RestartAsync();
        var again = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }));
        Assert.Equal("os_install", again.GetProperty("operation").GetString());
        Assert.Single((await regional.TaskAsync(sn)).Operations);
    }

    [Fact]
    public async Task Without_a_plan_nothing_is_handed_out_and_the_task_says_why()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with { OsType = "ubuntu", OsVersion = "22.04" });
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        var next = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }));
        Assert.Equal("complete", next.GetProperty("operation").GetString());
        Assert.False(next.TryGetProperty("plan", out _));
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Failed, "no_image"), (task.Status, task.Failure?.Code));
    }

    [Fact]
    public async Task A_dry_run_completes_without_a_plan_and_says_so()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with { OsType = "ubuntu", OsVersion = "22.04" });
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac));
        var install = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, dry_run = true }));
        var token = install.GetProperty("first_boot").GetProperty("token").GetString();
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, dry_run = true, completed = new { operation = "os_install", success = true } });
        Assert.Equal(HttpStatusCode.Conflict, (await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token, dry_run = true })).StatusCode);
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Completed, true), (task.Status, task.DryRun));
    }

    [Fact]
    public async Task A_failed_operation_fails_the_task_with_its_code_and_advice()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id });
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = false, code = "image_digest_mismatch", message = "wrong", advice = "import it again" } });
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Failed, "image_digest_mismatch", "import it again"), (task.Status, task.Failure?.Code, task.Failure?.Advice));
    }

    [Fact]
    public async Task An_old_attempt_is_refused_everywhere()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with { Attempt = 2 });
        Assert.Equal(HttpStatusCode.Conflict, (await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, attempt = 1 })).StatusCode);
        var progress = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/progress", new { sn, task_id = id, attempt = 1, step = "downloading", percent = 60 }));
        Assert.Equal("abort", progress.GetProperty("directive").GetString());
        Assert.Equal(0, (await regional.TaskAsync(sn)).Percent);
    }

    [Fact]
    public async Task A_script_that_fails_at_the_first_boot_fails_the_task_with_its_name_code_and_output()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var token = (await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }))).GetProperty("first_boot").GetProperty("token").GetString();
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = true } });
        var output = Convert.ToBase64String("Script setup (first-boot)\nno license\u001b[2J\n"u8);
        for (var time = 0; time < 2; time++)
        {
            var answer = await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token, failed_script = "setup", exit_code = 4, output });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        var task = await regional.TaskAsync(sn);
        Assert.Equal((TaskState.Failed, "script_failed"), (task.Status, task.Failure?.Code));
        Assert.Contains("'setup' (first-boot) ended with code 4", task.Failure!.Message, StringComparison.Ordinal);
        var logs = (await regional.Store.ListAsync(Keys.Logs("dc1", sn, id), null, 10, 0, CancellationToken.None)).Entries;
        var lines = System.Text.Json.JsonDocument.Parse(Assert.Single(logs).Value).RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetString());
        Assert.Equal(["Script setup (first-boot)", "no license?[2J"], lines);
        Assert.Equal(HttpStatusCode.Conflict, (await regional.PostAsync("/api/v1/installed", new { sn, task_id = id, token })).StatusCode);
    }

    [Fact]
    public async Task Control_characters_of_an_agent_reach_no_console()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id });
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = false, message = "\u001b[2J\rgone" } });
        Assert.Equal("?[2J?gone", (await regional.TaskAsync(sn)).Failure?.Message);
    }
}
