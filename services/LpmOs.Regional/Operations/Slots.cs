using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Operations;

/// <summary>
/// Places for installations at once. A place is a key that is taken in the same transaction that starts the task, so the limit holds
/// however many regional services hand out work.
/// </summary>
internal sealed class Slots(IStateStore store)
{
    private const int MostRounds = 10;
    private const int MostSlots = 10_000;

    /// <param name="start">Gets a place that was free a moment ago (or null where there is no limit), and whether all are taken.</param>
    public async Task<T> WithFreeAsync<T>(InstallTask task, StateSnapshot snapshot, Func<int?, bool, Task<T>> start, CancellationToken cancellationToken)
    {
        if (task.Status != TaskState.Approved || snapshot.Settings(task.Idc).MaxInstallations is not { } most)
            return await start(null, false);
        for (var round = 0; round < MostRounds; round++)
        {
            var taken = (await store.ListAsync(Keys.Slots(task.Idc), null, MostSlots, 0, cancellationToken)).Entries.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
            int? free = taken.Count >= most ? null : Enumerable.Range(0, MostSlots).First(slot => !taken.Contains(Keys.Slot(task.Idc, slot)));
            try
            {
                return await start(free, free is null);
            }
            catch (OtherKeyChangedException)
            {
                // Another machine took this place between the look and the transaction.
            }
        }
        return await start(null, true);
    }
}
