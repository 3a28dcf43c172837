using System.Diagnostics.CodeAnalysis;

namespace LpmOs.Core.Domain;

/// <summary>
/// A bounded dictionary that forgets what was set longest ago: two halves, and when the newer one is full the older one goes. Each call takes constant time,
/// however many ask; what was set again stays. Not thread-safe.
/// </summary>
/// <param name="most">Entries at most; the last half of that number is always known.</param>
public sealed class RecentMap<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly int _half = Math.Max(1, most / 2);
    private Dictionary<TKey, TValue> _newer = [], _older = [];

    public int Count => _newer.Count + _older.Count;

    public void Set(TKey key, TValue value)
    {
        if (_newer.Count >= _half && !_newer.ContainsKey(key))
        {
            (_newer, _older) = (_older, _newer);
            _newer.Clear();
        }
        _newer[key] = value;
        _older.Remove(key);
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _newer.TryGetValue(key, out value) || _older.TryGetValue(key, out value);

    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value) => _newer.Remove(key, out value) || _older.Remove(key, out value);
}
