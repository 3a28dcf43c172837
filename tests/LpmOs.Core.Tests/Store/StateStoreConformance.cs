using System.Globalization;
using System.Text;
using LpmOs.Core.Store;

namespace LpmOs.Core.Tests.Store;

/// <summary>What every store must do alike. Each test works under a prefix of its own.</summary>
public abstract class StateStoreConformance
{
    private protected string Prefix { get; } = $"/test/{Guid.NewGuid():N}/";

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract IStateStore Store { get; }

    private protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private protected static string Text(ReadOnlyMemory<byte>? value) => Encoding.UTF8.GetString(value!.Value.Span);

    private protected async Task<long> PutAsync(string name, string value, long lease = 0) =>
        (await Store.CommitAsync(new() { Writes = [StoreWrite.Put(Prefix + name, Bytes(value), lease)] }, Cancellation)).Revision;

    private protected async Task<long> DeleteAsync(string name) =>
        (await Store.CommitAsync(new() { Writes = [StoreWrite.Delete(Prefix + name)] }, Cancellation)).Revision;

    private protected async Task<string?> GetAsync(string name) => await Store.GetAsync(Prefix + name, Cancellation) is { } entry ? Text(entry.Value) : null;

    /// <summary>Events from a revision on, until as many have come as asked for.</summary>
    private protected async Task<List<StoreEvent>> WatchAsync(long from, int count)
    {
        var events = new List<StoreEvent>();
        await foreach (var batch in Store.WatchAsync(Prefix, from, Cancellation))
        {
            events.AddRange(batch.Events);
            if (events.Count >= count)
                break;
        }

        return events;
    }

    [Fact]
    public async Task An_absent_key_reads_as_null() => Assert.Null(await Store.GetAsync(Prefix + "none", Cancellation));

    [Fact]
    public async Task A_put_is_read_back_with_its_revisions()
    {
        var first = await PutAsync("a", "one");
        var second = await PutAsync("a", "two");
        var entry = await Store.GetAsync(Prefix + "a", Cancellation);
        Assert.NotNull(entry);
        Assert.Equal("two", Text(entry.Value));
        Assert.Equal((first, second, 0), (entry.CreateRevision, entry.ModRevision, entry.LeaseId));
        Assert.True(second > first);
    }

    [Fact]
    public async Task A_key_that_was_deleted_is_created_anew()
    {
        await PutAsync("a", "one");
        var deleted = await DeleteAsync("a");
        Assert.Null(await GetAsync("a"));
        var again = await PutAsync("a", "two");
        Assert.Equal(deleted + 1, again);
        Assert.Equal(again, (await Store.GetAsync(Prefix + "a", Cancellation))!.CreateRevision);
    }

    [Fact]
    public async Task Deleting_what_is_not_there_takes_no_revision()
    {
        var before = await PutAsync("a", "one");
        Assert.Equal(before, await DeleteAsync("none"));
    }

    [Fact]
    public async Task Values_are_bytes_and_may_be_empty_or_large()
    {
        var large = new byte[1_000_000];
        new Random(1).NextBytes(large);
        await Store.CommitAsync(new() { Writes = [StoreWrite.Put(Prefix + "large", large), StoreWrite.Put(Prefix + "empty", Array.Empty<byte>())] }, Cancellation);
        Assert.True((await Store.GetAsync(Prefix + "large", Cancellation))!.Value.Span.SequenceEqual(large));
        Assert.Equal(0, (await Store.GetAsync(Prefix + "empty", Cancellation))!.Value.Length);
    }

    [Fact]
    public async Task Keys_are_listed_in_order_of_their_bytes()
    {
        // "z" before "é" before "中" before an emoji in UTF-8; a culture or UTF-16 would order them otherwise.
        string[] ordered = ["A", "Z", "a", "a/b", "a0", "z", "é", "中", "\uFFFD", "😀"];
        foreach (var name in ordered.Reverse())
            await PutAsync(name, name);
        var page = await Store.ListAsync(Prefix, null, 100, 0, Cancellation);
        Assert.Equal(ordered, page.Entries.Select(e => Text(e.Value)));
        Assert.Equal(ordered, page.Entries.Select(e => e.Key[Prefix.Length..]));
        Assert.False(page.More);
    }

