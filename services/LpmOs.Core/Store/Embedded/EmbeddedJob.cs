namespace LpmOs.Core.Store.Embedded;

/// <summary>One queued write, and who waits for it.</summary>
internal abstract class EmbeddedJob
{
    private const int Queued = 0, Started = 1, Abandoned = 2;
    private int _state;

    /// <summary>False: its caller has given up.</summary>
    public bool TryStart() => Interlocked.CompareExchange(ref _state, Started, Queued) == Queued;

    /// <summary>False: too late, it is being written.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Queued) == Queued;

    /// <summary>Runs inside the SQLite transaction that several jobs share.</summary>
    public abstract void Apply(EmbeddedChanges changes);

    /// <summary>The transaction is on the disk.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

internal sealed class EmbeddedJob<T>(Func<EmbeddedChanges, T> apply) : EmbeddedJob
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _refused;

    public Task<T> Done => _done.Task;

    public override void Apply(EmbeddedChanges changes)
    {
        try
        {
            _result = apply(changes);
        }
        catch (StoreLeaseNotFoundException e)
        {
            // Thrown before anything was written: concerns this job only.
            _refused = e;
        }
    }

    public override void Complete()
    {
        if (_refused is null)
            _done.SetResult(_result!);
        else
            _done.SetException(_refused);
    }

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
