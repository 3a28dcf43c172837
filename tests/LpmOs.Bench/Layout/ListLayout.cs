using System.Text.Json;
using System.Text.Json.Serialization;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Bench.Layout;

/// <summary>
/// The layout before ours: all servers of an IDC in one list, which is read, changed and written back; a machine's task and its state in two keys, written one after the other.
/// Nobody compares before writing.
/// </summary>
internal sealed class ListLayout(IStateStore store, string idc) : ISiteLayout
{
    private readonly string _list = $"/os/{idc}/servers";

    public Task FillAsync(int servers) => PutListAsync([.. Enumerable.Range(0, servers).Select(n => KeyLayout.NewServer($"SN{n:D6}"))]);

    public async Task RegisterAsync(string sn)
    {
        var servers = await ServersAsync();
        servers.Add(KeyLayout.NewServer(sn));
        await PutListAsync(servers);
    }

    private Task PutListAsync(List<RegisteredServer> servers) => PutAsync(_list, JsonSerializer.SerializeToUtf8Bytes(servers, ListLayoutJson.Default.ListRegisteredServer));

    public async Task<int> RegisteredAsync() => (await ServersAsync()).Count;

    public async Task CreateTaskAsync(string sn)
    {
        await PutAsync(TaskKey(sn), TaskStore.Serialize(KeyLayout.NewTask(idc, sn)));
        await PutAsync(StateKey(sn), JsonSerializer.SerializeToUtf8Bytes(new MachineState { Status = TaskState.Installing, Step = "", Percent = 0, UpdatedAt = KeyLayout.Now }, ListLayoutJson.Default.MachineState));
    }

    public async Task ProgressAsync(string sn, int report)
    {
        var task = KeyLayout.WithReport(await TaskAsync(sn), report);
        await PutAsync(TaskKey(sn), TaskStore.Serialize(task));
        await PutAsync(StateKey(sn), JsonSerializer.SerializeToUtf8Bytes(new MachineState { Status = task.Status, Step = task.Step!, Percent = task.Percent, UpdatedAt = task.UpdatedAt }, ListLayoutJson.Default.MachineState));
    }

    public async Task<(int Reports, bool Agrees)> ReadAsync(string sn)
    {
        var task = await TaskAsync(sn);
        var state = JsonSerializer.Deserialize((await store.GetAsync(StateKey(sn), default))!.Value.Span, ListLayoutJson.Default.MachineState)!;
        return (task.Progress.Count, state.Step == task.Step);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string TaskKey(string sn) => $"/os/{idc}/tasks/{sn}";

    private string StateKey(string sn) => $"/os/{idc}/states/{sn}";

    private async Task<List<RegisteredServer>> ServersAsync() =>
        await store.GetAsync(_list, default) is { } entry ? JsonSerializer.Deserialize(entry.Value.Span, ListLayoutJson.Default.ListRegisteredServer)! : [];

    private async Task<InstallTask> TaskAsync(string sn) => JsonSerializer.Deserialize((await store.GetAsync(TaskKey(sn), default))!.Value.Span, ContractsJson.Default.InstallTask)!;

    private async Task PutAsync(string key, byte[] value) => await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, value)] }, default);
}

/// <summary>What the former layout keeps beside the task.</summary>
internal sealed record MachineState
{
    public required TaskState Status { get; init; }
    public required string Step { get; init; }
    public required int Percent { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<RegisteredServer>))]
[JsonSerializable(typeof(MachineState))]
internal sealed partial class ListLayoutJson : JsonSerializerContext;
