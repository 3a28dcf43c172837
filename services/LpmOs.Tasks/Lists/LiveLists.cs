namespace LpmOs.Tasks.Lists;

/// <summary>The lists that were asked for of late; the one that was not for the longest time makes room.</summary>
internal sealed class LiveLists<TKey>(Func<TKey, LiveList> make) where TKey : notnull
{
    private const int Most = 24;

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
                _known[key] = node = new LinkedListNode<(TKey, LiveList)>((key, make(key)));
                if (_known.Count > Most)
                {
                    _known.Remove(_byUse.Last!.Value.Key);
                    _byUse.RemoveLast();
                }
            }
            _byUse.AddFirst(node);
            return node.Value.List;
        }
    }
}
