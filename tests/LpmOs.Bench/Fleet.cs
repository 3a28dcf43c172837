using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Bench;

/// <summary>Machines and tasks as a large site has them, written as the services would.</summary>
internal static class Fleet
{
    private const int MachinesTogether = 25;
    private const int AtOnce = 32;
    /// <summary>Now: what has stood still for long would be failed by the service.</summary>
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow();

    /// <summary>The machines from number <paramref name="from"/> to the one before number <paramref name="to"/>.</summary>
    public static Task FillAsync(IStateStore store, int from, int to) =>
        Parallel.ForEachAsync(Enumerable.Range(from, to - from).Chunk(MachinesTogether), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (chunk, token) =>
            await store.CommitAsync(new StoreTransaction { Writes = [.. chunk.SelectMany(Writes)] }, token));

    private static IEnumerable<StoreWrite> Writes(int n)
    {
        var (idc, sn, mac) = ($"dc{n % 10}", $"SN{n:D7}", $"52:54:{n >> 24:x2}:{(n >> 16) & 255:x2}:{(n >> 8) & 255:x2}:{n & 255:x2}");
        var state = (TaskState)(n % 7);
        var created = Start.AddMilliseconds(-n);
        yield return StoreWrite.Put(Keys.Server(idc, sn), JsonSerializer.SerializeToUtf8Bytes(new RegisteredServer { Sn = sn, Mac = mac, AddedAt = created }, CoreJson.Default.RegisteredServer));
        yield return StoreWrite.Put(Keys.Meta(idc, sn), JsonSerializer.SerializeToUtf8Bytes(new Inventory
        {
            SerialNumber = sn, MacAddress = mac, Company = "Dell Inc.", Product = "PowerEdge R750", Cpu = new Cpu { Model = "Xeon Gold 6330", Cores = 56, Threads = 112, Sockets = 2 },
            Memory = new Memory { TotalGb = 512 }, ReportedAt = created, Nics = [new Nic { Name = "eth0", Mac = mac, Driver = "bnxt_en" }],
            Disks = [.. Enumerable.Range(0, 4).Select(d => new Disk { Device = $"/dev/nvme{d}n1", Serial = $"S{n}-{d}", Model = "PM9A3", SizeGb = 3840, SizeBytes = 3_840_000_000_000, Type = "nvme" })],
        }, ContractsJson.Default.Inventory));
        yield return StoreWrite.Put(Keys.Task(idc, sn), JsonSerializer.SerializeToUtf8Bytes(new InstallTask
        {
            Idc = idc, Sn = sn, Mac = mac, OsType = "Ubuntu 22.04", OsVersion = "22.04", OsId = "ubuntu", TaskId = $"task-{n:x8}", Status = state, Tags = [$"rack-{n % 500}"], Hostname = $"host-{n}",
            CreatedAt = created, UpdatedAt = created, CreatedBy = "bench", StatusHistory = History(n, state, created),
            Progress = [new ProgressEntry { Step = "downloading", Percent = 60, Timestamp = created }],
        }, ContractsJson.Default.InstallTask));
    }

    /// <summary>Installations of every length, so that the durations have something to say.</summary>
    private static IReadOnlyList<StatusChange> History(int n, TaskState state, DateTimeOffset created) => state != TaskState.Completed
        ? [new StatusChange { To = TaskState.Pending, At = created, By = "bench" }]
        :
        [
            new StatusChange { To = TaskState.Pending, At = created, By = "bench" }, new StatusChange { From = TaskState.Pending, To = TaskState.Approved, At = created.AddSeconds(n % 5000), By = "bench" },
            new StatusChange { From = TaskState.Approved, To = TaskState.Installing, At = created.AddSeconds((n % 5000) + 30), By = "agent" },
            new StatusChange { From = TaskState.Installing, To = TaskState.Completed, At = created.AddSeconds((n % 5000) + 30 + (n % 3000)), By = "installed system" },
        ];
}
