using LpmOs.Core.Templates.Runtime;

namespace LpmOs.Core.Templates.Syntax;

/// <summary><c>offset:</c>, <c>limit:</c> and <c>reversed</c> of a loop; applied in that order: skip, reverse, take.</summary>
internal sealed record LoopArguments(Expression? Offset, Expression? Limit, bool Reversed)
{
    /// <returns>The items to loop over; null where there is nothing to loop over.</returns>
    public IReadOnlyList<object?>? Select(RenderContext context, Node loop, object? value, Expression source)
    {
        if (value is null)
            return null;
        if (Members.AsList(context, loop, value) is not { } list)
            throw context.Problem(source, $"a loop needs a list; '{source.Describe}' is {ValueText.TypeName(value)}");
        if (Offset is null && Limit is null && !Reversed)
            return list;
        IEnumerable<object?> items = list;
        var offset = Offset is null ? 0 : Operators.ToInt(context, Offset, Offset.Evaluate(context));
        var limit = Limit is null ? -1 : Operators.ToInt(context, Limit, Limit.Evaluate(context));
        if (offset > 0)
            items = items.Skip(offset);
        if (Reversed)
            items = items.Reverse();
        if (limit > 0)
            items = items.Take(limit);
        return [.. items];
    }
}
