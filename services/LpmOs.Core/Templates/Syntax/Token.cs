namespace LpmOs.Core.Templates.Syntax;

internal enum TokenKind
{
    Raw,
    EscapeEnter,
    Escape,
    EscapeExit,
    CodeEnter,
    CodeExit,
    NewLine,
    Semicolon,
    Identifier,
    /// <summary><c>$name</c>, <c>$0</c>, <c>$</c> and <c>$$</c>.</summary>
    Local,
    Integer,
    Hexadecimal,
    Binary,
    Float,
    String,
    Verbatim,
    Interpolated,
    Operator,
    Eof,
}

/// <summary>A piece of the source, [Start, End). <see cref="Operator"/> is the operator's own text, otherwise empty.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Operator = "")
{
    public bool Is(string op) => Kind == TokenKind.Operator && Operator == op;
}
