using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Approvals;

public sealed class OddMachineTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact(Timeout = 60_000)]
    public async Task A_machine_that_nobody_can_judge_does_not_stop_the_watch_over_the_others()
    {
        var (odd, oddMac) = Samples.Machine();
        var (good, mac) = Samples.Machine();
        await tasks.PutHardwareAsync("dc1", Samples.Hardware(odd, oddMac, Samples.Disk("A")));
        await tasks.PutAsync(Samples.Image("dc1", "debian", "12"));
        // What no service of ours writes, but a hand or a later version might.
        await tasks.PutTaskAsync(Approved(odd, oddMac, "task-0000000b") with { Network = new NetworkSpec { Interfaces = [null!] } });
        await tasks.PutTaskAsync(Approved(good, mac, "task-0000000c"));
        await foreach (var batch in tasks.Store.WatchAsync(Keys.Task("dc1", good), 1, TestContext.Current.CancellationToken))
        {
            if (batch.Events.Count > 0 && (await tasks.StoredTaskAsync(good))!.Status == TaskState.Pending)
                break;
        }
        Assert.Equal(TaskState.Approved, (await tasks.StoredTaskAsync(odd))!.Status);
    }

    private static InstallTask Approved(string sn, string mac, string id) => new()
    {
        TaskId = id, Idc = "dc1", Sn = sn, Mac = mac, OsType = "debian", OsVersion = "12", Status = TaskState.Approved,
        Approval = new Approval { By = "a", At = DateTimeOffset.UnixEpoch, PlanHash = new string('0', 64) },
        Plan = new InstallPlan
        {
            TaskId = id, Attempt = 1, Sn = sn, Operations = ["os_install"], DiskGuid = Guid.Empty.ToString(), Hostname = "a", Network = new NetworkSpec(), Partitions = [],
            Os = new OsPlan { Id = "debian", Version = "12", Name = "Debian 12", InstallMethod = "image" }, Disk = new DiskPlan { Device = "/dev/vda", SizeBytes = 1 },
            Image = new ImagePlan { Url = "/a", Sha256 = "a", SizeBytes = 1, Format = "tar.zst" },
        },
    };
}
