namespace LpmOs.Core.Templates.Syntax;

/// <summary>Parameters and body of a function. Without parentheses in its definition a function takes any arguments, in <c>$</c>.</summary>
internal sealed record FunctionBody
{
    public required string Name { get; init; }
    public required bool IsAnonymous { get; init; }
    /// <summary>Null: any arguments, in <c>$</c>.</summary>
    public IReadOnlyList<FunctionParameter>? Parameters { get; init; }
    public Statement? Statements { get; init; }
    /// <summary>For <c>f(x) = expression</c>.</summary>
    public Expression? Inline { get; init; }
}

/// <param name="Name">The name it has in the body.</param>
/// <param name="IsOptional">Has a default value.</param>
/// <param name="Default">The default value.</param>
/// <param name="TakesRest"><c>name...</c>: an array of all arguments that are left.</param>
internal sealed record FunctionParameter(string Name, bool IsOptional = false, object? Default = null, bool TakesRest = false);
