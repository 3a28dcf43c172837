using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>Operators between arrays, and between an array and an item. Each gives a new array.</summary>
internal static class ArrayOperators
{
    public static bool TryApply(RenderContext context, Node node, string op, object left, object right, out object? result)
    {
        var (leftArray, rightArray) = (left as ScriptArray, right as ScriptArray);
        context.Step(node, (leftArray?.Count ?? 0) + (rightArray?.Count ?? 0));
        result = (op, leftArray, rightArray) switch
        {
            ("+", not null, not null) => ScriptArray.From([.. leftArray, .. rightArray]),
            ("<<", not null, _) => ScriptArray.From([.. leftArray, right]),
            (">>", _, not null) => ScriptArray.From([left, .. rightArray]),
            ("*", not null, null) => Repeat(context, node, leftArray, right),
            ("*", null, not null) => Repeat(context, node, rightArray, left),
            (_, not null, not null) => Compare(context, node, op, leftArray, rightArray),
            _ => null,
        };
        return result is not null;
    }

    private static ScriptArray Repeat(RenderContext context, Node node, ScriptArray array, object? times)
    {
        var result = new ScriptArray();
        for (var i = Operators.ToInt(context, node, times); i > 0; i--)
        {
            context.Step(node, array.Count + 1);
            foreach (var item in array)
                result.Add(item);
        }
        return result;
    }

    /// <summary>As Scriban compares: first by length; of two of one length every pair of items must stand in that relation.</summary>
    private static object? Compare(RenderContext context, Node node, string op, ScriptArray left, ScriptArray right)
    {
        if (left.Count != right.Count || left.Count == 0)
            return Operators.Compare(op, left.Count.CompareTo(right.Count));
        if (Operators.Compare(op, 0) is null)
            return null;
        context.Enter(node);
        var holds = true;
        for (var i = 0; i < left.Count && holds; i++)
            holds = Operators.Binary(context, node, op, left[i], right[i]) is true;
        context.Leave();
        return holds;
    }
}
