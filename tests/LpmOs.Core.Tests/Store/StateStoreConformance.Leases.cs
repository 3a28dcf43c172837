using LpmOs.Core.Store;

namespace LpmOs.Core.Tests.Store;

/// <summary>Keys that live as long as somebody keeps them alive.</summary>
public abstract partial class StateStoreConformance
{
    [Fact]
    public async Task Revoking_a_lease_deletes_its_keys_in_one_revision()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), Cancellation);
        var from = await PutAsync("a", "1", lease);
        await PutAsync("b", "2", lease);
        await PutAsync("c", "3");
        Assert.Equal(lease, (await Store.GetAsync(Prefix + "a", Cancellation))!.LeaseId);
        Assert.True(await Store.KeepLeaseAliveAsync(lease, Cancellation));

        await Store.RevokeLeaseAsync(lease, Cancellation);
        Assert.Equal(["3"], (await Store.ListAsync(Prefix, null, 10, 0, Cancellation)).Entries.Select(e => Text(e.Value)));
        var events = await WatchAsync(from, 5);
        Assert.Equal([Prefix + "a", Prefix + "b"], events[3..].Select(e => e.Key));
        Assert.All(events[3..], e => Assert.Null(e.Value));
        Assert.Equal(events[3].ModRevision, events[4].ModRevision);

        Assert.False(await Store.KeepLeaseAliveAsync(lease, Cancellation));
        await Store.RevokeLeaseAsync(lease, Cancellation);
    }

    [Fact]
    public async Task A_put_without_the_lease_takes_the_key_out_of_it()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), Cancellation);
        await PutAsync("a", "1", lease);
        await PutAsync("a", "2");
        await Store.RevokeLeaseAsync(lease, Cancellation);
        Assert.Equal("2", await GetAsync("a"));
    }

    [Fact]
    public async Task A_put_with_an_unknown_lease_writes_nothing()
    {
        var before = await PutAsync("a", "1");
        var transaction = new StoreTransaction { Writes = [StoreWrite.Put(Prefix + "a", Bytes("2")), StoreWrite.Put(Prefix + "b", Bytes("2"), 4711)] };
        await Assert.ThrowsAsync<StoreLeaseNotFoundException>(async () => await Store.CommitAsync(transaction, Cancellation));
        Assert.Equal("1", await GetAsync("a"));
        Assert.Equal(before + 1, await PutAsync("a", "3"));
    }

    [Fact]
    public async Task A_lease_that_nobody_keeps_alive_ends_and_its_keys_vanish()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(2), Cancellation);
        var from = await PutAsync("a", "1", lease);
        var events = await WatchAsync(from, 2);
        Assert.Null(events[1].Value);
        Assert.Null(await GetAsync("a"));
        Assert.False(await Store.KeepLeaseAliveAsync(lease, Cancellation));
    }
}
