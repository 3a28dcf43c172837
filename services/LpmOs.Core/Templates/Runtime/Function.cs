using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>Something that can be called: built in, or defined by a template.</summary>
internal abstract class Function
{
    public abstract string Name { get; }

    /// <summary>Names, defaults and kinds of the parameters; null where any arguments are taken.</summary>
    public abstract IReadOnlyList<FunctionParameter>? Parameters { get; }

    public abstract object? Invoke(RenderContext context, Node caller, ScriptArray arguments);
}

/// <summary>A function that a template defines.</summary>
internal sealed class ScriptFunction(FunctionBody body, CompiledTemplate home) : Function
{
    public override string Name => body.Name;

    public override IReadOnlyList<FunctionParameter>? Parameters => body.Parameters;

    public override object? Invoke(RenderContext context, Node caller, ScriptArray arguments)
    {
        var wrapped = context.Wrapped;
        context.Wrapped = null;
        ScriptObject? parameters = null;
        if (body.Parameters is not null)
        {
            parameters = new ScriptObject();
            for (var i = 0; i < body.Parameters.Count; i++)
                parameters.Set(body.Parameters[i].Name, arguments[i]);
        }
        var template = context.Template;
        context.Scopes.PushFunction(parameters, hidesOuter: !body.IsAnonymous);
        context.Scopes.TryWriteLocal("", arguments);
        if (wrapped is not null)
            context.Scopes.TryWriteLocal("$", wrapped);
        context.Template = home;
        context.EnterPipeGroup();
        var result = body.Inline is not null ? body.Inline.Evaluate(context) : body.Statements!.Run(context);
        context.LeavePipeGroup();
        context.Template = template;
        context.Scopes.PopFunction();
        context.Flow = Flow.None;
        return result;
    }
}
