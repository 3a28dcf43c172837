using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Store.Embedded;

/// <summary>The store of a single process, in an SQLite file. Same semantics as etcd, one member, no network.</summary>
internal sealed class EmbeddedStore : IStateStore, IAsyncDisposable
{
    /// <summary>Rows that a watch reads at once; it rounds up to whole revisions.</summary>
    private const int WatchRows = 500;

    private readonly EmbeddedDatabase _database;
    private readonly EmbeddedWriter _writer;
    private readonly EmbeddedReaders _readers;
    private readonly EmbeddedLeases _leases;
    private readonly CancellationTokenSource _closing = new();

    /// <exception cref="StoreUnavailableException">The file cannot be opened, or another process has it open.</exception>
    public EmbeddedStore(EmbeddedOptions options, TimeProvider time, ILogger<EmbeddedStore> logger)
    {
        _database = new(options.Path);
        _readers = new(_database);
        _writer = new(_database, options, time, logger);
        _leases = new(_writer, time, logger, options.Path);
        foreach (var (id, seconds) in _database.ReadLeases())
            _leases.Start(id, seconds);
    }

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var bytes = StoreArguments.Encode(key, nameof(key));
        return _readers.ReadAsync(reader => reader.Get(bytes), cancellationToken);
    }

    public ValueTask<StorePage> ListAsync(string prefix, string? after, int limit, long revision, CancellationToken cancellationToken)
    {
        StoreArguments.CheckList(limit, revision);
        var start = StoreArguments.Encode(prefix, nameof(prefix));
        var end = StoreArguments.PrefixEnd(start);
        start = StoreArguments.PageStart(start, after);
        return _readers.ReadAsync(reader => reader.List(start, end, limit, revision), cancellationToken);
    }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        StoreArguments.Check(transaction);
        return await _writer.RunAsync(changes => changes.Apply(transaction), cancellationToken);
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromRevision, 1);
        var start = StoreArguments.Encode(prefix, nameof(prefix));
        var end = StoreArguments.PrefixEnd(start);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        using var watch = _writer.Watches.Add(prefix);
        var (next, told) = (fromRevision, fromRevision);
        while (true)
        {
            var from = next;
            var batch = next > watch.Since ? watch.Take(next) : await _readers.ReadAsync(reader => reader.Changes(start, end, from, WatchRows), either.Token);
            if (batch is null)
            {
                if (next > watch.Since)
                    await watch.ArrivedAsync(either.Token);
                continue;
            }

            next = batch.Revision + 1;
            if (batch.Events.Count == 0 && next - told < EmbeddedWatch.QuietRevisions)
                continue;
            told = next;
            yield return batch;
        }
    }

    public async ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => await _leases.GrantAsync(timeToLive, cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => ValueTask.FromResult(_leases.KeepAlive(leaseId));

    public async ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => await _leases.RevokeAsync(leaseId, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _leases.Dispose();
        await _writer.DisposeAsync();
        await _readers.DisposeAsync();
        _database.Dispose();
        _closing.Dispose();
    }
}
