using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary><c>include</c>: another template's output (language reference, 9.11). Names are relative to the templates folder.</summary>
internal static class Include
{
    public static readonly Builtin Function = new("include", call =>
    {
        if (call.Arguments.Count == 0)
            throw call.Problem("needs the name of a template");
        return Render(call, call.Text(0), call.Arguments);
    }, null);

    public static readonly Builtin Join = new("include_join", call =>
    {
        List<string> parts = [];
        foreach (var name in call.List(0))
            parts.Add(Render(call, ValueText.Of(call.Context, call.Caller, name) ?? "", call.Arguments));
        var text = string.Join(TextOrTemplate(call, 1), parts);
        return text.Length == 0 ? text : TextOrTemplate(call, 2) + text + TextOrTemplate(call, 3);
    }, new("template_names"), new("separator"), new("begin", IsOptional: true), new("end", IsOptional: true));

    private static string TextOrTemplate(BuiltinCall call, int index)
    {
        var text = call.Text(index);
        return text.StartsWith("tpl:", StringComparison.Ordinal) ? Render(call, text[4..], call.Arguments) : text;
    }

    private static string Render(BuiltinCall call, string name, ScriptArray arguments)
    {
        var context = call.Context;
        if (context.IncludeDepth >= context.Limits.MaxIncludeDepth)
            throw call.Problem($"is nested deeper than {context.Limits.MaxIncludeDepth} levels at '{name}'");
        var template = context.Engine.TryLoad(name, out var problem) ?? throw call.Problem($"'{name}': {problem}");
        context.Sources?.Add(name);
        var caller = context.Template;
        context.Template = template;
        context.IncludeDepth++;
        var state = context.Output.PushInclude();
        context.Scopes.PushLocals();
        context.Scopes.TryWriteLocal("", arguments);
        foreach (var (member, value) in arguments.NamedMembers)
            context.Scopes.TryWriteLocal(member, value);
        template.Root.Run(context);
        context.Flow = Flow.None;
        context.Scopes.PopLocals();
        context.IncludeDepth--;
        context.Template = caller;
        return context.Output.PopInclude(state);
    }
}
