using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Regional.Tests;

/// <summary>A real regional service on loopback over a real embedded store, and the store beside it to look into.</summary>
public sealed class RegionalFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private WebApplication? _app;
    private ServiceProvider? _store;

    /// <summary>Further settings, from the next start on.</summary>
    internal string[] Settings { get; set; } = [];
    public IStateStore Store { get; private set; } = null!;
    public HttpClient Http { get; private set; } = null!;
    internal LpmOs.Core.Domain.Boots.BootRecorder Recorder => _app!.Services.GetRequiredService<LpmOs.Core.Domain.Boots.BootRecorder>();
    internal StateSnapshot Snapshot => _app!.Services.GetRequiredService<WatchedState>().Current;

    public async ValueTask InitializeAsync()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Store:Embedded:Path", Path.Combine(_folder.Path, "lpmos.db"))]).Build();
        _store = new ServiceCollection().AddLogging().AddStateStore(settings, StoreProvider.Embedded).BuildServiceProvider();
        Store = _store.GetRequiredService<IStateStore>();
        await StartAsync();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _store!.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Puts a value straight into the store, and waits until the service has seen it.</summary>
    public async Task PutAsync(string key, byte[] value)
    {
        var result = await Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, value)] }, CancellationToken.None);
        await _app!.Services.GetRequiredService<WatchedState>().CatchUpAsync(key, result.Revision, CancellationToken.None);
    }

    /// <summary>Waits until the store says that these machines are in contact, and the service has seen it.</summary>
    public async Task OnlineAsync(IEnumerable<string> serials)
    {
        var state = _app!.Services.GetRequiredService<WatchedState>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        foreach (var sn in serials)
        {
            await foreach (var batch in Store.WatchAsync(Keys.Lease("dc1", sn), 1, limit.Token))
            {
                if (batch.Events.Count == 0)
                    continue;
                await state.CatchUpAsync(Keys.Lease("dc1", sn), batch.Revision, limit.Token);
                break;
            }
        }
    }

    /// <summary>Puts a task as the tasks service would, straight into the store, and waits until the service has seen it.</summary>
    public Task PutTaskAsync(InstallTask task) =>
        PutAsync(Keys.Task(task.Idc, task.Sn), JsonSerializer.SerializeToUtf8Bytes(task, ContractsJson.Default.InstallTask));

    /// <summary>The image that <see cref="Samples.Task"/> asks for.</summary>
    /// <param name="supports">What it says that it can do beside being installed, for example <c>luks</c>.</param>
    public Task PutImageAsync(string? supports = null) => Store.CommitAsync(new StoreTransaction
    {
        Writes = [StoreWrite.Put(Keys.Image("dc1", "debian-12"), Encoding.UTF8.GetBytes($$"""{"id":"debian-12","os_id":"debian","os_version":"12","file":"debian-12.tar.zst","format":"tar.zst","sha256":"aa","size_bytes":1{{(supports is null ? "" : $",\"supports\":[\"{supports}\"]")}}}"""))],
    }, CancellationToken.None).AsTask();

    /// <summary>The task as the store has it, not as the service says.</summary>
    public async Task<InstallTask> TaskAsync(string sn) =>
        JsonSerializer.Deserialize((await Store.GetAsync(Keys.Task("dc1", sn), CancellationToken.None))!.Value.Span, ContractsJson.Default.InstallTask)!;

    public Task<HttpResponseMessage> PostAsync(string path, object body) => Http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> PostTextAsync(string path, string body) =>
        Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"), TestContext.Current.CancellationToken);

    /// <summary>What a boot script's token says of a machine of this IDC.</summary>
    public static TokenClaims Claims(string sn, string mac, long boot) => new()
    {
        Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = sn, Mac = mac, Boot = boot, Expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
    };

    public string Sign(TokenClaims claims) => MachineTokens.Issue(claims, Snapshot.MachineTokenKey.Span);

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    private async Task StartAsync()
    {
        _app = RegionalService.Build(
            ["--Regional:Urls=http://127.0.0.1:0", "--Regional:PublicUrl=http://regional.test:8081", $"--Templates:Path={Repository.Templates}", .. Settings],
            builder => builder.Services.AddSingleton(Store));
        await _app.StartAsync();
        var state = _app.Services.GetRequiredService<WatchedState>();
        await state.Ready;
        // The service makes its signing key once it has read the store.
        while (state.Current.MachineTokenKey.IsEmpty)
            await state.CatchUpAsync(Keys.MachineTokenSecret, state.Current.Revision + 1, CancellationToken.None);
        Http = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    private async Task StopAsync()
    {
        Http.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }
}
