using System.Net;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests.Wipes;

/// <summary>A disk that the task's own hardware_config makes: nobody knew its number and size when the plan was made.</summary>
public sealed class ArrayWipeTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    private const long Least = 400_000_000_000, Most = 450_000_000_000;

    [Theory]
    [InlineData("/dev/raid/system", Least + 5, "overwrite", HttpStatusCode.OK)]
    [InlineData("/dev/raid/other", Least + 5, "overwrite", HttpStatusCode.Conflict)]
    [InlineData(null, Least + 5, "overwrite", HttpStatusCode.Conflict)]
    [InlineData("/dev/raid/system", Most + 1, "overwrite", HttpStatusCode.Conflict)]
    [InlineData("/dev/raid/system", Least + 5, "edges", HttpStatusCode.Conflict)]
    public async Task It_is_known_by_its_place_in_the_plan_and_the_certificate_says_what_it_is(string? plannedAs, long size, string method, HttpStatusCode expected)
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing) with { Attempt = 1, Plan = Plan(sn, id) });

        using var answer = await regional.PostAsync("/api/v1/wipes", new
        {
            sn, task_id = id, attempt = 1, device = "/dev/sdb", planned_as = plannedAs, serial = "600605B0", wwn = "naa.600605b0", model = "MegaRAID", size_bytes = size, method,
            began_at = DateTimeOffset.UnixEpoch, ended_at = DateTimeOffset.UnixEpoch, samples = 64, samples_left = 0, result = "verified",
        });

        Assert.Equal(expected, answer.StatusCode);
        var kept = (await regional.Store.ListAsync($"/os/dc1/wipes/{sn}/", null, 10, 0, TestContext.Current.CancellationToken)).Entries;
        if (expected != HttpStatusCode.OK)
        {
            Assert.Empty(kept);
            return;
        }
        using var certificate = JsonDocument.Parse(Assert.Single(kept).Value);
        var statement = certificate.RootElement.GetProperty("statement");
        Assert.Equal(("600605B0", size, "/dev/sdb"), (statement.GetProperty("serial").GetString(), statement.GetProperty("size_bytes").GetInt64(), statement.GetProperty("device").GetString()));
    }

    private static InstallPlan Plan(string sn, string id) => new()
    {
        TaskId = id, Attempt = 1, Sn = sn, Operations = [], Os = new OsPlan { Id = "debian", Version = "12", Name = "Debian 12", InstallMethod = "image" }, Partitions = [], DiskGuid = "", Hostname = "h", Network = new(),
        Disk = new DiskPlan
        {
            Device = "/dev/raid/system", SizeBytes = Least, Wipe = WipeMethods.Overwrite,
            Array = new ArrayDisk { Controller = "0", Tool = "storcli", Name = "system", Level = "raid1", Disks = ["252:0", "252:1"], MostBytes = Most },
        },
    };
}
