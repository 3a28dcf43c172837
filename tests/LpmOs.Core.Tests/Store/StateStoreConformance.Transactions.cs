using System.Globalization;
using LpmOs.Core.Store;

namespace LpmOs.Core.Tests.Store;

/// <summary>Compare-and-swap: whole or not at all, and nothing lost between writers.</summary>
public abstract partial class StateStoreConformance
{
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
}
