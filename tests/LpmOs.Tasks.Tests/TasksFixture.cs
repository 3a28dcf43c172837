using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests;

/// <summary>A tasks service over an embedded store, and the store beside it to look into.</summary>
public sealed class TasksFixture : IAsyncLifetime
{
    private readonly TemporaryStore _store = TemporaryStore.Embedded();
    private RunningTasksService? _service;

    public IStateStore Store => _store.Store;
    public HttpClient Http => _service!.Http;
    internal WatchedState State => _service!.State;
    internal Uri Address => _service!.Address;

    public async ValueTask InitializeAsync() => _service = await RunningTasksService.StartAsync(Store);

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>As curl -d sends it.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string? body = null) => Http.PostAsync(
        path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(path, TestContext.Current.CancellationToken);

    public async Task<JsonElement> JsonAsync(string path)
    {
        var answer = await GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await JsonAsync(answer);
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    public async Task<JsonElement> CreateAsync(string sn, string mac, string idc = "dc1")
    {
        var answer = await PostAsync("/api/v1/tasks", Samples.Task(sn, mac, idc));
        Assert.True((int)answer.StatusCode == 201, await answer.Content.ReadAsStringAsync());
        return await JsonAsync(answer);
    }

    /// <summary>The task as the store has it, not as the service says.</summary>
    public async Task<InstallTask?> StoredTaskAsync(string sn, string idc = "dc1") =>
        await Store.GetAsync(Keys.Task(idc, sn), CancellationToken.None) is { } entry ? JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.InstallTask) : null;

    /// <summary>Writes as another service would, and waits until this one has seen it.</summary>
    public async Task PutAsync(params StoreWrite[] writes)
    {
        var result = await Store.CommitAsync(new StoreTransaction { Writes = writes }, CancellationToken.None);
        await State.CatchUpAsync(writes[0].Key, result.Revision, CancellationToken.None);
    }

    public Task PutTaskAsync(InstallTask task) => PutAsync(StoreWrite.Put(Keys.Task(task.Idc, task.Sn), JsonSerializer.SerializeToUtf8Bytes(task, ContractsJson.Default.InstallTask)));

    public Task PutHardwareAsync(string idc, Inventory hardware) =>
        PutAsync(StoreWrite.Put(Keys.Meta(idc, hardware.SerialNumber), JsonSerializer.SerializeToUtf8Bytes(hardware, ContractsJson.Default.Inventory)));
}
