namespace LpmOs.Core.Store.Embedded;

/// <summary>
/// All watches of the process that has the file open. What was written is handed to those whose prefix it is under: reading it back from the file would cost
/// each of some thirty watches a query a write.
/// </summary>
/// <param name="revision">That the file stands at.</param>
internal sealed class EmbeddedWatches(long revision)
{
    private readonly Lock _gate = new();
    private readonly List<EmbeddedWatch> _watches = [];
    private long _last = revision;

    public EmbeddedWatch Add(string prefix)
    {
        lock (_gate)
        {
            var watch = new EmbeddedWatch(this, prefix, _last);
            _watches.Add(watch);
            return watch;
        }
    }

    public void Remove(EmbeddedWatch watch)
    {
        lock (_gate)
            _watches.Remove(watch);
    }

    /// <param name="events">In order, of whole revisions, and on the disk.</param>
    /// <param name="revision">Of the last of them.</param>
    public void Publish(IReadOnlyList<StoreEvent> events, long revision)
    {
        lock (_gate)
        {
            _last = revision;
            foreach (var watch in _watches)
                watch.Add(events, revision);
        }
    }
}
