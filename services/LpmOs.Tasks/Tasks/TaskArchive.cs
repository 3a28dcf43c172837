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
    public async Task<IReadOnlyList<string>> OutdatedAsync(string idc, string sn, CancellationToken cancellationToken)
    {
        var entries = (await EntriesAsync(idc, sn, cancellationToken)).Skip(Kept - 1).ToList();
        foreach (var (_, task) in entries)
            await DeleteLogsAsync(task, cancellationToken);
        return [.. entries.Select(entry => entry.Key)];
    }

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

    // Before the task itself, so that no log outlives the last key that leads to it.
    private async Task DeleteLogsAsync(InstallTask task, CancellationToken cancellationToken)
    {
        const int together = 100;
        while (true)
        {
            var page = await store.ListAsync(Keys.Logs(task.Idc, task.Sn, task.TaskId), null, together, 0, cancellationToken);
            if (page.Entries.Count == 0)
                return;
            await store.CommitAsync(new StoreTransaction { Writes = [.. page.Entries.Select(entry => StoreWrite.Delete(entry.Key))] }, cancellationToken);
        }
    }
}
