using System.Collections;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>A list that templates can read and write; may have named members besides (in functions: the named arguments).</summary>
internal sealed class ScriptArray : IReadOnlyList<object?>
{
    private readonly List<object?> _items;
    private ScriptObject? _members;

    public ScriptArray(int capacity = 0) => _items = new(capacity);

    /// <param name="own">Used by nobody else from now on.</param>
    public ScriptArray(List<object?> own) => _items = own;

    /// <summary>Items that came from outside, which templates do not change.</summary>
    public bool IsReadOnly { get; init; }

    public static ScriptArray From(IEnumerable<object?> items)
    {
        var array = new ScriptArray();
        array._items.AddRange(items);
        return array;
    }

    public int Count => _items.Count;

    public IEnumerable<KeyValuePair<string, object?>> NamedMembers => _members ?? Enumerable.Empty<KeyValuePair<string, object?>>();

    public object? this[int index] => _items[index];

    public void Add(object? item) => _items.Add(item);

    /// <summary>Negative indexes count from the end.</summary>
    public bool TryItem(int index, out object? item)
    {
        if (index < 0)
            index += Count;
        item = index >= 0 && index < Count ? _items[index] : null;
        return index >= 0 && index < Count;
    }

    /// <summary>How many items more an assignment to the index makes.</summary>
    public int GrowthAt(int index) => Math.Max(0, index - Count + 1);

    /// <summary>Grows the array with nulls where the index is past its end.</summary>
    public bool TrySetItem(int index, object? item, int maxCount)
    {
        if (index < 0)
            index += Count;
        if (IsReadOnly || index < 0 || index >= maxCount)
            return false;
        while (index >= Count)
            _items.Add(null);
        _items[index] = item;
        return true;
    }

    public bool TryMember(string name, out object? value)
    {
        value = null;
        return _members is not null && _members.TryGetValue(name, out value);
    }

    public bool TrySetMember(string name, object? value)
    {
        if (IsReadOnly || name == "size")
            return false;
        (_members ??= new ScriptObject()).Set(name, value);
        return true;
    }

    public IEnumerator<object?> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
