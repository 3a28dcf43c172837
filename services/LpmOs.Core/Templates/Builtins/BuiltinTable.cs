using System.Collections.Frozen;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>All names that every template knows.</summary>
internal static class BuiltinTable
{
    public static FrozenDictionary<string, object?> All { get; } = new Dictionary<string, object?>
    {
        ["empty"] = Empty.Value,
        ["include"] = Include.Function,
        ["include_join"] = Include.Join,
        ["string"] = Module("string", StringBuiltins.All),
        ["array"] = Module("array", ArrayBuiltins.All),
        ["math"] = Module("math", MathBuiltins.All),
        ["date"] = Module("date", DateBuiltins.Date),
        ["timespan"] = Module("timespan", DateBuiltins.Span),
        ["object"] = Module("object", ObjectBuiltins.All),
        ["regex"] = Module("regex", RegexBuiltins.All),
        ["quote"] = Module("quote", QuoteBuiltins.All),
        ["html"] = Module("html", HtmlBuiltins.All),
    }.ToFrozenDictionary();

    private static FrozenDictionary<string, object?> Module(string module, IEnumerable<(string Name, FunctionParameter[]? Parameters, Func<BuiltinCall, object?> Body)> functions) =>
        functions.ToFrozenDictionary(f => f.Name, f => (object?)new Builtin($"{module}.{f.Name}", f.Body, f.Parameters));
}
