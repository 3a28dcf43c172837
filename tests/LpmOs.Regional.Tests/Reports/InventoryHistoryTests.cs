using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain.Hardware;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests.Reports;

/// <summary>Former hardware, judged by the keys in the store.</summary>
public sealed class InventoryHistoryTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Fact]
    public async Task A_disk_that_disappeared_stays_in_the_history_and_a_report_that_says_the_same_adds_nothing()
    {
        var (sn, mac, _) = Samples.Machine();
        for (var i = 0; i < 3; i++)
            await ReportAsync(sn, mac, Samples.Disk("/dev/vda", "A"), Samples.Disk("/dev/vdb", "B"));
        Assert.Empty(await HistoryAsync(sn));

        await ReportAsync(sn, mac, Samples.Disk("/dev/vda", "A"));
        await ReportAsync(sn, mac, Samples.Disk("/dev/vda", "A"));
        var former = Assert.Single(await HistoryAsync(sn));
        Assert.Equal(["A", "B"], former.Disks.Select(disk => disk.Serial));
        Assert.Equal(Keys.Inventory("dc1", sn, InventoryHistory.Id(former)), (await regional.Store.ListAsync(Keys.Inventories("dc1", sn), null, 10, 0, CancellationToken.None)).Entries[0].Key);
        // The former report and the present one were written together.
        var history = await regional.Store.GetAsync(Keys.Inventory("dc1", sn, InventoryHistory.Id(former)), CancellationToken.None);
        Assert.Equal((await regional.Store.GetAsync(Keys.Meta("dc1", sn), CancellationToken.None))!.ModRevision, history!.ModRevision);
    }

    [Fact]
    public async Task Of_many_changes_the_last_ten_are_kept()
    {
        var (sn, mac, _) = Samples.Machine();
        for (var i = 0; i < 14; i++)
            await ReportAsync(sn, mac, Samples.Disk("/dev/vda", $"D{i:D2}"));
        Assert.Equal(Enumerable.Range(3, 10).Select(i => $"D{i:D2}"), (await HistoryAsync(sn)).Select(report => report.Disks[0].Serial));
    }

    [Fact]
    public async Task What_is_on_a_disk_does_not_make_it_another_one()
    {
        var (sn, mac, _) = Samples.Machine();
        await ReportAsync(sn, mac, new { device = "/dev/vda", serial = "A" });
        await ReportAsync(sn, mac, new { device = "/dev/vda", serial = "A", content = new { partition_table = "gpt" } });
        Assert.Empty(await HistoryAsync(sn));
    }

    [Fact]
    public async Task A_decommissioned_machine_is_not_installed_even_by_a_task_that_slipped_through()
    {
        var (sn, mac, id) = Samples.Machine();
        await ReportAsync(sn, mac, Samples.Disk("/dev/vda", "A"));
        await regional.PutAsync(Keys.Record("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(new MachineRecord { Decommissioned = new Decommission { At = DateTimeOffset.UnixEpoch, By = "a" } }, Core.CoreJson.Default.MachineRecord));
        await regional.PutTaskAsync(Samples.Task(sn, mac, id));
        var next = await RegionalFixture.JsonAsync(await regional.PostAsync("/api/v1/operations/next", new { sn, task_id = id, dry_run = true }));
        Assert.Equal("wait", next.GetProperty("operation").GetString());
        Assert.Equal(Contracts.Tasks.TaskState.Approved, (await regional.TaskAsync(sn)).Status);
    }

    private async Task ReportAsync(string sn, string mac, params object[] disks)
    {
        var answer = await regional.PostAsync("/api/v1/report", Samples.Report(sn, mac, disks));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<List<Inventory>> HistoryAsync(string sn) =>
        [.. (await regional.Store.ListAsync(Keys.Inventories("dc1", sn), null, 100, 0, CancellationToken.None)).Entries.Select(entry => JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.Inventory)!)];
}
