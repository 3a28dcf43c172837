namespace LpmOs.Core.Templates.Syntax;

/// <summary>
/// Splits a template into text and code tokens and applies whitespace control.
/// Rules: Scriban language reference, sections 1 (blocks, escape blocks, whitespace control) and 2 (comments).
/// </summary>
internal sealed partial class Lexer
{
    private readonly string _text;
    private readonly int _end;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _openBraces;

    private Lexer(string text, int start, int end)
    {
        _text = text;
        _at = start;
        _end = end;
    }

    public static List<Token> Template(string text)
    {
        var lexer = new Lexer(text, 0, text.Length);
        lexer.ReadTemplate();
        return lexer._tokens;
    }

    /// <summary>Code only: what stands between the braces of an interpolated string.</summary>
    public static List<Token> Code(string text, int start, int end)
    {
        var lexer = new Lexer(text, start, end);
        while (lexer._at < end)
            lexer.ReadCodeToken();
        lexer.Add(TokenKind.Eof, end, end);
        return lexer._tokens;
    }

    private char Current => _at < _end ? _text[_at] : '\0';

    private char Peek(int ahead) => _at + ahead < _end ? _text[_at + ahead] : '\0';

    private void Add(TokenKind kind, int start, int end, string op = "") => _tokens.Add(new Token(kind, start, end, op));

    private void ReadTemplate()
    {
        while (_at < _end)
        {
            var enter = FindEnter(_at, out var escapes);
            AddRaw(TokenKind.Raw, _at, enter < 0 ? _end : enter, enter < 0 ? '\0' : CharAt(enter + escapes + 2));
            if (enter < 0)
            {
                _at = _end;
                break;
            }
            _at = enter + escapes + 2;
            if (Current is '-' or '~')
                _at++;
            if (escapes > 0)
                ReadEscapeBlock(enter, escapes);
            else
                ReadCodeBlock(enter);
        }
        Add(TokenKind.Eof, _end, _end);
    }

    private char CharAt(int offset) => offset < _end ? _text[offset] : '\0';

    /// <summary>Next <c>{{</c> or <c>{%{</c> (any number of %), or -1.</summary>
    private int FindEnter(int from, out int escapes)
    {
        for (var i = _text.IndexOf('{', from); i >= 0; i = _text.IndexOf('{', i + 1))
        {
            escapes = 0;
            while (CharAt(i + 1 + escapes) == '%')
                escapes++;
            if (CharAt(i + 1 + escapes) == '{')
                return i;
        }
        escapes = 0;
        return -1;
    }

    private void AddRaw(TokenKind kind, int start, int end, char strip)
    {
        if (strip == '-')
        {
            while (end > start && char.IsWhiteSpace(_text[end - 1]))
                end--;
        }
        else if (strip == '~')
        {
            while (end > start && char.IsWhiteSpace(_text[end - 1]) && !IsLineEnd(end - 1))
                end--;
        }
        if (end > start)
            Add(kind, start, end);
    }

    private bool IsLineEnd(int offset) => _text[offset] == '\n' || (_text[offset] == '\r' && CharAt(offset + 1) != '\n');

    private void ReadEscapeBlock(int enter, int escapes)
    {
        Add(TokenKind.EscapeEnter, enter, _at);
        var start = _at;
        while (_at < _end && ExitLength(escapes) == 0)
            _at++;
        if (_at >= _end)
            throw new SyntaxProblem(enter, $"the escape block is not closed: a closing }}{new string('%', escapes)}}} is missing");
        // Only what follows an escape block is stripped, as in Scriban; its content is kept as written.
        if (_at > start)
            Add(TokenKind.Escape, start, _at);
        Exit(TokenKind.EscapeExit, escapes);
    }

    private void ReadCodeBlock(int enter)
    {
        Add(TokenKind.CodeEnter, enter, _at);
        _openBraces = 0;
        while (_at < _end)
        {
            if (ExitLength(0) != 0)
            {
                Exit(TokenKind.CodeExit, 0);
                return;
            }
            ReadCodeToken();
        }
    }

    /// <summary>Length of <c>}}</c>, <c>-}}</c>, <c>~}}</c> here; 0 where the block goes on.</summary>
    private int ExitLength(int escapes)
    {
        if (_openBraces > 0)
            return 0;
        var ahead = Current is '-' or '~' ? 1 : 0;
        if (Peek(ahead++) != '}')
            return 0;
        for (var i = 0; i < escapes; i++)
        {
            if (Peek(ahead++) != '%')
                return 0;
        }
        return Peek(ahead++) == '}' ? ahead : 0;
    }

    private void Exit(TokenKind kind, int escapes)
    {
        var strip = Current;
        var length = ExitLength(escapes);
        Add(kind, _at, _at + length);
        _at += length;
        if (strip is not ('-' or '~'))
            return;
        while (_at < _end && char.IsWhiteSpace(_text[_at]))
        {
            if (_text[_at++] == '\n' && strip == '~')
                break;
        }
    }
}
