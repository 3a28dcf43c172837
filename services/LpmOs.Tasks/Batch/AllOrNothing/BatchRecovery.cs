using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Batch.AllOrNothing;

/// <summary>Looks for batches whose service died in the middle, and completes or undoes them. Any number of services may.</summary>
internal sealed class BatchRecovery(IStateStore store, WatchedState state, BatchJournal journal, TimeProvider time, ILogger<BatchRecovery> logger) : BackgroundService
{
    private const int Together = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                foreach (var entry in (await store.ListAsync(Keys.Batches, null, Together, 0, stoppingToken)).Entries)
                    await journal.RecoverAsync(entry.Key[Keys.Batches.Length..], stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.BatchesDelayed(logger, e.Message);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One that cannot be read must not end the service, nor keep the tasks of others from being made.
                Log.BatchNotRecovered(logger, e);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
