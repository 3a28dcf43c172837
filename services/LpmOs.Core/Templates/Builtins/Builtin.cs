using System.Globalization;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>A built-in function.</summary>
internal sealed class Builtin(string name, Func<BuiltinCall, object?> body, params FunctionParameter[]? parameters) : Function
{
    public override string Name => name;

    public override IReadOnlyList<FunctionParameter>? Parameters => parameters;

    public override object? Invoke(RenderContext context, Node caller, ScriptArray arguments)
    {
        context.Enter(caller);
        var call = new BuiltinCall(context, caller, name, arguments);
        var result = body(call);
        context.Leave();
        return result is string text ? context.Charge(caller, text) : result is int number ? (long)number : result;
    }
}

/// <summary>One call of a built-in function: its arguments, converted as asked.</summary>
internal readonly record struct BuiltinCall(RenderContext Context, Node Caller, string Name, ScriptArray Arguments)
{
    public object? this[int index] => Arguments[index];

    /// <summary>The argument as text; null as the empty string.</summary>
    public string Text(int index) => TextOrNull(index) ?? "";

    public string? TextOrNull(int index) => ValueText.Of(Context, Caller, Arguments[index]);

    public int Int(int index) => Operators.ToInt(Context, Caller, Arguments[index]);

    public double Double(int index) => Double(Arguments[index]);

    public double Double(object? value) => value switch
    {
        null => 0,
        long number => number,
        double number => number,
        decimal number => (double)number,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Problem($"needs a number, got {ValueText.TypeName(value)}"),
    };

    public bool Flag(int index) => Operators.IsTrue(Arguments[index]);

    /// <summary>The argument as a list; null as the empty list.</summary>
    public IReadOnlyList<object?> List(int index)
    {
        if (Arguments[index] is not { } value)
            return [];
        var list = Members.AsList(Context, Caller, value) ?? throw Problem($"needs a list, got {ValueText.TypeName(value)}");
        Context.Step(Caller, list.Count);
        return list;
    }

    public IReadOnlyDictionary<string, object?> Object(int index) =>
        (Arguments[index] is { } value ? Members.Of(value) : null) ?? throw Problem($"needs an object, got {ValueText.TypeName(Arguments[index])}");

    public Function Function(int index) => Arguments[index] as Function ?? throw Problem($"needs a function (write @name), got {ValueText.TypeName(Arguments[index])}");

    public object? Call(Function function, params List<object?> values) => Calls.Invoke(Context, Caller, function, values);

    public TemplateException Problem(string problem, Exception? cause = null) => Context.Problem(Caller, $"{Name} {problem}", cause);
}
