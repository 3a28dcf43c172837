using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>Members and items of values.</summary>
internal static class Members
{
    public static bool TryGet(object target, string name, out object? value)
    {
        switch (target)
        {
            case IReadOnlyDictionary<string, object?> members:
                return members.TryGetValue(name, out value);
            case LoopState loop:
                return loop.TryGet(name, out value);
            case ScriptArray array when array.TryMember(name, out value):
                return true;
            case IReadOnlyList<object?> list when name is "size":
                value = (long)list.Count;
                return true;
            case string text when name is "size":
                value = (long)text.Length;
                return true;
            case DateTimeOffset time:
                return Dates.TryGetMember(time, name, out value);
            case TimeSpan span:
                return Dates.TryGetMember(span, name, out value);
            default:
                value = null;
                return false;
        }
    }

    public static bool TrySet(object target, string name, object? value) => target switch
    {
        ScriptObject members => members.TrySet(name, value),
        ScriptArray array => array.TrySetMember(name, value),
        _ => false,
    };

    public static bool TryItem(string text, int index, out string character)
    {
        if (index < 0)
            index += text.Length;
        character = index >= 0 && index < text.Length ? text[index].ToString() : "";
        return character.Length > 0;
    }

    /// <summary>The value as an object's members, or null.</summary>
    public static IReadOnlyDictionary<string, object?>? Of(object value) => value as IReadOnlyDictionary<string, object?>;

    /// <summary>The value as an array, or null where it is no list.</summary>
    public static ScriptArray? AsArray(RenderContext context, Node node, object value) => value switch
    {
        ScriptArray array => array,
        IReadOnlyDictionary<string, object?> => null,
        IReadOnlyList<object?> list => Copy(context, node, list),
        _ => null,
    };

    /// <summary>What a loop or an array function goes over: items of a list, pairs of an object, characters of a string; null otherwise.</summary>
    public static IReadOnlyList<object?>? AsList(RenderContext context, Node node, object value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> members:
                var pairs = new ScriptArray();
                foreach (var (name, member) in members)
                {
                    context.Step(node);
                    var pair = new ScriptObject();
                    pair.Set("key", name);
                    pair.Set("value", member);
                    pairs.Add(pair);
                }
                return pairs;
            case ScriptArray or Range:
                return (IReadOnlyList<object?>)value;
            case IReadOnlyList<object?> list:
                return Copy(context, node, list);
            case string text:
                context.Step(node, text.Length);
                return ScriptArray.From(text.Select(c => c.ToString()));
            default:
                return null;
        }
    }

    private static ScriptArray Copy(RenderContext context, Node node, IReadOnlyList<object?> list)
    {
        context.Step(node, list.Count);
        return ScriptArray.From(list.Select(item => context.Normalize(node, item)));
    }
}
