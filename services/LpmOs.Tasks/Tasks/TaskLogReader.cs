using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Store;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Tasks;

/// <summary>A task's log from the store; it is not in the watched copy.</summary>
internal sealed class TaskLogReader(IStateStore store)
{
    /// <summary>Between the task and the last of its chunks that was read: neither may hold one.</summary>
    private const char Separator = '.';
    private const int ChunkDigits = 10;

    /// <param name="cursor"><see cref="TaskLogs.Next"/> of what was read before; of another task: all lines of this one.</param>
    /// <exception cref="InvalidRequestException">It is none.</exception>
    public async Task<TaskLogs> ReadAsync(InstallTask task, string? cursor, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        var prefix = Keys.Logs(task.Idc, task.Sn, task.TaskId);
        var after = Place(cursor) is { } place && place.TaskId == task.TaskId ? prefix + place.Chunk : null;
        var revision = 0L;
        while (true)
        {
            var page = await store.ListAsync(prefix, after, 100, revision, cancellationToken);
            revision = page.Revision;
            foreach (var entry in page.Entries)
                lines.AddRange(JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.LogChunk)?.Lines ?? []);
            if (page.Entries.Count > 0)
                after = page.Entries[^1].Key;
            if (!page.More || page.Entries.Count == 0)
                return new TaskLogs { TaskId = task.TaskId, Lines = lines, Next = after is null ? null : task.TaskId + Separator + after[prefix.Length..] };
        }
    }

    private static (string TaskId, string Chunk)? Place(string? cursor)
    {
        if (cursor is null)
            return null;
        if (cursor.Split(Separator) is [var taskId, { Length: ChunkDigits } chunk] && chunk.All(char.IsAsciiDigit))
            return (taskId, chunk);
        var errors = new FieldErrors();
        errors.Check("after", false, cursor, "the next of an answer with this log");
        errors.ThrowIfAny();
        return null;
    }
}
