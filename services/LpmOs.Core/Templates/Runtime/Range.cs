using System.Collections;

namespace LpmOs.Core.Templates.Runtime;

/// <summary><c>first..last</c>, up or down, without making a list of it.</summary>
internal sealed class Range : IReadOnlyList<object?>
{
    private readonly long _first;
    private readonly int _step;

    private Range(long first, int count, int step)
    {
        _first = first;
        Count = count;
        _step = step;
    }

    /// <returns>Null where it has more items than fit a list.</returns>
    public static Range? Of(long first, long last, bool withLast)
    {
        var step = first < last ? 1 : -1;
        var count = (Int128)last - first;
        count = (count < 0 ? -count : count) + (withLast ? 1 : 0);
        return count > int.MaxValue ? null : new Range(first, (int)count, step);
    }

    public int Count { get; }

    public object? this[int index] => _first + ((long)index * _step);

    public IEnumerator<object?> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
