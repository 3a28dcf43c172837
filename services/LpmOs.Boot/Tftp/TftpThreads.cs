namespace LpmOs.Boot.Tftp;

/// <summary>
/// The threads that transfers run on. One that is done stays a while for the next transfer, and while all are at work a further one is made ready by the last that went to work:
/// who starts a thread waits until that thread has run, which takes long on a machine with much to do, and who hears the requests of all machines must not wait.
/// </summary>
/// <param name="most">At once.</param>
/// <param name="run">One transfer, to its end; throws nothing.</param>
/// <param name="refused">Told, with the reason, of a transfer for which no thread can be had.</param>
internal sealed class TftpThreads(int most, Action<TftpArrival> run, Action<TftpArrival, string> refused)
{
    private const int StackSize = 256 * 1024;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<TftpArrival> _next = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads, _idle;
    private bool _starting, _closing;

    /// <summary>At once on an idle thread, or on the next that is free. As many transfers may be handed over as there may be threads; their bound is the caller's.</summary>
    public void Take(TftpArrival asked)
    {
        lock (_gate)
        {
            _next.Enqueue(asked);
            Monitor.Pulse(_gate);
            if (_threads > 0)
                return;
            (_threads, _starting) = (1, true);
        }
        Start();
    }

    /// <summary>Ends when the last transfer has ended. Nothing may be taken from here on.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
            if (_threads == 0)
                _ended.TrySetResult();
        }
        return _ended.Task;
    }

    private void Start()
    {
        try
        {
            new Thread(Work, StackSize) { IsBackground = true, Name = "tftp" }.Start();
        }
        catch (OutOfMemoryException e)
        {
            Refuse(e.Message);
        }
    }

    /// <summary>Those that run go on; who waits for a thread is refused only where none is left that could take it.</summary>
    private void Refuse(string why)
    {
        TftpArrival[] none = [];
        lock (_gate)
        {
            _starting = false;
            if (--_threads == 0)
            {
                none = [.. _next];
                _next.Clear();
            }
        }
        foreach (var asked in none)
            refused(asked, why);
    }

    private void Work()
    {
        lock (_gate)
            _starting = false;
        while (Next(out var another) is { } asked)
        {
            if (another)
                Start();
            run(asked);
        }
    }

    /// <summary>The next transfer, or null where this thread is to end.</summary>
    /// <param name="another">Whether nobody is left to take the one after it: this thread starts one who can.</param>
    private TftpArrival? Next(out bool another)
    {
        another = false;
        lock (_gate)
        {
            _idle++;
            while (_next.Count == 0 && !_closing && Monitor.Wait(_gate, Linger))
            {
            }
            _idle--;
            if (!_next.TryDequeue(out var asked))
            {
                if (--_threads == 0 && _closing)
                    _ended.TrySetResult();
                return null;
            }
            another = _idle == 0 && !_starting && _threads < most;
            if (another)
                (_threads, _starting) = (_threads + 1, true);
            return asked;
        }
    }
}
