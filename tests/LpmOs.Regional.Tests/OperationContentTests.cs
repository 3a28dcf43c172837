using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Security;

namespace LpmOs.Regional.Tests;

/// <summary>What an operation carries: secrets, the network, scripts for the hardware; and what is on record of it.</summary>
public sealed class OperationContentTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task The_passphrase_of_disks_goes_with_os_install_to_the_machine_that_is_being_installed_and_is_put_on_record()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutImageAsync("luks");
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
        await regional.PutImageAsync("luks");
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
        await regional.PutImageAsync();
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
        await regional.PutImageAsync();
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
        await regional.PutImageAsync();
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
}
