using LpmOs.Core.Templates.Runtime;

namespace LpmOs.Core.Templates.Syntax;

/// <summary>A part of a compiled template. Immutable once parsed, so that any number of renderings may share it.</summary>
internal abstract class Node(int position)
{
    /// <summary>Offset in the source, for messages.</summary>
    public int Position { get; } = position;
}

internal abstract class Expression(int position) : Node(position)
{
    public object? Evaluate(RenderContext context)
    {
        context.Enter(this);
        var value = EvaluateCore(context);
        context.Leave();
        return value;
    }

    /// <summary>The value, a function not called.</summary>
    public virtual object? EvaluateAlias(RenderContext context) => Evaluate(context);

    protected abstract object? EvaluateCore(RenderContext context);

    /// <summary>As the source has it, for messages.</summary>
    public virtual string Describe => "expression";
}

/// <summary>Something a value can be assigned to.</summary>
internal abstract class PathExpression(int position) : Expression(position)
{
    public abstract object? Read(RenderContext context);

    public abstract void Assign(RenderContext context, object? value);

    public override object? EvaluateAlias(RenderContext context) => Read(context);

    protected override object? EvaluateCore(RenderContext context)
    {
        var value = Read(context);
        return value is Function function ? Calls.Invoke(context, this, function, Calls.NoArguments, takesPipe: true) : value;
    }
}

internal sealed class Literal(int position, object? value) : Expression(position)
{
    public object? Value { get; } = value;

    protected override object? EvaluateCore(RenderContext context) => Value;

    public override string Describe => Value is string text ? $"\"{text}\"" : Value?.ToString() ?? "null";
}

internal sealed class InterpolatedString(int position, List<Expression> parts) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context)
    {
        var text = new System.Text.StringBuilder();
        foreach (var part in parts)
        {
            text.Append(ValueText.Of(context, this, part.Evaluate(context)));
            context.CheckLength(this, text.Length);
        }
        return context.Charge(this, text.ToString());
    }
}

internal sealed class Nested(int position, Expression inner) : PathExpression(position)
{
    public Expression Inner { get; } = inner;

    public override object? Read(RenderContext context)
    {
        context.EnterPipeGroup();
        var value = Inner.Evaluate(context);
        context.LeavePipeGroup();
        return value;
    }

    public override void Assign(RenderContext context, object? value) =>
        throw context.Problem(this, "an expression in parentheses cannot be assigned to");

    public override string Describe => $"({Inner.Describe})";
}

internal sealed class ArrayLiteral(int position, List<Expression> items) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context)
    {
        var array = new ScriptArray(items.Count);
        foreach (var item in items)
            array.Add(item.Evaluate(context));
        return array;
    }
}

internal sealed class ObjectLiteral(int position, List<(string Name, Expression Value)> members) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context)
    {
        var value = new ScriptObject();
        foreach (var (name, expression) in members)
            value.Set(name, expression.Evaluate(context));
        return value;
    }
}

internal sealed class Unary(int position, string op, Expression operand) : Expression(position)
{
    public string Operator { get; } = op;

    public Expression Operand { get; } = operand;

    protected override object? EvaluateCore(RenderContext context) => Operator switch
    {
        "@" => Operand.EvaluateAlias(context),
        "!" => !Operators.IsTrue(Operand.Evaluate(context)),
        "^" => Operand.Evaluate(context),
        _ => Operators.Sign(context, this, Operator == "-", Operand.Evaluate(context)),
    };

    public override string Describe => Operator + Operand.Describe;
}

internal sealed class Increment(int position, PathExpression target, int step, bool post) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context)
    {
        var before = target.Evaluate(context);
        var after = Operators.Binary(context, this, "+", before, (long)step);
        target.Assign(context, after);
        return post ? before : after;
    }
}

internal sealed class Binary(int position, string op, Expression left, Expression right) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context)
    {
        var leftValue = left.Evaluate(context);
        switch (op)
        {
            case "&&":
                return Operators.IsTrue(leftValue) && Operators.IsTrue(right.Evaluate(context));
            case "||":
                return Operators.IsTrue(leftValue) || Operators.IsTrue(right.Evaluate(context));
            case "??":
                return leftValue ?? right.Evaluate(context);
            case "?!":
                return leftValue is null ? null : right.Evaluate(context);
            default:
                return Operators.Binary(context, this, op, leftValue, right.Evaluate(context));
        }
    }

    public override string Describe => $"{left.Describe} {op} {right.Describe}";
}

internal sealed class Conditional(int position, Expression condition, Expression then, Expression otherwise) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context) =>
        Operators.IsTrue(condition.Evaluate(context)) ? then.Evaluate(context) : otherwise.Evaluate(context);
}

/// <summary><c>target.empty?</c></summary>
internal sealed class IsEmpty(int position, Expression target) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context) => Operators.IsEmpty(target.Evaluate(context));
}

internal sealed class NamedArgument(int position, string name, Expression? value) : Expression(position)
{
    public string Name { get; } = name;

    public Expression? Value { get; } = value;

    protected override object? EvaluateCore(RenderContext context) => Value is null ? true : Value.Evaluate(context);
}

internal sealed class Call(int position, Expression target, List<Expression> arguments, bool isExplicit) : Expression(position)
{
    public Expression Target { get; } = target;

    public List<Expression> Arguments { get; } = arguments;

    /// <summary>Written with parentheses: <c>f(a, b)</c>.</summary>
    public bool IsExplicit { get; } = isExplicit;

    protected override object? EvaluateCore(RenderContext context)
    {
        var value = Target.EvaluateAlias(context);
        return value is Function function
            ? Calls.Invoke(context, this, function, Arguments, takesPipe: true)
            : throw context.Problem(this, $"'{Target.Describe}' is not a function; it is {ValueText.TypeName(value)}");
    }

    public override string Describe => Target.Describe;
}

internal sealed class Pipe(int position, Expression from, Expression to) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context)
    {
        context.PushPipe(from);
        var result = to.Evaluate(context);
        if (result is Function function && context.PipeIs(from))
            result = Calls.Invoke(context, to, function, Calls.NoArguments, takesPipe: true);
        if (context.PipeIs(from))
            throw context.Problem(to, $"'{to.Describe}' is not a function, so nothing can be piped into it");
        return result;
    }
}

internal sealed class AnonymousFunction(int position, FunctionBody body) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context) => new ScriptFunction(body, context.Template);
}

internal sealed class Assignment(int position, PathExpression target, string op, Expression value) : Expression(position)
{
    protected override object? EvaluateCore(RenderContext context)
    {
        // In a compound assignment the left side is read first, as it stands first.
        var before = op.Length > 1 ? target.Evaluate(context) : null;
        var result = value.Evaluate(context);
        if (op.Length > 1)
            result = Operators.Binary(context, this, op[..^1], before, result);
        target.Assign(context, result);
        return null;
    }
}
