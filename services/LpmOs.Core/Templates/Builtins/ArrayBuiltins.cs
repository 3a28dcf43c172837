using System.Text;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>Scriban's <c>array</c> functions. None changes the list that it is given.</summary>
internal static class ArrayBuiltins
{
    private static readonly FunctionParameter Subject = new("list");

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> All =>
    [
        ("add", [Subject, new("value")], c => ScriptArray.From([.. c.List(0), c[1]])),
        ("add_range", [new("list1"), new("list2")], c => Concat(c)),
        ("concat", [new("list1"), new("list2")], c => Concat(c)),
        ("compact", [Subject], c => OrNull(c, list => list.Where(item => item is not null))),
        ("contains", [Subject, new("item")], c => c.List(0).Any(item => Equals(item, c[1]))),
        ("cycle", [Subject, new("group", true)], c => Cycle(c)),
        ("any", [Subject, new("function"), new("args", TakesRest: true)], c => Any(c)),
        ("each", [Subject, new("function")], c => c[0] is null ? null : ScriptArray.From([.. c.List(0).Select(item => c.Call(c.Function(1), item))])),
        ("filter", [Subject, new("function")], c => c[0] is null
            ? null
            : ScriptArray.From([.. c.List(0).Where(item => Operators.IsTrue(c.Call(c.Function(1), item)))])),
        ("first", [Subject], c => c.List(0) is [var first, ..] ? first : null),
        ("last", [Subject], c => c.List(0) is [.., var last] ? last : null),
        ("insert_at", [Subject, new("index"), new("value")], c => InsertAt(c)),
        ("remove_at", [Subject, new("index")], c => RemoveAt(c)),
        ("join", [Subject, new("delimiter"), new("function", true)], c => Join(c)),
        ("limit", [Subject, new("count")], c => OrNull(c, list => list.Take(c.Int(1)))),
        ("offset", [Subject, new("index")], c => OrNull(c, list => list.Skip(c.Int(1)))),
        ("map", [Subject, new("member")], c => Map(c)),
        ("reverse", [Subject], c => ScriptArray.From(c.List(0).Reverse())),
        ("size", [Subject], c => c.List(0).Count),
        ("sort", [Subject, new("member", true)], c => Sort(c)),
        ("uniq", [Subject], c => OrNull(c, list => list.Distinct())),
    ];

    private static ScriptArray? Concat(BuiltinCall c) => c[0] is null && c[1] is null ? null : ScriptArray.From([.. c.List(0), .. c.List(1)]);

    /// <summary>Of no list these make none, where others make an empty one.</summary>
    private static ScriptArray? OrNull(BuiltinCall c, Func<IReadOnlyList<object?>, IEnumerable<object?>> work) => c[0] is null ? null : ScriptArray.From(work(c.List(0)));

    private static object? Cycle(BuiltinCall c)
    {
        var list = c.List(0);
        if (list.Count == 0)
            return null;
        var group = c.TextOrNull(1) ?? string.Join(',', list.Select(item => ValueText.Of(c.Context, c.Caller, item)));
        var index = c.Context.Cycles.GetValueOrDefault(group) % list.Count;
        c.Context.Cycles[group] = index + 1;
        return list[index];
    }

    private static bool Any(BuiltinCall c)
    {
        var function = c.Function(1);
        return c.List(0).Any(item => c.Call(function, [item, .. (ScriptArray)c[2]!]) is true);
    }

    private static ScriptArray InsertAt(BuiltinCall c)
    {
        var items = c.List(0).ToList();
        var index = Math.Max(0, c.Int(1));
        c.Context.Step(c.Caller, index);
        while (items.Count < index)
            items.Add(null);
        items.Insert(index, c[2]);
        return ScriptArray.From(items);
    }

    private static ScriptArray RemoveAt(BuiltinCall c)
    {
        var items = c.List(0).ToList();
        var index = c.Int(1) < 0 ? items.Count + c.Int(1) : c.Int(1);
        if (index >= 0 && index < items.Count)
            items.RemoveAt(index);
        return ScriptArray.From(items);
    }

    private static string Join(BuiltinCall c)
    {
        var function = c[2] is null ? null : c.Function(2);
        var result = new StringBuilder();
        var list = c.List(0);
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0)
                result.Append(c.Text(1));
            var item = ValueText.Of(c.Context, c.Caller, list[i]);
            if (function is not null)
                item = ValueText.Of(c.Context, c.Caller, c.Call(function, item));
            result.Append(item);
            c.Context.CheckLength(c.Caller, result.Length);
        }
        return result.ToString();
    }

    private static ScriptArray Map(BuiltinCall c)
    {
        var result = new ScriptArray();
        if (c.TextOrNull(1) is not { } member)
            return result;
        foreach (var item in c.List(0))
        {
            if (item is not null && Members.TryGet(item, member, out var value))
                result.Add(c.Context.Normalize(c.Caller, value));
        }
        return result;
    }

    private static ScriptArray Sort(BuiltinCall c)
    {
        var member = c.Text(1);
        var order = Comparer<object?>.Create((left, right) => Compare(c, left, right));
        try
        {
            return ScriptArray.From([.. c.List(0).OrderBy(item => member.Length == 0 ? item : SortValue(c, item, member), order)]);
        }
        catch (InvalidOperationException e) when (e.InnerException is TemplateException inner)
        {
            throw inner;
        }
    }

    /// <summary>A member by its name, or along a path with dots where there is none of that name.</summary>
    private static object? SortValue(BuiltinCall c, object? item, string member)
    {
        if (item is not null && Members.TryGet(item, member, out var value))
            return c.Context.Normalize(c.Caller, value);
        var at = item;
        foreach (var part in member.Split('.'))
            at = at is not null && Members.TryGet(at, part, out var next) ? c.Context.Normalize(c.Caller, next) : null;
        return at;
    }

    private static int Compare(BuiltinCall c, object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string l, string r) => string.CompareOrdinal(l, r),
        (long l, long r) => l.CompareTo(r),
        (long or double, long or double) => c.Double(left).CompareTo(c.Double(right)),
        (IComparable l, _) when left.GetType() == right.GetType() => l.CompareTo(right),
        _ => throw c.Problem($"cannot order {ValueText.TypeName(left)} and {ValueText.TypeName(right)}"),
    };
}
