using LpmOs.Core.Templates.Runtime;

namespace LpmOs.Core.Templates.Syntax;

/// <summary>A plain name: looked up in the loops, the function's parameters, <c>with</c> objects, variables and built-ins.</summary>
internal sealed class GlobalVariable(int position, string name) : PathExpression(position)
{
    public string Name { get; } = name;

    public override object? Read(RenderContext context) => context.Scopes.TryReadGlobal(Name, out var value)
        ? context.Normalize(this, value)
        : throw context.Problem(this, $"unknown variable '{Name}'");

    public override void Assign(RenderContext context, object? value)
    {
        if (!context.Scopes.TryWriteGlobal(Name, value))
            throw context.Problem(this, $"'{Name}' is read-only");
    }

    public override string Describe => Name;
}

/// <summary><c>$name</c>: lives in the page, include or function that sets it. The name <c>""</c> is the array of arguments.</summary>
internal sealed class LocalVariable(int position, string name) : PathExpression(position)
{
    public string Name { get; } = name;

    public override object? Read(RenderContext context) => context.Scopes.TryReadLocal(Name, out var value)
        ? value
        : throw context.Problem(this, $"unknown variable '${Name}'");

    public override void Assign(RenderContext context, object? value)
    {
        if (!context.Scopes.TryWriteLocal(Name, value))
            throw context.Problem(this, $"'${Name}' is read-only");
    }

    public override string Describe => "$" + Name;
}

/// <summary><c>this</c>: the object that plain names are assigned in.</summary>
internal sealed class ThisObject(int position) : PathExpression(position)
{
    public override object? Read(RenderContext context) => context.Scopes.This;

    public override void Assign(RenderContext context, object? value) => throw context.Problem(this, "'this' cannot be assigned to");

    public override string Describe => "this";
}

internal sealed class Member(int position, Expression target, string name, bool optional) : PathExpression(position)
{
    public Expression Target { get; } = target;

    /// <summary><c>?.</c>: null where the target is null.</summary>
    public bool IsOptional { get; } = optional;

    public override object? Read(RenderContext context)
    {
        var value = Target.Evaluate(context);
        if (value is null)
            return IsOptional ? null : throw context.Problem(this, $"'{Target.Describe}' is null, so it has no member '{name}'");
        return Members.TryGet(value, name, out var member)
            ? context.Normalize(this, member)
            : throw context.Problem(this, $"unknown member '{name}' of '{Target.Describe}'");
    }

    public override void Assign(RenderContext context, object? value)
    {
        if (Target.Evaluate(context) is not { } owner)
            throw context.Problem(this, $"'{Target.Describe}' is null, so its member '{name}' cannot be set");
        if (!Members.TrySet(owner, name, value))
            throw context.Problem(this, $"member '{name}' of '{Target.Describe}' is read-only");
    }

    public override string Describe => $"{Target.Describe}.{name}";
}

internal sealed class Indexer(int position, Expression target, Expression index) : PathExpression(position)
{
    public override object? Read(RenderContext context)
    {
        var value = target.Evaluate(context);
        if (value is null)
            return IsOptional(target) ? null : throw context.Problem(this, $"'{target.Describe}' is null, so it has no items");
        var key = Key(context);
        if (value is string text && key is not string)
            return Members.TryItem(text, Operators.ToInt(context, index, key), out var character) ? character : null;
        if (key is not string && Members.AsArray(context, this, value) is { } array)
        {
            var i = Operators.ToInt(context, index, key);
            return array.TryItem(i, out var item) ? context.Normalize(this, item) : null;
        }
        var name = ValueText.Of(context, this, key) ?? "";
        return Members.TryGet(value, name, out var member)
            ? context.Normalize(this, member)
            : throw context.Problem(index, $"unknown member '{name}' of '{target.Describe}'");
    }

    public override void Assign(RenderContext context, object? value)
    {
        var owner = target.Evaluate(context) ?? throw context.Problem(this, $"'{target.Describe}' is null, so it has no items");
        var key = Key(context);
        if (key is not string && owner is ScriptArray array)
        {
            var i = Operators.ToInt(context, index, key);
            if (array.GrowthAt(i) is var more && more <= context.Limits.MaxSteps)
                context.Step(this, more);
            if (!array.TrySetItem(i, value, context.Limits.MaxSteps))
                throw context.Problem(index, $"item {i} of '{target.Describe}' cannot be set");
            return;
        }
        var name = ValueText.Of(context, this, key) ?? "";
        if (!Members.TrySet(owner, name, value))
            throw context.Problem(index, $"member '{name}' of '{target.Describe}' is read-only");
    }

    private object Key(RenderContext context) =>
        index.Evaluate(context) ?? throw context.Problem(index, $"'{index.Describe}' is null and cannot be an index");

    private static bool IsOptional(Expression expression) => expression switch
    {
        Member member => member.IsOptional || IsOptional(member.Target),
        Indexer indexer => IsOptional(indexer.Target),
        Nested nested => IsOptional(nested.Inner),
        _ => false,
    };

    private Expression Target => target;

    public override string Describe => $"{target.Describe}[{index.Describe}]";
}
