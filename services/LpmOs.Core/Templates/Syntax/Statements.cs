using LpmOs.Core.Templates.Runtime;

namespace LpmOs.Core.Templates.Syntax;

internal abstract class Statement(int position) : Node(position)
{
    /// <summary>Runs it; what a <c>ret</c> gives comes back as the value.</summary>
    public abstract object? Run(RenderContext context);
}

internal sealed class Text(int position, string source, int start, int length) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        context.Output.Write(this, source.AsSpan(start, length));
        return null;
    }
}

/// <summary>The edge of a code or escape block. An entering edge carries the indentation of what the block writes.</summary>
internal sealed class BlockEdge(int position, bool entering, string indent) : Statement(position)
{
    public bool IsEntering { get; } = entering;

    public string Indent { get; } = indent;

    public override object? Run(RenderContext context) => null;
}

internal sealed class ExpressionStatement(int position, Expression expression) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        var value = expression.Evaluate(context);
        if (value is not null && ValueText.Of(context, expression, value) is { } text)
            context.Output.Write(this, text);
        return null;
    }
}

internal sealed class Block(int position, List<Statement> statements) : Statement(position)
{
    /// <summary>Nothing that would be run: text and edges of blocks.</summary>
    public bool HasOnlyText => statements.TrueForAll(s => s is Text or BlockEdge);

    public override object? Run(RenderContext context)
    {
        var output = context.Output;
        var outer = output.Indent;
        var indent = outer;
        object? result = null;
        foreach (var statement in statements)
        {
            context.CheckTime(statement);
            if (statement is BlockEdge edge)
            {
                indent = edge.IsEntering ? edge.Indent : outer;
                continue;
            }
            output.Indent = indent;
            result = statement.Run(context);
            if (context.Flow != Flow.None)
                break;
        }
        output.Indent = outer;
        return context.Flow == Flow.Return ? result : null;
    }
}

internal sealed class If(int position, Expression condition, Block then, Statement? otherwise) : Statement(position)
{
    public override object? Run(RenderContext context) =>
        Operators.IsTrue(condition.Evaluate(context)) ? then.Run(context) : otherwise?.Run(context);
}

internal sealed class Case(int position, Expression value, List<(List<Expression> Values, Block Body)> whens, Block? otherwise) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        var wanted = value.Evaluate(context);
        foreach (var (values, body) in whens)
        {
            foreach (var candidate in values)
            {
                if (Operators.Binary(context, candidate, "==", wanted, candidate.Evaluate(context)) is true)
                    return body.Run(context);
            }
        }
        return otherwise?.Run(context);
    }
}

internal sealed class For(int position, PathExpression variable, Expression items, LoopArguments arguments, Block body, Block? otherwise) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        if (arguments.Select(context, this, items.Evaluate(context), items) is not { } list)
            return null;
        if (list.Count == 0)
            return otherwise?.Run(context);
        var loop = new LoopState(list);
        context.Scopes.EnterLoop();
        context.Scopes.SetLoopGlobal("for", loop);
        object? result = null;
        for (var i = 0; i < list.Count; i++)
        {
            context.Step(this);
            loop.Move(i);
            SetVariable(context, list[i]);
            result = body.Run(context);
            if (!context.ContinueLoop())
                break;
        }
        context.Scopes.LeaveLoop();
        return context.Flow == Flow.Return ? result : null;
    }

    private void SetVariable(RenderContext context, object? value)
    {
        value = context.Normalize(this, value);
        if (variable is GlobalVariable global)
            context.Scopes.SetLoopGlobal(global.Name, value);
        else if (variable is LocalVariable local)
            context.Scopes.SetLoopLocal(local.Name, value);
        else
            variable.Assign(context, value);
    }
}

internal sealed class While(int position, Expression condition, Block body) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        var loop = new LoopState(null);
        context.Scopes.EnterLoop();
        context.Scopes.SetLoopGlobal("while", loop);
        object? result = null;
        for (var i = 0; Operators.IsTrue(condition.Evaluate(context)); i++)
        {
            context.Step(this);
            loop.Move(i);
            result = body.Run(context);
            if (!context.ContinueLoop())
                break;
        }
        context.Scopes.LeaveLoop();
        return context.Flow == Flow.Return ? result : null;
    }
}

internal sealed class FlowStatement(int position, Flow flow) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        if (!context.Scopes.InLoop)
            throw context.Problem(this, $"'{(flow == Flow.Break ? "break" : "continue")}' stands outside of a loop");
        context.Flow = flow;
        return null;
    }
}

internal sealed class Return(int position, Expression? value) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        var result = value?.Evaluate(context);
        context.Flow = Flow.Return;
        return result;
    }
}

internal sealed class Capture(int position, PathExpression target, Block body) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        context.Output.Push();
        var result = body.Run(context);
        target.Assign(context, context.Charge(this, context.Output.Pop()));
        return context.Flow == Flow.Return ? result : null;
    }
}

internal sealed class With(int position, Expression target, Block body) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        var value = target.Evaluate(context);
        if (!context.Scopes.TryPushObject(value))
            throw context.Problem(target, $"'with' needs an object; '{target.Describe}' is {ValueText.TypeName(value)}");
        var result = body.Run(context);
        context.Scopes.PopObject();
        return result;
    }
}

internal sealed class Import(int position, Expression source) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        var value = source.Evaluate(context);
        if (value is null || Members.Of(value) is not { } members)
            throw context.Problem(source, $"'import' needs an object; '{source.Describe}' is {ValueText.TypeName(value)}");
        foreach (var (name, member) in members)
        {
            context.Step(this);
            // As in Scriban: a name that is read-only stays as it is.
            context.Scopes.TryWriteThis(name, member);
        }
        return null;
    }
}

internal sealed class ReadOnly(int position, PathExpression variable) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        if (variable is GlobalVariable global)
            context.Scopes.ProtectGlobal(global.Name);
        else if (variable is LocalVariable local)
            context.Scopes.ProtectLocal(local.Name);
        return null;
    }
}

internal sealed class FunctionDefinition(int position, PathExpression name, FunctionBody body) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        name.Assign(context, new ScriptFunction(body, context.Template));
        return null;
    }
}

/// <summary>Statements passed to a function, which runs them with <c>$$</c>.</summary>
internal sealed class Wrap(int position, Expression target, Block body) : Statement(position)
{
    public override object? Run(RenderContext context)
    {
        context.Wrapped = body;
        var value = target.Evaluate(context);
        context.Wrapped = null;
        if (ValueText.Of(context, target, value) is { Length: > 0 } text)
            context.Output.Write(this, text);
        return null;
    }
}

/// <summary><c>$$</c></summary>
internal sealed class RunWrapped(int position) : Statement(position)
{
    public override object? Run(RenderContext context) => context.Scopes.TryReadLocal("$", out var value) && value is Block block
        ? context.RunNested(this, block)
        : throw context.Problem(this, "'$$' has meaning only in a function that is called by 'wrap'");
}
