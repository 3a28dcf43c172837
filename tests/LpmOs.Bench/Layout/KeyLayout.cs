using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Bench.Layout;

/// <summary>Our layout, by the services' own code: a key each server, one key a task, compared before every write, and a watched copy that is read instead of the store.</summary>
internal sealed class KeyLayout : ISiteLayout
{
    public const string Mac = "52:54:00:12:34:56";
    private const string Site = "/os/";

    private readonly IStateStore _store;
    private readonly string _idc;
    private readonly WatchedState _copy;
    private readonly TaskStore _tasks;

    private KeyLayout(IStateStore store, string idc, WatchedState copy) => (_store, _idc, _copy, _tasks) = (store, idc, copy, new TaskStore(store, copy));

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static async Task<KeyLayout> StartAsync(IStateStore store, string idc)
    {
        var copy = new WatchedState(store, new WatchedPrefixes([Keys.Machines(idc), $"{Site}{idc}/servers/"]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        await copy.StartAsync(default);
        await copy.Ready;
        return new KeyLayout(store, idc, copy);
    }

    public async Task FillAsync(int servers)
    {
        foreach (var some in Enumerable.Range(0, servers).Chunk(100))
            await _store.CommitAsync(new StoreTransaction { Writes = [.. some.Select(n => StoreWrite.Put(Keys.Server(_idc, $"SN{n:D6}"), Json(NewServer($"SN{n:D6}"))))] }, default);
    }

    public async Task RegisterAsync(string sn) => await _store.CommitAsync(StoreTransaction.PutIf(Keys.Server(_idc, sn), 0, Json(NewServer(sn))), default);

    public async Task<int> RegisteredAsync() => (await _store.ListAsync($"{Site}{_idc}/servers/", null, 10_000, 0, default)).Entries.Count;

    public async Task CreateTaskAsync(string sn) =>
        await _store.CommitAsync(StoreTransaction.PutIf(Keys.Task(_idc, sn), 0, TaskStore.Serialize(NewTask(_idc, sn))), default);

    public Task ProgressAsync(string sn, int report) => _tasks.ChangeAsync(_idc, sn,
        task => new TaskDecision<bool>(task is null ? null : WithReport(task, report), task is not null), default);

    public async Task<(int Reports, bool Agrees)> ReadAsync(string sn)
    {
        var task = JsonSerializer.Deserialize((await _store.GetAsync(Keys.Task(_idc, sn), default))!.Value.Span, ContractsJson.Default.InstallTask)!;
        return (task.Progress.Count, task.Progress[^1].Step == task.Step);
    }

    private static byte[] Json(RegisteredServer server) => JsonSerializer.SerializeToUtf8Bytes(server, CoreJson.Default.RegisteredServer);

    public async ValueTask DisposeAsync()
    {
        await _copy.StopAsync(default);
        _copy.Dispose();
    }

    public static RegisteredServer NewServer(string sn) => new() { Sn = sn, Mac = Mac, AddedAt = Now };

    /// <summary>The same task in both layouts.</summary>
    public static InstallTask NewTask(string idc, string sn) => new()
    {
        Idc = idc, Sn = sn, Mac = Mac, OsType = "Ubuntu 22.04", OsVersion = "22.04", OsId = "ubuntu", TaskId = "task-00000001", Status = TaskState.Installing, Hostname = $"host-{sn}", CreatedAt = Now, UpdatedAt = Now,
        StatusHistory = [new StatusChange { To = TaskState.Pending, At = Now, By = "bench" }, new StatusChange { From = TaskState.Pending, To = TaskState.Approved, At = Now, By = "bench" }],
    };

    /// <summary>The same report in both layouts.</summary>
    public static InstallTask WithReport(InstallTask task, int report) => task with
    {
        Step = $"step-{report}", Percent = Math.Min(99, task.Percent + 1), UpdatedAt = Now,
        Progress = [.. task.Progress, new ProgressEntry { Step = $"step-{report}", Percent = Math.Min(99, task.Percent + 1), Message = "Writing the image", Timestamp = Now }],
    };
}
