namespace LpmOs.Core.Templates.Syntax;

internal sealed partial class Lexer
{
    private const int MaxInterpolationDepth = 8;
    private int _depth;

    /// <summary>Longest first, so that the first match is the operator.</summary>
    private static readonly string[] Operators =
    [
        "//=", "..<", "...",
        "++", "--", "+=", "-=", "*=", "/=", "%=", "//", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "|>", "??", "?.", "?!", "..", "^^",
        "+", "-", "*", "/", "%", "=", "<", ">", "!", "&", "|", "?", ":", "@", "^", ",", "(", ")", "[", "]", "{", "}", ".",
    ];

    private void ReadCodeToken()
    {
        var c = Current;
        var start = _at;
        if (c is '\n' or '\r')
        {
            while (_at < _end && char.IsWhiteSpace(_text[_at]))
                _at++;
            Add(TokenKind.NewLine, start, start + 1);
        }
        else if (char.IsWhiteSpace(c))
            _at++;
        else if (c == ';')
            Add(TokenKind.Semicolon, start, ++_at);
        else if (c == '#')
            SkipComment();
        else if (c is '"' or '\'')
            ReadString(TokenKind.String);
        else if (c == '`')
            ReadVerbatim();
        else if (c == '$' && Peek(1) is '"' or '\'')
            ReadInterpolated();
        else if (c == '$')
            ReadLocal();
        else if (IsNameStart(c))
        {
            SkipName();
            Add(TokenKind.Identifier, start, _at);
        }
        else if (char.IsAsciiDigit(c))
            ReadNumber();
        else
            ReadOperator();
    }

    private static bool IsNameStart(char c) => c == '_' || char.IsLetter(c);

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsDigit(c);

    private void SkipName()
    {
        while (_at < _end && IsNamePart(_text[_at]))
            _at++;
    }

    private void ReadLocal()
    {
        var start = _at++;
        if (Current == '$')
            _at++;
        else
            SkipName();
        Add(TokenKind.Local, start, _at);
    }

    private void SkipComment()
    {
        var multi = Peek(1) == '#';
        _at += multi ? 2 : 1;
        while (_at < _end && ExitLength(0) == 0)
        {
            if (multi && Current == '#' && Peek(1) == '#')
            {
                _at += 2;
                return;
            }
            if (!multi && Current is '\n' or '\r')
                return;
            _at++;
        }
    }

    private void ReadOperator()
    {
        foreach (var op in Operators)
        {
            if (string.CompareOrdinal(_text, _at, op, 0, op.Length) != 0 || _at + op.Length > _end)
                continue;
            if (op == "{")
                _openBraces++;
            else if (op == "}" && _openBraces > 0)
                _openBraces--;
            Add(TokenKind.Operator, _at, _at + op.Length, op);
            _at += op.Length;
            return;
        }
        throw new SyntaxProblem(_at, $"unexpected character {Describe(Current)}");
    }

    private static string Describe(char c) => char.IsControl(c) ? $"U+{(int)c:X4}" : $"'{c}'";

    private void ReadNumber()
    {
        var start = _at;
        if (Current == '0' && Peek(1) is 'x' or 'b')
        {
            var hexadecimal = Peek(1) == 'x';
            _at += 2;
            while (_at < _end && (Current == '_' || (hexadecimal ? char.IsAsciiHexDigit(Current) : Current is '0' or '1')))
                _at++;
            if (Current is 'u' or 'U')
                _at++;
            Add(hexadecimal ? TokenKind.Hexadecimal : TokenKind.Binary, start, _at);
            return;
        }
        var isFloat = false;
        while (char.IsAsciiDigit(Current) || Current == '_')
            _at++;
        if (Current == '.' && Peek(1) != '.' && (IsPostfix(Peek(1)) || !char.IsLetter(Peek(1)) || Peek(1) is 'e' or 'E'))
        {
            isFloat = true;
            _at++;
            while (char.IsAsciiDigit(Current))
                _at++;
        }
        if (Current is 'e' or 'E')
        {
            _at++;
            if (Current is '+' or '-')
                _at++;
            if (!char.IsAsciiDigit(Current))
                throw new SyntaxProblem(_at, "a digit is expected after the exponent");
            while (char.IsAsciiDigit(Current))
                _at++;
        }
        if (IsPostfix(Current) && !IsNamePart(Peek(1)))
        {
            isFloat = true;
            _at++;
        }
        Add(isFloat ? TokenKind.Float : TokenKind.Integer, start, _at);
    }

    private static bool IsPostfix(char c) => c is 'f' or 'F' or 'd' or 'D' or 'm' or 'M';

    private void ReadString(TokenKind kind)
    {
        var start = _at;
        var quote = Current;
        _at++;
        while (_at < _end && Current != quote)
            _at += Current == '\\' ? 2 : 1;
        if (_at >= _end)
            throw new SyntaxProblem(start, $"the string is not closed: a closing {quote} is missing");
        _at++;
        Add(kind, start, _at);
    }

    private void ReadVerbatim()
    {
        var start = _at++;
        while (_at < _end && (Current != '`' || Peek(1) == '`'))
            _at += Current == '`' ? 2 : 1;
        if (_at >= _end)
            throw new SyntaxProblem(start, "the string is not closed: a closing ` is missing");
        _at++;
        Add(TokenKind.Verbatim, start, _at);
    }

    private void ReadInterpolated()
    {
        var start = _at++;
        var quote = Current;
        _at++;
        while (_at < _end && Current != quote)
        {
            if (Current == '\\')
                _at += 2;
            else if (Current == '{')
                _at = SkipInterpolation(start);
            else
                _at++;
        }
        if (_at >= _end)
            throw new SyntaxProblem(start, $"the string is not closed: a closing {quote} is missing");
        _at++;
        Add(TokenKind.Interpolated, start, _at);
    }

    private int SkipInterpolation(int start) => ClosingBrace(_text, _at, _end, _depth + 1) is var close and >= 0
        ? close + 1
        : throw new SyntaxProblem(start, "an expression in the string is not closed: a } is missing");

    /// <summary>Offset of the brace that closes the one at <paramref name="open"/>, past nested strings and braces; -1 where there is none.</summary>
    public static int ClosingBrace(string text, int open, int end, int depth = 0)
    {
        if (depth > MaxInterpolationDepth)
            throw new SyntaxProblem(open, $"strings with braces are nested deeper than {MaxInterpolationDepth} levels");
        var nested = new Lexer(text, open + 1, end) { _openBraces = 1, _depth = depth };
        while (nested._at < end)
        {
            nested.ReadCodeToken();
            if (nested._openBraces == 0)
                return nested._at - 1;
        }
        return -1;
    }
}
