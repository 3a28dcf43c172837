using System.Text;
using LpmOs.Core.Store;

namespace LpmOs.Core.Tests.Store;

/// <summary>What every store must do alike. Each test works under a prefix of its own.</summary>
public abstract partial class StateStoreConformance
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
