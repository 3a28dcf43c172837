using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tasks;

/// <summary>A task's log from the store; it is not in the watched copy.</summary>
internal sealed class TaskLogReader(IStateStore store)
{
    public async Task<TaskLogs> ReadAsync(InstallTask task, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        var prefix = Keys.Logs(task.Idc, task.Sn, task.TaskId);
        string? after = null;
        var revision = 0L;
        while (true)
        {
            var page = await store.ListAsync(prefix, after, 100, revision, cancellationToken);
            revision = page.Revision;
            foreach (var entry in page.Entries)
                lines.AddRange(JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.LogChunk)?.Lines ?? []);
            if (!page.More || page.Entries.Count == 0)
                return new TaskLogs { TaskId = task.TaskId, Lines = lines };
            after = page.Entries[^1].Key;
        }
    }
}
