using System.Threading.Channels;

namespace LpmOs.Core.Store.Embedded;

/// <summary>
/// One watch: what was written under its prefix since it began, until it is taken. It sleeps while nothing of its own is written, and where its reader
/// falls too far behind it holds nothing more: the rest is read from the file.
/// </summary>
internal sealed class EmbeddedWatch(EmbeddedWatches all, string prefix, long since) : IDisposable
{
    /// <summary>Of what a slow reader has not taken yet.</summary>
    private const int MostEvents = 1000, MostBytes = 8 << 20;
    /// <summary>After so many revisions that are none of its business a watch is told how far it has come.</summary>
    public const int QuietRevisions = 10_000;

    private readonly Lock _gate = new();
    private readonly Channel<bool> _arrived = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private List<StoreEvent> _events = [];
    private long _bytes, _through = since, _told = since;
    private bool _lost;

    /// <summary>What was written up to this revision is to be read from the file.</summary>
    public long Since { get; private set; } = since;

    public void Dispose() => all.Remove(this);

    /// <summary>Takes note of what was written up to <paramref name="revision"/>.</summary>
    public void Add(IReadOnlyList<StoreEvent> events, long revision)
    {
        lock (_gate)
        {
            var before = _events.Count;
            foreach (var happened in events)
            {
                if (!_lost && happened.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    _events.Add(happened);
                    _bytes += happened.Value?.Length ?? 0;
                }
            }
            _through = revision;
            if (_events.Count > MostEvents || _bytes > MostBytes)
                (_lost, _events, _bytes, before) = (true, [], 0, -1);
            if (_events.Count == before && revision - _told < QuietRevisions)
                return;
        }
        _arrived.Writer.TryWrite(true);
    }

    /// <summary>Everything from <paramref name="next"/> on that came since the last call; null where nothing was written, or <see cref="Since"/> has moved on because too much was.</summary>
    public WatchBatch? Take(long next)
    {
        lock (_gate)
        {
            if (_lost)
            {
                (_lost, Since) = (false, _through);
                return null;
            }
            if (_through < next || (_events.Count == 0 && _through - _told < QuietRevisions))
                return null;
            // What the file gave already, written but not yet told when it was read.
            var events = _events.Count > 0 && _events[0].ModRevision < next ? _events.FindAll(happened => happened.ModRevision >= next) : _events;
            (_events, _bytes, _told) = ([], 0, _through);
            return new WatchBatch(_through, events);
        }
    }

    /// <summary>Waits until there may be something to take.</summary>
    public ValueTask<bool> ArrivedAsync(CancellationToken cancellationToken) => _arrived.Reader.ReadAsync(cancellationToken);
}
