using System.Net;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain.Hardware;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Machines;

public sealed class InventoryTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task A_disk_that_disappeared_is_named_in_the_difference()
    {
        var (sn, mac) = Samples.Machine();
        var former = Samples.Hardware(sn, mac, Samples.Disk("A"), Samples.Disk("B")) with { ReportedAt = DateTimeOffset.UnixEpoch };
        var present = Samples.Hardware(sn, mac, Samples.Disk("A")) with { ReportedAt = DateTimeOffset.UnixEpoch.AddDays(1) };
        await tasks.PutAsync(StoreWrite.Put(Keys.Inventory("i1", sn, InventoryHistory.Id(former)), Json(former)));
        await tasks.PutHardwareAsync("i1", present);

        var versions = (await tasks.JsonAsync($"/api/v1/machines/i1/{sn}/inventories")).GetProperty("items");
        Assert.Equal(["19700102T0000000000000Z", "19700101T0000000000000Z"], versions.EnumerateArray().Select(version => version.GetProperty("id").GetString()));
        Assert.Equal(2, (await tasks.JsonAsync($"/api/v1/machines/i1/{sn}/inventories/19700101T0000000000000Z")).GetProperty("disks").GetArrayLength());

        foreach (var query in new[] { "", "?from=19700101T0000000000000Z&to=current" })
        {
            var difference = await tasks.JsonAsync($"/api/v1/machines/i1/{sn}/diff{query}");
            var change = Assert.Single(difference.GetProperty("changes").EnumerateArray());
            Assert.Equal(("removed", "disk", "B"), (change.GetProperty("kind").GetString(), change.GetProperty("component").GetString(), change.GetProperty("id").GetString()));
            Assert.Equal("Disk B (unknown model, 10 GB, /dev/vda) has disappeared.", difference.GetProperty("text").GetString());
        }
        var back = await tasks.JsonAsync($"/api/v1/machines/i1/{sn}/diff?from=current&to=19700101T0000000000000Z");
        Assert.Equal("added", back.GetProperty("changes")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Reports_that_are_not_kept_are_refused_by_name()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.PutHardwareAsync("i2", Samples.Hardware(sn, mac));
        var answer = await tasks.GetAsync($"/api/v1/machines/i2/{sn}/diff?from=yesterday&to=20260101T0000000000000Z");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["from", "to"], (await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await tasks.GetAsync($"/api/v1/machines/i2/{sn}/inventories/20260101T0000000000000Z")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await tasks.GetAsync($"/api/v1/machines/i2/{sn}/inventories/..%2F..")).StatusCode);
        Assert.Equal("The hardware is the same.", (await tasks.JsonAsync($"/api/v1/machines/i2/{sn}/diff")).GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("dimm.serial:03a1b2c3", true)]
    [InlineData("03A1B2C3", true)]
    [InlineData("lldp.port:Ethernet12 lldp.switch:leaf-a12", true)]
    [InlineData("lldp.port:Ethernet13", false)]
    [InlineData("disk.healthy:false", true)]
    [InlineData("disk.reallocated_sectors:>=10 disk.wear_percent:<=50", true)]
    [InlineData("cpu.flag:avx512f dimms:1 dimm.size_gb:64 tpm.version:2.0", true)]
    [InlineData("raid_disk.serial:RD-1 raid.state:degraded bmc.address:10.0.9.21", true)]
    [InlineData("gpus:>=1", false)]
    public async Task Machines_are_found_by_modules_health_and_cables(string q, bool found)
    {
        var (sn, mac) = Samples.Machine();
        var idc = "g-" + sn;
        var hardware = Samples.Hardware(sn, mac);
        await tasks.PutHardwareAsync(idc, hardware with
        {
            Cpu = new Cpu { Flags = ["avx512f"] }, Tpm = new Tpm { Present = true, Version = "2.0" }, Bmc = new Bmc { Address = "10.0.9.21" },
            Memory = new Memory { Dimms = [new MemoryModule { Slot = "A1", SerialNumber = "03A1B2C3", SizeBytes = 64L << 30 }] },
            Disks = [new Disk { Device = "/dev/sda", Health = new DiskHealth { Passed = false, ReallocatedSectors = 12, WearPercent = 40 } }],
            RaidControllers = [new RaidController { Id = "0", Arrays = [new RaidArray { Id = "0/0", State = "degraded" }], Disks = [new RaidDisk { Id = "64:0", Serial = "RD-1" }] }],
            Nics = [new Nic { Name = "eth0", Mac = mac, Lldp = new LldpNeighbour { SwitchName = "leaf-a12-1", Port = "Ethernet12" } }],
        });
        Assert.Equal(found ? 1 : 0, (await tasks.JsonAsync($"/api/v1/machines?idc={idc}&q={Uri.EscapeDataString(q)}")).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("disk.model:pm9a3", true)]
    [InlineData("disk.model:\"PM9A3 U.2\" memory.total_gb:>=16", true)]
    [InlineData("memory.total_gb:16 nic.driver:ice epyc", true)]
    [InlineData("disk.model:pm9a3 memory.total_gb:<=15", false)]
    [InlineData("nic.driver:ixgbe", false)]
    [InlineData("firmware.version:2.1", true)]
    [InlineData("disks:1", true)]
    public async Task Machines_are_found_by_single_fields(string q, bool found)
    {
        var (sn, mac) = Samples.Machine();
        var idc = "f-" + sn;
        await tasks.PutHardwareAsync(idc, Samples.Hardware(sn, mac, Samples.Disk("D") with { Model = "Samsung PM9A3 U.2" }) with
        {
            Nics = [new Nic { Name = "eth0", Mac = mac, Driver = "ice" }], Firmware = new Firmware { Version = "2.1" },
        });
        Assert.Equal(found ? 1 : 0, (await tasks.JsonAsync($"/api/v1/machines?idc={idc}&q={Uri.EscapeDataString(q)}")).GetProperty("total").GetInt32());
        Assert.Equal(1, (await tasks.JsonAsync($"/api/v1/machines?idc={idc}&q={mac}")).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("q=disk.modle:x")]
    [InlineData("q=memory.total_gb:lots")]
    [InlineData("sort=model")]
    [InlineData("decommissioned=maybe")]
    public async Task A_wrong_question_is_answered_with_what_is_allowed(string query)
    {
        var answer = await tasks.GetAsync("/api/v1/machines?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("allowed", (await TasksFixture.JsonAsync(answer)).GetProperty("errors").GetProperty(query.Split('=')[0])[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_by_time_of_report_hold_every_machine_once()
    {
        for (var i = 0; i < 7; i++)
        {
            var (sn, mac) = Samples.Machine();
            await tasks.PutHardwareAsync("i3", Samples.Hardware(sn, mac) with { ReportedAt = DateTimeOffset.UnixEpoch.AddDays(i % 3) });
        }
        var seen = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await tasks.JsonAsync("/api/v1/machines?idc=i3&sort=-reported_at&limit=2" + (cursor is null ? "" : "&cursor=" + cursor));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(machine => machine.GetProperty("reported_at").GetString()));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        } while (cursor is not null);
        Assert.Equal(7, seen.Count);
        Assert.Equal(seen.OrderDescending(StringComparer.Ordinal), seen);
    }

    private static byte[] Json(Inventory report) => JsonSerializer.SerializeToUtf8Bytes(report, ContractsJson.Default.Inventory);
}
