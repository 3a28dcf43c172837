namespace LpmOs.Core.Templates.Syntax;

/// <summary>Recursive-descent parser of the Scriban language: tokens to statements.</summary>
internal sealed partial class Parser
{
    private readonly string _text;
    private readonly List<Token> _tokens;
    private readonly int _maxNesting;
    private int _next;
    private int _nesting;
    /// <summary>Above 0 line ends are mere whitespace: inside brackets and braces, after a pipe.</summary>
    private int _ignoreNewLines;
    private int _expressionLevel;
    private bool _inCode;

    private Parser(string text, List<Token> tokens, int maxNesting)
    {
        _text = text;
        _tokens = tokens;
        _maxNesting = maxNesting;
    }

    public static Block Parse(string text, int maxNesting)
    {
        var parser = new Parser(text, Lexer.Template(text), maxNesting);
        var block = parser.ParseStatements(out var terminator);
        return terminator.Length == 0
            ? block
            : throw new SyntaxProblem(parser._tokens[Math.Max(0, parser._next)].Start, $"'{terminator}' without the beginning of a block that it could belong to");
    }

    private Token Current
    {
        get
        {
            SkipHidden();
            return _tokens[_next];
        }
    }

    private void SkipHidden()
    {
        while (_ignoreNewLines > 0 && _tokens[_next].Kind == TokenKind.NewLine)
            _next++;
    }

    private Token PeekNext()
    {
        SkipHidden();
        var i = _next + 1;
        while (i < _tokens.Count - 1 && _ignoreNewLines > 0 && _tokens[i].Kind == TokenKind.NewLine)
            i++;
        return i < _tokens.Count ? _tokens[i] : _tokens[^1];
    }

    private Token Take()
    {
        var token = Current;
        if (_next < _tokens.Count - 1)
            _next++;
        return token;
    }

    private string TextOf(Token token) => _text[token.Start..token.End];

    private bool IsWord(Token token, string word) => token.Kind == TokenKind.Identifier && _text.AsSpan(token.Start, token.End - token.Start).SequenceEqual(word);

    private void Expect(string op, string where)
    {
        if (!Current.Is(op))
            throw Unexpected($"expected '{op}' {where}");
        Take();
    }

    private SyntaxProblem Unexpected(string expectation)
    {
        var found = Current.Kind switch
        {
            TokenKind.Eof => "the end of the template",
            TokenKind.NewLine => "the end of the line",
            TokenKind.CodeExit => "the end of the code block",
            TokenKind.Raw or TokenKind.Escape => "text",
            _ => $"'{TextOf(Current)}'",
        };
        return new SyntaxProblem(Current.Start, $"{expectation}, found {found}");
    }

    private void Enter()
    {
        if (++_nesting > _maxNesting)
            throw new SyntaxProblem(_tokens[_next].Start, $"nested deeper than {_maxNesting} levels");
    }

    private void Leave() => _nesting--;

    private void ExpectEndOfStatement()
    {
        switch (Current.Kind)
        {
            case TokenKind.NewLine or TokenKind.Semicolon:
                Take();
                return;
            case TokenKind.CodeExit or TokenKind.Eof:
                return;
            default:
                throw Unexpected("expected the end of the statement");
        }
    }
}
