using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tasks;

/// <summary>Former tasks of a machine under <c>/os/{idc}/history/{sn}/</c>, the last few.</summary>
internal sealed class TaskArchive(IStateStore store)
{
    public const int Kept = 20;

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<InstallTask>> ListAsync(string idc, string sn, CancellationToken cancellationToken) =>
        [.. (await EntriesAsync(idc, sn, cancellationToken)).Select(entry => entry.Task)];

    /// <summary>Keys that must go when one more is archived, so that <see cref="Kept"/> stay.</summary>
    public async Task<IReadOnlyList<string>> OutdatedAsync(string idc, string sn, CancellationToken cancellationToken) =>
        [.. (await EntriesAsync(idc, sn, cancellationToken)).Skip(Kept - 1).Select(entry => entry.Key)];

    /// <summary>What archives <paramref name="task"/> in the transaction that puts another in its place.</summary>
    public static IEnumerable<StoreWrite> Writes(InstallTask task, IReadOnlyList<string> outdated)
    {
        var key = Keys.History(task.Idc, task.Sn, task.TaskId);
        return outdated.Where(old => old != key).Select(StoreWrite.Delete).Prepend(StoreWrite.Put(key, TaskStore.Serialize(task)));
    }

    private async Task<List<(string Key, InstallTask Task)>> EntriesAsync(string idc, string sn, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(Keys.History(idc, sn), null, 10 * Kept, 0, cancellationToken);
        return [.. page.Entries.Select(entry => (entry.Key, Task: JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.InstallTask)!)).OrderByDescending(entry => entry.Task.CreatedAt)];
    }

    /// <summary>
    /// Takes away the logs of tasks that are no longer kept: after the transaction that dropped them, so that a refused one costs nobody a log.
    /// What a service that died in between left is found the next time.
    /// </summary>
    public async Task DropLogsAsync(InstallTask present, CancellationToken cancellationToken)
    {
        const int together = 100;
        var (idc, sn) = (present.Idc, present.Sn);
        var kept = (await EntriesAsync(idc, sn, cancellationToken)).Select(entry => entry.Task.TaskId).Append(present.TaskId).Select(id => Keys.Logs(idc, sn, id)).ToList();
        string? after = null;
        while (true)
        {
            var page = await store.ListAsync(Keys.MachineLogs(idc, sn), after, together, 0, cancellationToken);
            var outdated = page.Entries.Select(entry => entry.Key).Where(key => !kept.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))).ToList();
            if (outdated.Count > 0)
                await store.CommitAsync(new StoreTransaction { Writes = [.. outdated.Select(StoreWrite.Delete)] }, cancellationToken);
            if (!page.More || page.Entries.Count == 0)
                return;
            after = page.Entries[^1].Key;
        }
    }
}
