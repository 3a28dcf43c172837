using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests.Registration;

/// <summary>What a service leaves in the store when it comes, goes and loses its lease.</summary>
public sealed class ServiceRegistrationTests
{
    [Fact]
    public async Task A_service_registers_itself_and_is_gone_at_once_when_it_stops()
    {
        await using var regional = new RegionalFixture();
        await regional.InitializeAsync();
        var entry = await AppearsAsync(regional.Store, 1);
        Assert.NotEqual(0, entry.LeaseId);
        var self = JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.ServiceInstance)!;
        Assert.Equal(("regional", "http://regional.test:8081"), (self.Kind, self.Address));
        Assert.EndsWith($"-{regional.Http.BaseAddress!.Port}", self.Instance, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(self.Version));

        await regional.RestartAsync();
        // Another port, so another instance; the first has left only the copy that stays.
        Assert.Null(await regional.Store.GetAsync(entry.Key, CancellationToken.None));
        Assert.NotNull(await regional.Store.GetAsync(Keys.KnownService("dc1", "regional", self.Instance), CancellationToken.None));
        Assert.NotEqual(entry.Key, (await AppearsAsync(regional.Store, entry.ModRevision + 1)).Key);
    }

    [Fact]
    public async Task A_lease_that_ended_while_nobody_looked_is_replaced()
    {
        await using var regional = new RegionalFixture();
        await regional.InitializeAsync();
        var first = await AppearsAsync(regional.Store, 1);
        await regional.Store.RevokeLeaseAsync(first.LeaseId, CancellationToken.None);
        var second = await AppearsAsync(regional.Store, first.ModRevision + 1);
        Assert.Equal(first.Key, second.Key);
        Assert.NotEqual(first.LeaseId, second.LeaseId);
        // A gap in its contact shows, though the process never stopped.
        var (before, after) = (Instance(first), Instance(second));
        Assert.Equal(before.StartedAt, after.StartedAt);
        Assert.True(before.ConnectedAt < after.ConnectedAt);
    }

    private static ServiceInstance Instance(StoreEntry entry) => JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.ServiceInstance)!;

    private static async Task<StoreEntry> AppearsAsync(IStateStore store, long from)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var batch in store.WatchAsync("/os/dc1/services/", from, limit.Token))
        {
            if (batch.Events.LastOrDefault(change => change.Value is not null) is { } change && await store.GetAsync(change.Key, limit.Token) is { } entry)
                return entry;
        }
        throw new InvalidOperationException("The watch ended.");
    }
}
