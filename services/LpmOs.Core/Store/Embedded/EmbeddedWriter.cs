using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Store.Embedded;

/// <summary>
/// The only one who writes. Jobs that queue up while the disk syncs go into the next SQLite transaction together, each with a revision of its own:
/// many writers share one fsync.
/// </summary>
internal sealed class EmbeddedWriter : IAsyncDisposable
{
    private const int QueueLength = 1024;
    private const int MaxGroup = 256;
    private const int PruneSlice = 1000;
    private const int DiskFull = 13; // SQLITE_FULL: the transaction was rolled back.

    private readonly EmbeddedOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EmbeddedChanges _changes;
    private readonly Channel<EmbeddedJob> _queue = Channel.CreateBounded<EmbeddedJob>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Task _loop;

    public EmbeddedWriter(EmbeddedDatabase database, EmbeddedOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _changes = new(database.Open());
        Log.EmbeddedOpened(logger, options.Path, _changes.Revision);
        Watches = new(_changes.Revision);
        _loop = Task.Run(LoopAsync);
    }

    public EmbeddedWatches Watches { get; }

    /// <summary>Runs the job in the writer and returns when its effect is on the disk.</summary>
    public async Task<T> RunAsync<T>(Func<EmbeddedChanges, T> apply, CancellationToken cancellationToken)
    {
        var job = new EmbeddedJob<T>(apply);
        using var deadline = new CancellationTokenSource(_options.WriteTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(job, either.Token);
            return await job.Done.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var written = !job.TryAbandon();
            throw new StoreUnavailableException(
                $"The store did not write within {_options.WriteTimeout.TotalSeconds:0.#} s; {(written ? "the write may still be applied" : "nothing was written")}. Check the load of the disk that holds {_options.Path}.",
                outcomeUnknown: written);
        }
        catch (OperationCanceledException)
        {
            job.TryAbandon();
            throw;
        }
        catch (ChannelClosedException e)
        {
            throw new StoreUnavailableException("The store is closed.", outcomeUnknown: false, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        _changes.Dispose();
    }

    private async Task LoopAsync()
    {
        var group = new List<EmbeddedJob>(MaxGroup);
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxGroup && _queue.Reader.TryRead(out var job))
            {
                if (job.TryStart())
                    group.Add(job);
            }

            if (group.Count > 0)
                Write(group);
        }
    }

    private void Write(List<EmbeddedJob> group)
    {
        var before = 0L;
        var committing = false;
        try
        {
            _changes.Begin();
            before = _changes.Revision;
            foreach (var job in group)
                job.Apply(_changes);
            _changes.Compact(_options.KeepRevisions, PruneSlice);
            committing = true;
            _changes.Commit();
        }
        catch (Exception e)
        {
            Log.EmbeddedWriteFailed(_logger, e, _options.Path, e.Message);
            _changes.Rollback();
            var told = new StoreUnavailableException(
                $"The store {_options.Path} could not write: {e.Message}. Check the disk's space and health.", outcomeUnknown: committing, e)
            {
                Refused = e is SqliteException { SqliteErrorCode: DiskFull },
            };
            foreach (var job in group)
                job.Fail(told);
            return;
        }

        foreach (var job in group)
            job.Complete();
        if (_changes.Revision != before)
            Watches.Publish(_changes.Events, _changes.Revision);
    }
}
