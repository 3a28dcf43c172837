using System.Collections.Concurrent;

namespace LpmOs.Core.Store.Embedded;

/// <summary>A few readers, shared. SQLite's WAL lets them read while the writer writes.</summary>
internal sealed class EmbeddedReaders(EmbeddedDatabase database) : IAsyncDisposable
{
    private const int Limit = 8;

    private readonly SemaphoreSlim _free = new(Limit, Limit);
    private readonly ConcurrentBag<EmbeddedReader> _idle = [];

    public async ValueTask<T> ReadAsync<T>(Func<EmbeddedReader, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        EmbeddedReader? reader = null;
        try
        {
            if (!_idle.TryTake(out reader))
                reader = new(database.Open());
            return read(reader);
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            // Whatever state it is in, the next reader is a fresh one.
            reader?.Dispose();
            reader = null;
            throw new StoreUnavailableException($"The store could not read: {e.Message}. Check the disk that holds Store:Embedded:Path.", outcomeUnknown: false, e);
        }
        finally
        {
            if (reader is not null)
                _idle.Add(reader);
            _free.Release();
        }
    }

    /// <summary>Waits for those who are reading.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < Limit; i++)
            await _free.WaitAsync();
        while (_idle.TryTake(out var reader))
            reader.Dispose();
        _free.Dispose();
    }
}
