using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>An object that templates can read and write; keeps the order of its members. Reads through to <c>behind</c> where it has no member itself.</summary>
internal sealed class ScriptObject(IReadOnlyDictionary<string, object?>? behind = null) : IReadOnlyDictionary<string, object?>
{
    private OrderedDictionary<string, object?>? _own;
    private HashSet<string>? _readOnly;
    private bool _isFrozen;

    public bool TrySet(string name, object? value)
    {
        if (_isFrozen || _readOnly?.Contains(name) == true)
            return false;
        Set(name, value);
        return true;
    }

    public void Set(string name, object? value) => (_own ??= [])[name] = value;

    /// <summary>A value from outside, shared between renderings: templates do not change it.</summary>
    public ScriptObject Freeze()
    {
        _isFrozen = true;
        return this;
    }

    public void Protect(string name) => (_readOnly ??= []).Add(name);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        if (_own is not null && _own.TryGetValue(key, out value))
            return true;
        if (behind is not null)
            return behind.TryGetValue(key, out value);
        value = null;
        return false;
    }

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public IEnumerable<string> Keys => this.Select(m => m.Key);

    public IEnumerable<object?> Values => this.Select(m => m.Value);

    public int Count => (_own?.Count ?? 0) + (behind?.Keys.Count(name => _own?.ContainsKey(name) != true) ?? 0);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        if (behind is not null)
        {
            foreach (var member in behind)
            {
                if (_own?.ContainsKey(member.Key) != true)
                    yield return member;
            }
        }
        if (_own is null)
            yield break;
        foreach (var member in _own)
            yield return member;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
