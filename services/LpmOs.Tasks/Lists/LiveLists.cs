namespace LpmOs.Tasks.Lists;

/// <summary>The lists that were asked for of late; those that were not for the longest time make room.</summary>
internal sealed class LiveLists<TKey>(Func<TKey, LiveList> make) where TKey : notnull
{
    private const int Most = 512;
    /// <summary>In all lists together; one costs some 60 bytes.</summary>
    private const int MostRows = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, LiveList List)>> _known = [];
    private readonly LinkedList<(TKey Key, LiveList List)> _byUse = new();

    public LiveList Get(TKey key)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
            }
            else
            {
                MakeRoom();
                _known[key] = node = new LinkedListNode<(TKey, LiveList)>((key, make(key)));
            }
            _byUse.AddFirst(node);
            return node.Value.List;
        }
    }

    private void MakeRoom()
    {
        var rows = _byUse.Sum(entry => (long)entry.List.Count);
        while (_byUse.Last is { } last && (_known.Count >= Most || rows > MostRows))
        {
            rows -= last.Value.List.Count;
            _known.Remove(last.Value.Key);
            _byUse.RemoveLast();
        }
    }
}