    [Fact]
    public async Task A_prefix_does_not_catch_its_neighbours()
    {
        await PutAsync("dc1/a", "1");
        await PutAsync("dc10/a", "2");
        await PutAsync("dc0", "3");
        Assert.Equal(["1"], (await Store.ListAsync(Prefix + "dc1/", null, 10, 0, Cancellation)).Entries.Select(e => Text(e.Value)));
        Assert.Equal(["1", "2"], (await Store.ListAsync(Prefix + "dc1", null, 10, 0, Cancellation)).Entries.Select(e => Text(e.Value)));
    }

    [Fact]
    public async Task Pages_show_one_revision_while_others_write()
    {
        for (var i = 0; i < 25; i++)
            await PutAsync($"k{i:00}", "old");
        var page = await Store.ListAsync(Prefix, null, 10, 0, Cancellation);
        var (seen, at) = (page.Entries.ToList(), page.Revision);
        Assert.True(page.More);
        await PutAsync("k00x", "new");
        await PutAsync("k15", "changed");
        await DeleteAsync("k20");
        await PutAsync("k99", "new");
        while (page.More)
        {
            page = await Store.ListAsync(Prefix, seen[^1].Key, 10, at, Cancellation);
            Assert.Equal(at, page.Revision);
            seen.AddRange(page.Entries);
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{Prefix}k{i:00}"), seen.Select(e => e.Key));
        Assert.All(seen, e => Assert.Equal("old", Text(e.Value)));
        var now = (await Store.ListAsync(Prefix, null, 100, 0, Cancellation)).Entries;
        Assert.Equal(26, now.Count);
        Assert.Equal("changed", Text(now.Single(e => e.Key == Prefix + "k15").Value));
    }

    [Fact]
    public async Task A_page_that_ends_with_the_last_key_says_that_there_is_no_more()
    {
        await PutAsync("a", "1");
        await PutAsync("b", "2");
        Assert.False((await Store.ListAsync(Prefix, null, 2, 0, Cancellation)).More);
        Assert.True((await Store.ListAsync(Prefix, null, 1, 0, Cancellation)).More);
        Assert.Empty((await Store.ListAsync(Prefix, Prefix + "b", 2, 0, Cancellation)).Entries);
    }

    [Fact]
    public async Task A_listing_of_a_revision_to_come_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.ListAsync(Prefix, null, 10, long.MaxValue, Cancellation));

    [Fact]
    public async Task A_put_if_absent_succeeds_once()
    {
        var first = await Store.CommitAsync(StoreTransaction.PutIf(Prefix + "a", 0, Bytes("1")), Cancellation);
        var second = await Store.CommitAsync(StoreTransaction.PutIf(Prefix + "a", 0, Bytes("2")), Cancellation);
        Assert.True(first.Applied);
        Assert.False(second.Applied);
        Assert.True(second.Revision >= first.Revision);
        Assert.Equal("1", await GetAsync("a"));
    }

    [Fact]
    public async Task A_transaction_is_applied_whole_or_not_at_all()
    {
        var a = await PutAsync("a", "1");
        var refused = await Store.CommitAsync(
            new()
            {
                Compares = [new(Prefix + "a", a), new(Prefix + "b", 7_777_777_777)],
                Writes = [StoreWrite.Put(Prefix + "a", Bytes("2")), StoreWrite.Put(Prefix + "c", Bytes("2"))],
            },
            Cancellation);
        Assert.False(refused.Applied);
        Assert.Equal("1", await GetAsync("a"));
        Assert.Null(await GetAsync("c"));

        var applied = await Store.CommitAsync(
            new()
            {
                Compares = [new(Prefix + "a", a), new(Prefix + "b", 0)],
                Writes = [StoreWrite.Delete(Prefix + "a"), StoreWrite.Put(Prefix + "b", Bytes("2")), StoreWrite.Put(Prefix + "c", Bytes("2"))],
            },
            Cancellation);
        Assert.True(applied.Applied);
        var entries = (await Store.ListAsync(Prefix, null, 10, 0, Cancellation)).Entries;
        Assert.Equal([Prefix + "b", Prefix + "c"], entries.Select(e => e.Key));
        Assert.All(entries, e => Assert.Equal(applied.Revision, e.ModRevision));
    }

