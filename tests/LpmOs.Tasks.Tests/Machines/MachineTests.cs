using System.Net;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Machines;

public sealed class MachineTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Reported_hardware_without_a_task_is_listed_as_unmatched_until_a_task_for_its_MAC_comes()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutHardwareAsync("m1", Samples.Hardware(sn, mac, Samples.Disk("D")));
        Assert.Equal([sn], await SerialsAsync("/api/v1/machines?idc=m1&unmatched=true"));

        await tasks.CreateAsync(sn + "-LABEL", mac, "m1");
        Assert.Empty(await SerialsAsync("/api/v1/machines?idc=m1&unmatched=true"));
        var machine = await tasks.JsonAsync($"/api/v1/machines/m1/{sn}");
        Assert.True(machine.GetProperty("matched").GetBoolean());
        Assert.Equal(sn + "-LABEL", machine.GetProperty("task_sn").GetString());
        Assert.Equal("D", machine.GetProperty("hardware").GetProperty("disks")[0].GetProperty("serial").GetString());
    }

    [Fact]
    public async Task A_machine_is_online_while_its_lease_lives()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutHardwareAsync("m2", Samples.Hardware(sn, mac));
        var lease = await tasks.Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        await tasks.PutAsync(StoreWrite.Put(Keys.Lease("m2", sn), "{}"u8.ToArray(), lease));
        Assert.Equal([sn], await SerialsAsync("/api/v1/machines?idc=m2&online=true"));
        Assert.Equal(1, (await tasks.JsonAsync("/api/v1/stats/m2")).GetProperty("online_machines").GetInt32());

        await tasks.Store.RevokeLeaseAsync(lease, CancellationToken.None);
        await tasks.PutAsync(StoreWrite.Put("/os/m2/x", "{}"u8.ToArray()));
        Assert.Empty(await SerialsAsync("/api/v1/machines?idc=m2&online=true"));
        Assert.Equal([sn], await SerialsAsync("/api/v1/machines?idc=m2&online=false"));
    }

    [Theory]
    [InlineData("epyc")]
    [InlineData("WWN-7")]
    [InlineData("qemu")]
    public async Task Hardware_is_found_by_its_fields(string text)
    {
        var (sn, mac) = Samples.Machine();
        var idc = "find-" + sn;
        await tasks.PutHardwareAsync(idc, Samples.Hardware(sn, mac, Samples.Disk("D") with { Wwn = "wwn-7" }));
        await tasks.CreateAsync("other", mac.Replace("52:54", "52:55", StringComparison.Ordinal), idc);
        Assert.Equal([sn], await SerialsAsync($"/api/v1/machines?idc={idc}&q={text}"));
    }

    [Fact]
    public async Task A_machine_that_nobody_knows_is_not_found()
    {
        var answer = await tasks.GetAsync("/api/v1/machines/dc1/nobody");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("machine_not_found", (await TasksFixture.JsonAsync(answer)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Servers_are_those_somebody_made_a_task_for()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "m3");
        var servers = await tasks.JsonAsync("/api/v1/servers/m3");
        Assert.Equal(sn, Assert.Single(servers.GetProperty("items").EnumerateArray()).GetProperty("sn").GetString());
    }

    private async Task<IEnumerable<string?>> SerialsAsync(string path) =>
        (await tasks.JsonAsync(path)).GetProperty("items").EnumerateArray().Select(machine => machine.GetProperty("sn").GetString()).ToList();
}
