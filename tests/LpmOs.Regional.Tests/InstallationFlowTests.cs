using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests;

/// <summary>The servant's loop from the first report to the first-boot call, over real HTTP, judged by what the store holds.</summary>
public sealed class InstallationFlowTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task A_machine_is_carried_from_report_to_completion()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync();
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
    public async Task The_passphrase_of_disks_goes_with_os_install_to_the_machine_that_is_being_installed_and_is_put_on_record()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync("luks");
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        var key = await regional.Store.GetAsync("/os/global/secrets/machine-token", TestContext.Current.CancellationToken);
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with { DiskLayout = new DiskLayoutSpec { Preset = "lvm", Encryption = new() { Passphrase = SealedText.Seal("correct horse battery", key!.Value.Span) } } });

        var install = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }));
        Assert.Equal("os_install", install.GetProperty("operation").GetString());
        Assert.Equal("correct horse battery", install.GetProperty("disk_passphrase").GetString());
        Assert.DoesNotContain("correct horse", install.GetProperty("plan").GetRawText(), StringComparison.Ordinal);
        var audit = await regional.Store.ListAsync("/os/dc1/audit/", null, 1000, 0, TestContext.Current.CancellationToken);
        Assert.Contains(audit.Entries, entry => System.Text.Encoding.UTF8.GetString(entry.Value.Span) is var text && text.Contains(id, StringComparison.Ordinal) && text.Contains("the passphrase of the disks, with os_install", StringComparison.Ordinal));

        var reboot = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = true } }));
        Assert.Equal("reboot", reboot.GetProperty("operation").GetString());
        Assert.False(reboot.TryGetProperty("disk_passphrase", out _));
        Assert.DoesNotContain("correct horse", System.Text.Encoding.UTF8.GetString(LpmOs.Core.Domain.TaskStore.Serialize(await regional.TaskAsync(sn))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rehearsal_is_given_no_passphrase_and_the_record_does_not_say_so()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync("luks");
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        var key = regional.Snapshot.MachineTokenKey;
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with
        {
            Users = [new UserSpec { Name = "ops", PasswordHash = SealedText.Seal("$6$x$y", key.Span) }], DiskLayout = new DiskLayoutSpec { Preset = "lvm", Encryption = new() { Passphrase = SealedText.Seal("correct horse battery", key.Span) } },
        });
        var install = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, dry_run = true }));
        Assert.Equal("os_install", install.GetProperty("operation").GetString());
        Assert.False(install.TryGetProperty("disk_passphrase", out _));
        Assert.Equal([$"Password hashes of ops, with os_install; {id}, attempt 1."], await GivenAsync(id));
    }

    [Fact]
    public async Task A_secret_that_cannot_be_opened_is_not_on_record_as_given()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with { Users = [new UserSpec { Name = "ops", PasswordHash = SealedText.Seal("$6$x$y", RandomNumberGenerator.GetBytes(32)) }] });
        using var refused = await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id });
        Assert.Equal((HttpStatusCode.Conflict, "secret_unreadable"), (refused.StatusCode, (await RegionalFixture.JsonAsync(refused)).GetProperty("code").GetString()));
        Assert.Empty(await GivenAsync(id));
    }

    /// <summary>What the records say that this task's machine was given.</summary>
    private async Task<List<string?>> GivenAsync(string taskId) => [.. (await regional.Store.ListAsync("/os/dc1/audit/", null, 1000, 0, TestContext.Current.CancellationToken)).Entries
        .Select(entry => System.Text.Json.JsonDocument.Parse(entry.Value).RootElement).Where(record => record.GetProperty("action").GetString() == "secret.given")
        .Select(record => record.GetProperty("reason").GetString()).Where(reason => reason!.Contains(taskId, StringComparison.Ordinal))];

    [Fact]
    public async Task A_network_that_a_task_asks_for_is_an_operation_behind_the_installation_which_a_restarted_agent_goes_on_with()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with { Network = new NetworkSpec { Interfaces = [new InterfaceSpec { Mac = mac, Addresses = ["10.0.0.5/24"] }] } });
        Assert.Equal("os_install", (await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }))).GetProperty("operation").GetString());

        var network = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = true } }));
        Assert.Equal("network_config", network.GetProperty("operation").GetString());
        Assert.Equal("10.0.0.5/24", network.GetProperty("plan").GetProperty("network").GetProperty("interfaces")[0].GetProperty("addresses")[0].GetString());
        Assert.False(network.TryGetProperty("password_hashes", out _));
        // The machine is not told to boot its disk yet; an agent that comes anew gets the task, and the same operation.
        Assert.False((await regional.TaskAsync(sn)).AwaitingFirstBoot);
        Assert.Equal(HttpStatusCode.OK, (await regional.Http.GetAsync($"/api/v1/task/{sn}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("network_config", (await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }))).GetProperty("operation").GetString());

        var reboot = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "network_config", success = true, message = "Network for netplan: lan0" } }));
        Assert.Equal("reboot", reboot.GetProperty("operation").GetString());
        var waiting = await regional.TaskAsync(sn);
        Assert.True(waiting.AwaitingFirstBoot);
        Assert.Equal(((string, bool?)[])[("os_install", true), ("network_config", true), ("reboot", null)], waiting.Operations.Select(one => (one.Operation, one.Success)));
    }

    [Fact]
    public async Task Hardware_is_configured_before_anything_is_installed_and_its_scripts_bear_the_signature()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync();
        await regional.PostAsync("/api/v1/report", new
        {
            sn, mac_address = mac,
            hardware = new
            {
                serial_number = sn, mac_address = mac, disks = new[] { Samples.Disk("/dev/vda", "VD0") },
                raid_controllers = new[] { new { id = "0", tool = "storcli", serial = "SV1", arrays = new[] { new { id = "1/1", level = "raid5", disks = new[] { "252:2", "252:3", "252:4" }, size_bytes = 7L } }, disks = new[] { new { id = "252:2", state = "online" } } } },
            },
        });
        await regional.PutTaskAsync(Samples.Task(sn, mac, id) with
        {
            HardwareConfig = new HardwareConfigSpec { Controllers = [new ControllerSpec { DeleteOthers = true, Arrays = [new RaidArraySpec { Name = "data", Level = "raid0", Disks = ["252:2"] }] }] },
            Scripts = [new TaskScript { Name = "bios", When = ScriptTimes.Hardware, Text = "true\n" }],
        });

        var first = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id }));
        Assert.Equal("hardware_config", first.GetProperty("operation").GetString());
        Assert.False(first.TryGetProperty("first_boot", out _));
        var controller = first.GetProperty("plan").GetProperty("controllers")[0];
        Assert.Equal(("1/1", "data"), (controller.GetProperty("delete")[0].GetProperty("id").GetString(), controller.GetProperty("create")[0].GetProperty("name").GetString()));
        var point = Base64Url.DecodeFromChars(HardwareSigner.PublicKey(regional.Snapshot.MachineTokenKey.Span));
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[..32], Y = point[32..] } });
        var signed = HardwareSignature.Text(System.Text.Json.JsonSerializer.Deserialize(first.GetProperty("plan"), LpmOs.Contracts.ContractsJson.Default.InstallPlan)!, sn);
        var text = System.Text.Encoding.UTF8.GetString(signed);
        Assert.StartsWith($"lpmos hardware 2\n{sn}\n{id}\n1\n", text, StringComparison.Ordinal);
        Assert.EndsWith($"\nbios {Convert.ToHexStringLower(SHA256.HashData("true\n"u8))}\n", text, StringComparison.Ordinal);
        Assert.True(key.VerifyData(signed, Base64Url.DecodeFromChars(first.GetProperty("signature").GetString()), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

        var second = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "hardware_config", success = true } }));
        Assert.Equal("os_install", second.GetProperty("operation").GetString());
        Assert.False(second.TryGetProperty("signature", out _));
        Assert.Equal(TaskState.Installing, (await regional.TaskAsync(sn)).Status);
    }

    [Fact]
    public async Task The_calls_of_a_machine_are_on_the_timeline_of_its_boot_once_each()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync();
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
        await PutImageAsync();
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
        await PutImageAsync();
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
    public async Task An_approval_is_void_when_the_disk_is_not_the_one_that_was_shown()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync();
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
        await PutImageAsync();
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
        await PutImageAsync();
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
        await PutImageAsync();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await regional.PostAsync("/api/v1/report", Samples.Report("OTHER-" + sn, mac, Samples.Disk("/dev/vda", "PRECIOUS")));
        var next = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn = "OTHER-" + sn, task_id = id }));
        Assert.Equal("wait", next.GetProperty("operation").GetString());
        var task = await regional.TaskAsync(sn);
        Assert.Equal(TaskState.Pending, task.Status);
        Assert.Contains("OTHER-" + sn, task.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_fails_at_the_first_boot_fails_the_task_with_its_name_code_and_output()
    {
        var (sn, mac, id) = Samples.Machine();
        await PutImageAsync();
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
        await PutImageAsync();
        await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, Samples.Disk("/dev/vda", "VD0")));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id });
        await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, completed = new { operation = "os_install", success = false, message = "\u001b[2J\rgone" } });
        Assert.Equal("?[2J?gone", (await regional.TaskAsync(sn)).Failure?.Message);
    }

    private Task PutImageAsync(string? supports = null) => regional.Store.CommitAsync(new StoreTransaction
    {
        Writes = [StoreWrite.Put(Keys.Image("dc1", "debian-12"), System.Text.Encoding.UTF8.GetBytes($$"""{"id":"debian-12","os_id":"debian","os_version":"12","file":"debian-12.tar.zst","format":"tar.zst","sha256":"aa","size_bytes":1{{(supports is null ? "" : $",\"supports\":[\"{supports}\"]")}}}"""))],
    }, CancellationToken.None).AsTask();
}
