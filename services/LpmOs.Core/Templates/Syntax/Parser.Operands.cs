using System.Globalization;

namespace LpmOs.Core.Templates.Syntax;

internal sealed partial class Parser
{
    private const int UnaryPrecedence = 200;

    private Expression ParseOperand()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                return ParseName();
            case TokenKind.Local:
                return ParseLocal();
            case TokenKind.Integer or TokenKind.Hexadecimal or TokenKind.Binary or TokenKind.Float:
                Take();
                return new Literal(token.Start, Number(token));
            case TokenKind.String:
                Take();
                return new Literal(token.Start, Unescape(token.Start + 1, token.End - 1, inInterpolated: false));
            case TokenKind.Verbatim:
                Take();
                return new Literal(token.Start, _text[(token.Start + 1)..(token.End - 1)].Replace("``", "`", StringComparison.Ordinal));
            case TokenKind.Interpolated:
                Take();
                return ParseInterpolated(token);
            case TokenKind.Operator:
                return ParseOperatorOperand(token);
            default:
                throw Unexpected("expected an expression");
        }
    }

    private Expression ParseOperatorOperand(Token token)
    {
        switch (token.Operator)
        {
            case "(":
                Take();
                var inner = ParseRequired("after '('");
                Expect(")", "after the expression");
                return new Nested(token.Start, inner);
            case "[":
                return ParseArray();
            case "{":
                return ParseObject();
            case "++" or "--":
                Take();
                var operand = ParseRequired($"after '{token.Operator}'", precedence: UnaryPrecedence + 10);
                return operand is PathExpression target
                    ? new Increment(token.Start, target, token.Operator == "++" ? 1 : -1, post: false)
                    : throw new SyntaxProblem(token.Start, $"'{token.Operator}' needs a variable, member or item");
            case "!" or "-" or "+" or "@" or "^":
                Take();
                return new Unary(token.Start, token.Operator,
                    ParseRequired($"after '{token.Operator}'", token.Operator == "@" ? Parent.Alias : Parent.Other, precedence: UnaryPrecedence));
            default:
                throw Unexpected("expected an expression");
        }
    }

    private Expression ParseName()
    {
        var token = Take();
        var name = TextOf(token);
        switch (name)
        {
            case "null":
                return new Literal(token.Start, null);
            case "true":
                return new Literal(token.Start, true);
            case "false":
                return new Literal(token.Start, false);
            case "this":
                return new ThisObject(token.Start);
            case "do":
                return new AnonymousFunction(token.Start, ParseFunction("do", token.Start, isAnonymous: true));
            default:
                return new GlobalVariable(token.Start, name);
        }
    }

    private Expression ParseLocal()
    {
        var token = Take();
        var name = TextOf(token)[1..];
        if (name == "$")
            throw new SyntaxProblem(token.Start, "'$$' must stand alone in its statement");
        var variable = new LocalVariable(token.Start, name);
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new Indexer(token.Start, new LocalVariable(token.Start, ""), new Literal(token.Start, (long)index))
            : variable;
    }

    private ArrayLiteral ParseArray()
    {
        _ignoreNewLines++;
        var start = Take().Start;
        List<Expression> items = [];
        while (!Current.Is("]"))
        {
            items.Add(ParseRequired("in the array"));
            if (!Current.Is(","))
                break;
            Take();
        }
        if (!Current.Is("]"))
            throw Unexpected("expected ']' at the end of the array");
        _ignoreNewLines--;
        Take();
        return new ArrayLiteral(start, items);
    }

    private ObjectLiteral ParseObject()
    {
        _ignoreNewLines++;
        var start = Take().Start;
        List<(string, Expression)> members = [];
        while (!Current.Is("}"))
        {
            var name = Current.Kind switch
            {
                TokenKind.Identifier => TextOf(Take()),
                TokenKind.String or TokenKind.Verbatim when ParseOperand() is Literal { Value: string text } => text,
                _ => throw Unexpected("expected the name of a member"),
            };
            Expect(":", "after the name of a member");
            members.Add((name, ParseRequired("as the member's value")));
            if (!Current.Is(","))
                break;
            Take();
        }
        if (!Current.Is("}"))
            throw Unexpected("expected '}' at the end of the object");
        _ignoreNewLines--;
        Take();
        return new ObjectLiteral(start, members);
    }

    private InterpolatedString ParseInterpolated(Token token)
    {
        List<Expression> parts = [];
        var end = token.End - 1;
        var textStart = token.Start + 2;
        var at = textStart;
        while (at < end)
        {
            if (_text[at] == '\\')
            {
                at += 2;
                continue;
            }
            if (_text[at] != '{')
            {
                at++;
                continue;
            }
            if (at > textStart)
                parts.Add(new Literal(textStart, Unescape(textStart, at, inInterpolated: true)));
            var close = Lexer.ClosingBrace(_text, at, end);
            var nested = new Parser(_text, Lexer.Code(_text, at + 1, close), _maxNesting) { _nesting = _nesting, _inCode = true, _expressionLevel = 1 };
            parts.Add(nested.ParseRequired("in the braces"));
            if (nested.Current.Kind != TokenKind.Eof)
                throw nested.Unexpected("expected '}'");
            at = textStart = close + 1;
        }
        if (end > textStart)
            parts.Add(new Literal(textStart, Unescape(textStart, end, inInterpolated: true)));
        return new InterpolatedString(token.Start, parts);
    }

    private string Unescape(int start, int end, bool inInterpolated)
    {
        if (_text.IndexOf('\\', start, end - start) < 0)
            return _text[start..end];
        var result = new System.Text.StringBuilder(end - start);
        for (var i = start; i < end; i++)
        {
            if (_text[i] != '\\')
            {
                result.Append(_text[i]);
                continue;
            }
            var c = ++i < end ? _text[i] : '\0';
            switch (c)
            {
                case '\n':
                    break;
                case '\r':
                    if (i + 1 < end && _text[i + 1] == '\n')
                        i++;
                    break;
                case 'u':
                    result.Append(Code(i + 1, 4, end));
                    i += 4;
                    break;
                case 'x':
                    result.Append(Code(i + 1, 2, end));
                    i += 2;
                    break;
                case '{' when inInterpolated:
                    result.Append(c);
                    break;
                default:
                    var known = "0'\"\\bfnrtv".IndexOf(c, StringComparison.Ordinal);
                    if (known < 0 || i >= end)
                        throw new SyntaxProblem(i - 1, "unknown escape in the string; known are \\0 \\' \\\" \\\\ \\b \\f \\n \\r \\t \\v \\uXXXX \\xXX");
                    result.Append("\0'\"\\\b\f\n\r\t\v"[known]);
                    break;
            }
        }
        return result.ToString();
    }

    private char Code(int start, int digits, int end) =>
        start + digits <= end && ushort.TryParse(_text.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? (char)code
            : throw new SyntaxProblem(start - 2, $"expected {digits} hexadecimal digits after \\{_text[start - 1]}");

    private object Number(Token token)
    {
        var text = TextOf(token).Replace("_", "", StringComparison.Ordinal);
        var invariant = CultureInfo.InvariantCulture;
        switch (token.Kind)
        {
            case TokenKind.Integer when long.TryParse(text, NumberStyles.Integer | NumberStyles.AllowExponent, invariant, out var integer):
                return integer;
            case TokenKind.Hexadecimal or TokenKind.Binary:
                var unsigned = text[^1] is 'u' or 'U';
                var digits = text.AsSpan(2, text.Length - 2 - (unsigned ? 1 : 0));
                var style = token.Kind == TokenKind.Binary ? NumberStyles.AllowBinarySpecifier : NumberStyles.AllowHexSpecifier;
                if (ulong.TryParse(digits, style, invariant, out var bits) && (!unsigned || bits <= long.MaxValue))
                    return bits <= uint.MaxValue ? unsigned ? (long)bits : (int)(uint)bits : (object)(long)bits;
                break;
            case TokenKind.Float when text[^1] is 'm' or 'M':
                if (decimal.TryParse(text[..^1], NumberStyles.Float, invariant, out var exact))
                    return exact;
                break;
            case TokenKind.Float:
                // Scriban's 32-bit floats are read as 64-bit ones.
                if (double.TryParse(text[^1] is 'f' or 'F' or 'd' or 'D' ? text[..^1] : text, NumberStyles.Float, invariant, out var real))
                    return real;
                break;
        }
        throw new SyntaxProblem(token.Start, $"the number {text} is not valid or out of range");
    }
}
