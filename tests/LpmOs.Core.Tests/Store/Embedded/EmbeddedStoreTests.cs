using System.Text;
using LpmOs.Core.Store;
using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Tests.Store.Etcd;
using LpmOs.Testing;
using Microsoft.Data.Sqlite;

namespace LpmOs.Core.Tests.Store.Embedded;

public sealed class EmbeddedStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_write_has_revision_2_as_in_etcd()
    {
        await using var store = Open();
        Assert.Equal(1, (await store.ListAsync("/", null, 1, 0, Cancellation)).Revision);
        Assert.Equal(2, await PutAsync(store, "/a", "1"));
        Assert.Equal(3, await PutAsync(store, "/a", "2"));
    }

    [Fact]
    public async Task Everything_is_there_when_it_is_opened_again()
    {
        long revision;
        await using (var store = Open())
        {
            await PutAsync(store, "/a", "1");
            revision = await PutAsync(store, "/b", "2");
        }

        await using var again = Open();
        var page = await again.ListAsync("/", null, 10, 0, Cancellation);
        Assert.Equal(revision, page.Revision);
        Assert.Equal(["/a", "/b"], page.Entries.Select(e => e.Key));
        Assert.Equal(revision + 1, await PutAsync(again, "/c", "3"));
        Assert.Equal(3, await CountEventsAsync(again, 2, revision + 1));
    }

    [Fact]
    public async Task A_lease_ends_when_its_time_is_over_unless_it_is_kept_alive()
    {
        await using var store = Open();
        var lease = await store.GrantLeaseAsync(TimeSpan.FromSeconds(30), Cancellation);
        var from = await PutAsync(store, "/a", "1", lease);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(29));
            Assert.True(await store.KeepLeaseAliveAsync(lease, Cancellation));
        }

        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.NotNull(await store.GetAsync("/a", Cancellation));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(await store.KeepLeaseAliveAsync(lease, Cancellation));
        Assert.Equal(2, await CountEventsAsync(store, from, from + 1));
        Assert.Null(await store.GetAsync("/a", Cancellation));
    }

    [Fact]
    public async Task A_restart_gives_a_lease_its_whole_time_again()
    {
        long lease, from;
        await using (var store = Open())
        {
            lease = await store.GrantLeaseAsync(TimeSpan.FromSeconds(30), Cancellation);
            from = await PutAsync(store, "/a", "1", lease);
            _time.Advance(TimeSpan.FromSeconds(20));
        }

        _time.Advance(TimeSpan.FromHours(1));
        await using var again = Open();
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.NotNull(await again.GetAsync("/a", Cancellation));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await CountEventsAsync(again, from, from + 1));
        Assert.False(await again.KeepLeaseAliveAsync(lease, Cancellation));
    }

    [Fact]
    public async Task History_is_bounded_and_what_still_lives_outlives_it()
    {
        await using var store = Open(keep: 100);
        var first = await PutAsync(store, "/lives", "long");
        await PutAsync(store, "/dies", "soon");
        await store.CommitAsync(new() { Writes = [StoreWrite.Delete("/dies")] }, Cancellation);
        var last = 0L;
        for (var i = 0; i < 1000; i++)
            last = await PutAsync(store, $"/k{i % 7}", $"{i}");

        var compacted = await Assert.ThrowsAsync<StoreCompactedException>(async () => await CountEventsAsync(store, first, last));
        Assert.InRange(compacted.CompactedRevision, last - 111, last - 100);
        Assert.Equal(100, await CountEventsAsync(store, last - 99, last));
        await Assert.ThrowsAsync<StoreCompactedException>(async () => await store.ListAsync("/", null, 10, compacted.CompactedRevision - 1, Cancellation));
        var past = await store.ListAsync("/", null, 10, last - 50, Cancellation);
        Assert.Equal(["/k0", "/k1", "/k2", "/k3", "/k4", "/k5", "/k6", "/lives"], past.Entries.Select(e => e.Key));
        Assert.All(past.Entries, e => Assert.True(e.ModRevision <= last - 50));
        Assert.Equal(first, past.Entries[^1].ModRevision);
        Assert.InRange(await CountRowsAsync(), 101, 130);
    }

    [Fact]
    public async Task A_watch_of_a_quiet_prefix_is_told_how_far_it_has_come()
    {
        await using var store = Open();
        for (var i = 0; i < 110; i++)
            await store.CommitAsync(new() { Writes = [.. Enumerable.Range(0, 100).Select(k => StoreWrite.Put($"/busy/{k}", new byte[] { 1 }))] }, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async w =>
        {
            for (var i = 0; i < 160; i++)
                await PutAsync(store, $"/busy/{w}", "1");
        }));
        await foreach (var batch in store.WatchAsync("/quiet/", 1, Cancellation))
        {
            Assert.Empty(batch.Events);
            Assert.True(batch.Revision >= 10_000);
            break;
        }
    }

    [Fact]
    public async Task A_watch_that_sleeps_is_told_of_ten_thousand_revisions_too()
    {
        await using var store = Open();
        var first = await PutAsync(store, "/busy/0", "1");
        await using var watch = store.WatchAsync("/quiet/", first + 1, Cancellation).GetAsyncEnumerator(Cancellation);
        var told = watch.MoveNextAsync();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async w =>
        {
            for (var i = 0; i < 160; i++)
                await PutAsync(store, $"/busy/{w}", "1");
        }));
        Assert.True(await told);
        Assert.Empty(watch.Current.Events);
        Assert.True(watch.Current.Revision >= first + 10_000);
    }

    [Fact]
    public async Task A_slow_reader_of_a_watch_gets_what_was_held_and_what_was_not_in_order_and_once()
    {
        await using var store = Open();
        var first = await PutAsync(store, "/k/0", "0");
        await using var watch = store.WatchAsync("/k/", first, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await watch.MoveNextAsync());
        var seen = new List<(long, string)>();
        // Fewer than are held for it, then more, then fewer again.
        foreach (var transactions in new[] { 1, 15, 2 })
        {
            var last = 0L;
            for (var i = 0; i < transactions; i++)
                last = (await store.CommitAsync(new() { Writes = [StoreWrite.Put("/other", new byte[] { 1 }), .. Enumerable.Range(0, 100).Select(k => StoreWrite.Put($"/k/{k}", new byte[] { 1 }))] }, Cancellation)).Revision;
            while (seen.Count == 0 || seen[^1].Item1 < last)
            {
                Assert.True(await watch.MoveNextAsync());
                seen.AddRange(watch.Current.Events.Select(happened => (happened.ModRevision, happened.Key)));
            }
        }
        var replayed = new List<(long, string)>();
        await foreach (var batch in store.WatchAsync("/k/", first + 1, Cancellation))
        {
            replayed.AddRange(batch.Events.Select(happened => (happened.ModRevision, happened.Key)));
            if (batch.Revision >= seen[^1].Item1)
                break;
        }
        Assert.Equal(replayed, seen);
        Assert.Equal(1800, seen.Count);
    }

    [Fact]
    public async Task A_file_of_another_program_is_left_alone()
    {
        var path = _folder.File("store.db");
        await using (var other = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            await other.OpenAsync(Cancellation);
            await using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE precious(x)";
            await command.ExecuteNonQueryAsync(Cancellation);
        }

        var refused = Assert.Throws<StoreUnavailableException>(() => { _ = Open(); });
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("not a store", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_left_alone()
    {
        var path = _folder.File("store.db");
        File.WriteAllText(path, new string('x', 5000));
        var refused = Assert.Throws<StoreUnavailableException>(() => { _ = Open(); });
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), File.ReadAllText(path));
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files have no mode here.");
        await using var store = Open();
        await PutAsync(store, "/os/global/secrets/machine-token", "secret");
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
#pragma warning disable CA1416 // Skipped on Windows above.
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
#pragma warning restore CA1416
        }
    }

    [Fact]
    public async Task A_closed_store_says_so_and_ends_its_watches()
    {
        var store = Open();
        await PutAsync(store, "/a", "1");
        await using var watch = store.WatchAsync("/", 1, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await watch.MoveNextAsync());
        var waiting = watch.MoveNextAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await PutAsync(store, "/a", "2"));
    }

    private static async Task<long> PutAsync(EmbeddedStore store, string key, string value, long lease = 0) =>
        (await store.CommitAsync(new() { Writes = [StoreWrite.Put(key, Encoding.UTF8.GetBytes(value), lease)] }, Cancellation)).Revision;

    private static async Task<int> CountEventsAsync(EmbeddedStore store, long from, long to)
    {
        var count = 0;
        await foreach (var batch in store.WatchAsync("/", from, Cancellation))
        {
            count += batch.Events.Count;
            if (batch.Revision >= to)
                break;
        }

        return count;
    }

    private async Task<long> CountRowsAsync()
    {
        await using var raw = new SqliteConnection($"Data Source={_folder.File("store.db")};Pooling=False");
        await raw.OpenAsync(Cancellation);
        await using var command = raw.CreateCommand();
        command.CommandText = "SELECT count(*) FROM versions";
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    private EmbeddedStore Open(int keep = 100_000) =>
        new(new EmbeddedOptions { Path = _folder.File("store.db"), KeepRevisions = keep }, _time, new TestLogger<EmbeddedStore>());
}
