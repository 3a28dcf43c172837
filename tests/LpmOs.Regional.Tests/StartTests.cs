using System.Net;
using System.Runtime.CompilerServices;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Regional.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task A_service_that_has_not_read_the_store_never_says_that_there_is_no_task()
    {
        await using var app = RegionalService.Build(
            ["--Regional:Urls=http://127.0.0.1:0", $"--Templates:Path={Repository.Templates}"], builder => builder.Services.AddSingleton<IStateStore>(new AwayStore()));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);
        var answer = await http.GetAsync("/api/v1/task/SN-1", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("store_unavailable", (await RegionalFixture.JsonAsync(answer)).GetProperty("code").GetString());
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_service_that_may_not_make_the_key_is_ready_when_another_has_made_it()
    {
        await using var store = TemporaryStore.Embedded();
        // As with packaging/etcd-roles.sh, where a regional service writes its own IDC's keys alone.
        var own = new FaultyStore(store.Store) { CommitsFail = transaction => transaction.Writes.Any(write => write.Key == Keys.MachineTokenSecret) };
        await using var app = RegionalService.Build(["--Regional:Urls=http://127.0.0.1:0", $"--Templates:Path={Repository.Templates}"], builder => builder.Services.AddSingleton<IStateStore>(own));
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<WatchedState>().Ready;
        using var http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        var answer = await http.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("has not been made yet", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await MachineTokenKey.EnsureAsync(store.Store, TestContext.Current.CancellationToken);
        for (var looks = 0; (answer = await http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode != HttpStatusCode.OK; looks++)
        {
            Assert.True(looks < 600, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A store that cannot be reached.</summary>
    private sealed class AwayStore : IStateStore
    {
        private static StoreUnavailableException Away() => new("The store is away.", outcomeUnknown: false);

        public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken) => throw Away();
        public ValueTask<StorePage> ListAsync(string prefix, string? after, int limit, long revision, CancellationToken cancellationToken) => throw Away();
        public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken) => throw Away();
        public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => throw Away();
        public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => throw Away();
        public ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => throw Away();

        public async IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            throw Away();
#pragma warning disable CS0162 // An iterator needs a yield.
            yield break;
#pragma warning restore CS0162
        }
    }
}
