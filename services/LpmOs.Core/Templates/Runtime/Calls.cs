using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>Calls of functions: the piped value first, then the arguments in order, then those by name.</summary>
internal static class Calls
{
    public static readonly List<Expression> NoArguments = [];

    public static object? Invoke(RenderContext context, Expression caller, Function function, List<Expression> arguments, bool takesPipe)
    {
        var values = new List<object?>(arguments.Count + 1);
        var wrapped = context.Wrapped;
        context.Wrapped = null;
        if (takesPipe && context.TryTakePipe(out var from))
            AddValue(context, from, values);
        List<(string Name, object? Value)>? named = null;
        foreach (var argument in arguments)
        {
            if (argument is NamedArgument byName)
                (named ??= []).Add((byName.Name, byName.Evaluate(context)));
            else
                AddValue(context, argument, values);
        }
        context.Step(caller);
        context.Wrapped = wrapped;
        return function.Invoke(context, caller, Arrange(context, caller, function, values, named));
    }

    /// <summary>One argument; with <c>^</c> all items of a list.</summary>
    private static void AddValue(RenderContext context, Expression argument, List<object?> values)
    {
        var value = argument.Evaluate(context);
        if (argument is Unary { Operator: "^" } && value is not null)
            values.AddRange(Members.AsList(context, argument, value) ?? [value]);
        else
            values.Add(value);
    }

    /// <summary>Calls a function with values, as <c>array.each</c> does.</summary>
    public static object? Invoke(RenderContext context, Node caller, Function function, params List<object?> values)
    {
        context.Step(caller);
        return function.Invoke(context, caller, Arrange(context, caller, function, values, null));
    }

    private static ScriptArray Arrange(RenderContext context, Node caller, Function function, List<object?> values, List<(string Name, object? Value)>? named)
    {
        if (function.Parameters is not { } parameters)
        {
            var all = ScriptArray.From(values);
            foreach (var (name, value) in named ?? [])
                all.TrySetMember(name, value);
            return all;
        }
        var takesRest = parameters.Count > 0 && parameters[^1].TakesRest;
        // As nearly every call is: the values are the arguments.
        if (values.Count == parameters.Count && !takesRest && named is null)
            return new ScriptArray(values);
        if (values.Count > parameters.Count && !takesRest)
            throw context.Problem(caller, $"'{function.Name}' takes {Count(parameters.Count)}, got {values.Count}");
        var result = new ScriptArray(parameters.Count);
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            var index = named?.FindIndex(n => n.Name == parameter.Name) ?? -1;
            if (parameter.TakesRest)
                result.Add(ScriptArray.From(values.Skip(i)));
            else if (i < values.Count)
                result.Add(values[i]);
            else if (index >= 0)
                result.Add(named![index].Value);
            else if (parameter.IsOptional)
                result.Add(parameter.Default);
            else
                throw context.Problem(caller, $"'{function.Name}' needs an argument '{parameter.Name}'");
            if (index >= 0 && i >= values.Count)
                named!.RemoveAt(index);
        }
        return named is { Count: > 0 }
            ? throw context.Problem(caller, $"'{function.Name}' has no parameter '{named[0].Name}', or got it twice")
            : result;
    }

    private static string Count(int count) => count == 1 ? "1 argument" : $"{count} arguments";
}
