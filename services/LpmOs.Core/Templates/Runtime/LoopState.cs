using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary><c>for</c> and <c>while</c> inside a loop.</summary>
/// <param name="items">What a <c>for</c> goes over; null for a <c>while</c>, which does not know its end.</param>
internal sealed class LoopState(IReadOnlyList<object?>? items)
{
    private int _index;

    public void Move(int index) => _index = index;

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "index" => (long)_index,
            "first" => _index == 0,
            "even" => _index % 2 == 0,
            "odd" => _index % 2 != 0,
            "length" when items is not null => (long)items.Count,
            "last" when items is not null => _index == items.Count - 1,
            "rindex" when items is not null => (long)(items.Count - _index - 1),
            "changed" when items is not null => _index == 0 || !Equals(items[_index - 1], items[_index]),
            _ => null,
        };
        return value is not null;
    }
}

/// <summary>What a statement asks of those around it.</summary>
internal enum Flow
{
    None,
    Break,
    Continue,
    Return,
}
