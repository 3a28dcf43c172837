using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Logs;

/// <summary>
/// Appends log lines in chunks. The chunk's number is taken by compare-and-swap, and the last chunk tells which lines are there already,
/// so that a batch which is sent again, to this or to a restarted service, is recorded once.
/// </summary>
internal sealed class LogStore(IStateStore store, TimeProvider time)
{
    private const int RecentLines = 10;
    private const int MostTasksRemembered = 20_000;
    private const int MostRounds = 20;
    /// <summary>etcd refuses a request of 1.5 MiB, and a ring of chunks is kept of each task.</summary>
    private const int MostChunkBytes = 128 * 1024;
    /// <summary>What JSON makes of a character at most: \uXXXX.</summary>
    private const int MostBytesOfACharacter = 6;

    private readonly ConcurrentDictionary<string, Tail> _tails = new(StringComparer.Ordinal);

    /// <param name="Revision">Of the last chunk; 0 where there is none.</param>
    private sealed record Tail(long Number, long Revision, int Attempt, string? Run, long NextLine, IReadOnlyList<string> Recent);

    /// <summary>The last few lines, to be shown with the task.</summary>
    public IReadOnlyList<string> Recent(string taskId) => _tails.GetValueOrDefault(taskId)?.Recent ?? [];

    /// <summary>How many of the batch's lines were new. What does not fit into one chunk goes into several.</summary>
    public async Task<int> AppendAsync(InstallTask task, LogBatch batch, CancellationToken cancellationToken)
    {
        var (written, first) = (0, 0);
        do
        {
            var lines = batch.Lines.Skip(first).Take(LinesThatFit(batch.Lines, first)).ToList();
            written += await AppendChunkAsync(task, batch with { Lines = lines, FirstLine = batch.FirstLine + first }, cancellationToken);
            first += lines.Count;
        } while (first < batch.Lines.Count);
        return written;
    }

    private static int LinesThatFit(IReadOnlyList<string> lines, int first)
    {
        var (count, bytes) = (0, 0);
        while (first + count < lines.Count && (bytes += (lines[first + count].Length * MostBytesOfACharacter) + 4) <= MostChunkBytes)
            count++;
        return count;
    }

    private async Task<int> AppendChunkAsync(InstallTask task, LogBatch batch, CancellationToken cancellationToken)
    {
        var prefix = Keys.Logs(task.Idc, task.Sn, task.TaskId);
        var tail = _tails.GetValueOrDefault(task.TaskId) ?? await ReadTailAsync(prefix, cancellationToken);
        for (var round = 0; round < MostRounds; round++)
        {
            var attempt = batch.Attempt ?? task.Attempt;
            // An agent that was started again numbers its lines anew; those of nobody in particular follow on whatever is there.
            var expected = attempt == tail.Attempt && (batch.Run is null || batch.Run == tail.Run) ? tail.NextLine : 0;
            var first = batch.FirstLine ?? expected;
            var known = (int)Math.Clamp(expected - first, 0, batch.Lines.Count);
            var fresh = batch.Lines.Skip(known).ToList();
            if (fresh.Count == 0)
                return 0;
            var chunk = new LogChunk { Attempt = attempt, FirstLine = first + known, Run = batch.Run, Lines = fresh, At = time.GetUtcNow() };
            var number = tail.Number + 1;
            var writes = new List<StoreWrite> { StoreWrite.Put(Key(prefix, number), JsonSerializer.SerializeToUtf8Bytes(chunk, CoreJson.Default.LogChunk)) };
            if (number >= LogChunk.Kept)
                writes.Add(StoreWrite.Delete(Key(prefix, number - LogChunk.Kept)));
            // The last one, too: where another service has gone once around the ring, the next number is free again.
            var compares = tail.Number < 0 ? [] : (List<StoreCompare>)[new(Key(prefix, tail.Number), tail.Revision)];
            var result = await store.CommitAsync(new StoreTransaction { Compares = [.. compares, new StoreCompare(Key(prefix, number), 0)], Writes = writes }, cancellationToken);
            if (result.Applied)
            {
                Remember(task.TaskId, new Tail(number, result.Revision, attempt, batch.Run, chunk.FirstLine + fresh.Count, [.. tail.Recent.Concat(fresh).TakeLast(RecentLines)]));
                return fresh.Count;
            }
            tail = await ReadTailAsync(prefix, cancellationToken);
        }
        throw new StoreUnavailableException($"Too many writers append to the log of {task.TaskId} at once.", outcomeUnknown: false);
    }

    private static string Key(string prefix, long number) => prefix + number.ToString("D10", CultureInfo.InvariantCulture);

    private void Remember(string taskId, Tail tail)
    {
        // It is only a cache: emptied when it grows too large, and read again from the store.
        if (_tails.Count >= MostTasksRemembered)
            _tails.Clear();
        _tails[taskId] = tail;
    }

    private async Task<Tail> ReadTailAsync(string prefix, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(prefix, null, LogChunk.Kept + 1, 0, cancellationToken);
        if (page.Entries.Count == 0)
            return new Tail(-1, 0, 0, null, 0, []);
        var last = page.Entries[^1];
        var chunk = JsonSerializer.Deserialize(last.Value.Span, CoreJson.Default.LogChunk)!;
        return new Tail(long.Parse(last.Key.AsSpan(prefix.Length), CultureInfo.InvariantCulture), last.ModRevision, chunk.Attempt, chunk.Run, chunk.FirstLine + chunk.Lines.Count, [.. chunk.Lines.TakeLast(RecentLines)]);
    }
}
