using LpmOs.Core.Store;

namespace LpmOs.Core.Tests.Store;

/// <summary>Each change once and in order, from any revision on.</summary>
public abstract partial class StateStoreConformance
{
    [Fact]
    public async Task A_watch_replays_the_past_and_goes_on_with_the_present()
    {
        var start = await PutAsync("a", "1");
        await PutAsync("b", "2");
        await DeleteAsync("a");
        var seen = new List<StoreEvent>();
        var wrote = false;
        await foreach (var batch in Store.WatchAsync(Prefix, start, Cancellation))
        {
            seen.AddRange(batch.Events);
            if (seen.Count == 3 && !wrote)
            {
                wrote = true;
                await PutAsync("c", "4");
            }

            if (seen.Count >= 4)
                break;
        }

        Assert.Equal(["a=1", "b=2", "a deleted", "c=4"], seen.Select(e => e.Key[Prefix.Length..] + (e.Value is null ? " deleted" : $"={Text(e.Value)}")));
        Assert.Equal(seen.Select(e => e.ModRevision).Order(), seen.Select(e => e.ModRevision));
        Assert.Equal(start, seen[0].ModRevision);
    }

    [Fact]
    public async Task A_watch_of_a_revision_to_come_waits_for_it()
    {
        var now = await PutAsync("a", "1");
        var watching = WatchAsync(now + 3, 2);
        for (var i = 0; i < 4; i++)
            await PutAsync("a", $"{i}");
        Assert.Equal([now + 3, now + 4], (await watching).Select(e => e.ModRevision));
    }

    [Fact]
    public async Task A_batch_never_splits_a_revision()
    {
        var from = 0L;
        for (var i = 0; i < 30; i++)
        {
            var writes = Enumerable.Range(0, 100).Select(k => StoreWrite.Put($"{Prefix}{k:00}", new byte[10_000])).ToList();
            var revision = (await Store.CommitAsync(new() { Writes = writes }, Cancellation)).Revision;
            from = from == 0 ? revision : from;
        }

        // 30 MB: more than one message of etcd may carry, so it comes in fragments.
        var (last, count) = (0L, 0);
        await foreach (var batch in Store.WatchAsync(Prefix, from, Cancellation))
        {
            Assert.All(batch.Events.CountBy(e => e.ModRevision), revision => Assert.Equal(100, revision.Value));
            Assert.True(batch.Events[0].ModRevision > last);
            last = batch.Revision;
            Assert.True(batch.Events[^1].ModRevision <= last);
            count += batch.Events.Count;
            if (count >= 3000)
                break;
        }

        Assert.Equal(3000, count);
    }

    [Fact]
    public async Task Watches_beside_writers_see_each_change_exactly_once()
    {
        var from = await PutAsync("begin", "");
        var watches = Enumerable.Range(0, 4).Select(_ => WatchAsync(from + 1, 400)).ToList();
        var written = new List<long>[4];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async w =>
        {
            written[w] = [];
            for (var i = 0; i < 100; i++)
                written[w].Add(await PutAsync($"w{w}", $"{i}"));
        }));
        foreach (var watch in watches)
            Assert.Equal(written.SelectMany(r => r).Order(), (await watch).Select(e => e.ModRevision));
    }

    [Fact]
    public async Task Ending_one_watch_leaves_the_others_alone()
    {
        var from = await PutAsync("a", "0");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var ended = Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Store.WatchAsync(Prefix, from, cancel.Token))
                await cancel.CancelAsync();
        });
        var other = WatchAsync(from, 3);
        await ended;
        await PutAsync("a", "1");
        await PutAsync("a", "2");
        Assert.Equal(["0", "1", "2"], (await other).Select(e => Text(e.Value)));
    }
}
