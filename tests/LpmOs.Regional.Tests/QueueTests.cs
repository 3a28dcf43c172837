using System.Text.Json;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Regional.Operations;
using LpmOs.Testing;

namespace LpmOs.Regional.Tests;

/// <summary>At most N installations at once, judged by the tasks and places that the store holds.</summary>
public sealed class QueueTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task No_more_begin_at_once_than_the_idc_allows_and_a_place_given_back_is_taken_by_the_first_in_the_queue()
    {
        await regional.PutAsync("/os/dc1/settings", JsonSerializer.SerializeToUtf8Bytes(new SiteSettings { MaxInstallations = 3 }, LpmOs.Core.CoreJson.Default.SiteSettings));
        var machines = Enumerable.Range(0, 12).Select(_ => Samples.Machine()).ToList();
        foreach (var (sn, mac, id) in machines)
        {
            await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac));
            var place = machines.FindIndex(machine => machine.Sn == sn);
            await regional.PutTaskAsync(Samples.Task(sn, mac, id) with
            {
                OsType = "ubuntu", OsVersion = "22.04", Priority = place == 11 ? 5 : null, Approval = new Approval { By = "a", At = DateTimeOffset.UnixEpoch.AddSeconds(place) },
            });
        }
        await regional.OnlineAsync(machines.Select(machine => machine.Sn));

        // All at once, several times: whatever the order of arrival, three begin.
        for (var round = 0; round < 3; round++)
            await Task.WhenAll(machines.Select(machine => NextAsync(machine.Sn, machine.TaskId)));
        var begun = await InstallingAsync(machines);
        Assert.Equal(3, begun.Count);
        Assert.Contains(machines[11].Sn, begun);
        Assert.Equal(3, (await regional.Store.ListAsync("/os/dc1/slots/", null, 100, 0, CancellationToken.None)).Entries.Count);
        var waiting = await NextAsync(machines[10].Sn, machines[10].TaskId);
        Assert.Equal("wait", waiting.GetProperty("operation").GetString());
        Assert.Contains("Position 9", waiting.GetProperty("message").GetString(), StringComparison.Ordinal);

        var ended = machines.First(machine => begun.Contains(machine.Sn));
        await regional.PostAsync("/api/v1/operations/next", new { sn = ended.Sn, task_id = ended.TaskId, dry_run = true, completed = new { operation = "os_install", success = false } });
        await Task.WhenAll(machines.Select(machine => NextAsync(machine.Sn, machine.TaskId)));
        Assert.Equal(3, (await InstallingAsync(machines)).Count);
        Assert.Null((await regional.TaskAsync(ended.Sn)).Slot);
    }

    [Fact]
    public void A_machine_that_does_not_take_its_place_keeps_nobody_waiting_for_long()
    {
        var time = new ManualTime();
        var turns = new Turns(time);
        var snapshot = StateSnapshot.Empty with { SiteSettings = StateSnapshot.Empty.SiteSettings.SetItem("dc1", new SiteSettings { MaxInstallations = 1 }) };
        var stuck = Approved("A", 1);
        var first = Approved("B", 2);
        var second = Approved("C", 3);
        snapshot = snapshot with { Machines = snapshot.Machines.AddRange(new[] { stuck, first, second }.Select(task => KeyValuePair.Create(new MachineKey("dc1", task.Sn), new MachineView(new MachineKey("dc1", task.Sn)) { Task = task, Online = true, Inventory = Hardware(task) }))) };
        string? Ask(InstallTask task)
        {
            turns.Asked(task.TaskId);
            return Queue.WhyNot(snapshot, task, time.GetUtcNow(), turns.Holds);
        }

        for (var waited = TimeSpan.Zero; waited < Turns.Patience; waited += TimeSpan.FromSeconds(10))
        {
            Assert.Contains("Position 2", Ask(first), StringComparison.Ordinal);
            Assert.Contains("Position 3", Ask(second), StringComparison.Ordinal);
            time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.Contains("Position 3", Ask(second), StringComparison.Ordinal);
        Assert.Null(Ask(first));
        // It comes to life: nobody is before it.
        Assert.Null(Ask(stuck));
    }

    private static InstallTask Approved(string sn, int place) =>
        Samples.Task(sn, $"52:54:00:ff:00:{place:x2}", $"task-ffff000{place}") with { Approval = new Approval { By = "a", At = DateTimeOffset.UnixEpoch.AddSeconds(place) } };

    private static Inventory Hardware(InstallTask task) => new() { SerialNumber = task.Sn, MacAddress = task.Mac };

    private async Task<HashSet<string>> InstallingAsync(List<(string Sn, string Mac, string TaskId)> machines)
    {
        var begun = new HashSet<string>();
        foreach (var (sn, _, _) in machines)
        {
            if ((await regional.TaskAsync(sn)).Status == TaskState.Installing)
                begun.Add(sn);
        }
        return begun;
    }

    private async Task<JsonElement> NextAsync(string sn, string taskId) =>
        await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = taskId, dry_run = true }));
}
