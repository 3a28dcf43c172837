using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Store;

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
