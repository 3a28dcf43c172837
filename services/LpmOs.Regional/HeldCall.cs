using LpmOs.Core.Snapshot;

namespace LpmOs.Regional;

/// <summary>
/// What ends a call that is held open: its time, the end of the connection or of the service. Ten thousand are held at once for half a minute each, and what they
/// are made of is what the service's memory is made of: no token source of its own, no task beside the waiter's.
/// </summary>
internal sealed class HeldCall : IDisposable
{
    private readonly ITimer? _timer;
    private readonly CancellationTokenRegistration _stopping, _aborted;

    public HeldCall(MachineSignals.Waiter waiter, TimeSpan wait, TimeProvider time, CancellationToken stopping, CancellationToken aborted)
    {
        if (wait <= TimeSpan.Zero)
        {
            waiter.GiveUp();
            return;
        }
        _timer = time.CreateTimer(static waiter => ((MachineSignals.Waiter)waiter!).GiveUp(), waiter, wait, Timeout.InfiniteTimeSpan);
        _stopping = stopping.UnsafeRegister(static waiter => ((MachineSignals.Waiter)waiter!).GiveUp(), waiter);
        _aborted = aborted.UnsafeRegister(static waiter => ((MachineSignals.Waiter)waiter!).GiveUp(), waiter);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stopping.Dispose();
        _aborted.Dispose();
    }
}