    [Fact]
    public async Task A_transaction_without_writes_only_compares()
    {
        var a = await PutAsync("a", "1");
        Assert.True((await Store.CommitAsync(new() { Compares = [new(Prefix + "a", a)] }, Cancellation)).Applied);
        Assert.False((await Store.CommitAsync(new() { Compares = [new(Prefix + "a", a + 1)] }, Cancellation)).Applied);
    }

    [Fact]
    public async Task Impossible_transactions_are_refused_before_they_are_sent()
    {
        var twice = new StoreTransaction { Writes = [StoreWrite.Put(Prefix + "a", Bytes("1")), StoreWrite.Delete(Prefix + "a")] };
        var many = new StoreTransaction { Writes = [.. Enumerable.Range(0, 129).Select(i => StoreWrite.Put($"{Prefix}{i}", Bytes("1")))] };
        var huge = new StoreTransaction { Writes = [StoreWrite.Put(Prefix + "a", new byte[1_400_000])] };
        var halfCharacter = new StoreTransaction { Writes = [StoreWrite.Put(Prefix + "\uD83D", Bytes("1"))] };
        foreach (var transaction in new[] { twice, many, huge, halfCharacter, new() { Writes = [StoreWrite.Put("", Bytes("1"))] } })
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.CommitAsync(transaction, Cancellation));
        Assert.Empty((await Store.ListAsync(Prefix, null, 10, 0, Cancellation)).Entries);
    }

    [Fact]
    public async Task The_largest_transaction_allowed_is_applied()
    {
        var writes = Enumerable.Range(0, 128).Select(i => StoreWrite.Put($"{Prefix}{i:000}", new byte[10_000])).ToList();
        Assert.True((await Store.CommitAsync(new() { Writes = writes }, Cancellation)).Applied);
        Assert.Equal(128, (await Store.ListAsync(Prefix, null, 1000, 0, Cancellation)).Entries.Count);
    }

    [Fact]
    public async Task Eight_writers_increment_one_counter_and_none_is_lost()
    {
        var conflicts = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 25; i++)
            {
                while (!await TryIncrementAsync("counter"))
                    Interlocked.Increment(ref conflicts);
            }
        }));
        Assert.Equal("200", await GetAsync("counter"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{conflicts} conflicts");
    }

    private protected async Task<bool> TryIncrementAsync(string name)
    {
        var entry = await Store.GetAsync(Prefix + name, Cancellation);
        var next = entry is null ? 1 : int.Parse(Text(entry.Value), CultureInfo.InvariantCulture) + 1;
        return (await Store.CommitAsync(StoreTransaction.PutIf(Prefix + name, entry?.ModRevision ?? 0, Bytes($"{next}")), Cancellation)).Applied;
    }

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

    [Fact]
    public async Task A_cancelled_caller_is_not_kept_waiting()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.GetAsync(Prefix + "a", cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.ListAsync(Prefix, null, 10, 0, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.CommitAsync(StoreTransaction.PutIf(Prefix + "a", 0, Bytes("1")), cancelled.Token));
        Assert.Null(await GetAsync("a"));
    }

    [Fact]
    public async Task Nonsense_is_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.GetAsync("", Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync("", null, 10, 0, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync(Prefix, null, 0, 0, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync(Prefix, null, 10_001, 0, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync(Prefix, null, 10, -1, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.GrantLeaseAsync(TimeSpan.Zero, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.WatchAsync(Prefix, 0, Cancellation).GetAsyncEnumerator(Cancellation).MoveNextAsync());
    }
}
