using LpmOs.Core.Templates.Runtime;

namespace LpmOs.Core.Templates.Syntax;

internal sealed partial class Parser
{
    /// <summary>Statements up to <c>end</c>, <c>else</c>, <c>when</c> (not taken) or the end of the source (then <paramref name="terminator"/> is empty).</summary>
    private Block ParseStatements(out string terminator)
    {
        Enter();
        var level = _expressionLevel;
        var ignored = _ignoreNewLines;
        _expressionLevel = 0;
        _ignoreNewLines = 0;
        var start = Current.Start;
        List<Statement> statements = [];
        terminator = "";
        while (Current.Kind != TokenKind.Eof)
        {
            var token = Current;
            if (_inCode && token.Kind == TokenKind.Identifier && TextOf(token) is "end" or "else" or "when")
            {
                terminator = TextOf(token);
                break;
            }
            if (ParseStatement(token, statements) is { } statement)
                statements.Add(statement);
        }
        _expressionLevel = level;
        _ignoreNewLines = ignored;
        Leave();
        return new Block(start, statements);
    }

    /// <summary>Statements up to and with their <c>end</c>.</summary>
    private Block ParseBody(string owner, int position, bool endsStatement = true)
    {
        var block = ParseStatements(out var terminator);
        ExpectEnd(owner, position, terminator, endsStatement);
        return block;
    }

    private void ExpectEnd(string owner, int position, string terminator, bool endsStatement = true)
    {
        if (terminator.Length == 0)
            throw new SyntaxProblem(position, $"this '{owner}' has no 'end'");
        if (terminator != "end")
            throw new SyntaxProblem(Current.Start, $"'{terminator}' does not belong in a '{owner}'");
        Take();
        if (endsStatement)
            ExpectEndOfStatement();
    }

    private Statement? ParseStatement(Token token, List<Statement> before)
    {
        switch (token.Kind)
        {
            case TokenKind.Raw or TokenKind.Escape:
                Take();
                return new Text(token.Start, _text, token.Start, token.End - token.Start);
            case TokenKind.CodeEnter:
                Take();
                _inCode = true;
                return new BlockEdge(token.Start, true, before.Count > 0 && before[^1] is Text ? IndentBefore(token) : "");
            case TokenKind.EscapeEnter:
                Take();
                return new BlockEdge(token.Start, true, "");
            case TokenKind.CodeExit or TokenKind.EscapeExit:
                Take();
                _inCode = false;
                return new BlockEdge(token.Start, false, "");
            case TokenKind.NewLine or TokenKind.Semicolon:
                Take();
                return null;
            case TokenKind.Identifier:
                return ParseKeyword(TextOf(token), token.Start);
            case TokenKind.Local when TextOf(token) == "$$":
                Take();
                ExpectEndOfStatement();
                return new RunWrapped(token.Start);
            default:
                return ParseExpressionStatement();
        }
    }

    /// <summary>Whitespace between the last line end and a code block that has only whitespace before it on its line (language reference, 1.5).</summary>
    private string IndentBefore(Token enter)
    {
        var end = _tokens[_next - 2].End;
        for (var i = end - 1; i >= 0; i--)
        {
            if (_text[i] == '\n')
                return _text[(i + 1)..end];
            if (!char.IsWhiteSpace(_text[i]))
                return "";
        }
        return end <= enter.Start ? _text[..end] : "";
    }

    private Statement ParseKeyword(string word, int position)
    {
        switch (word)
        {
            case "if":
                return ParseIf();
            case "case":
                return ParseCase();
            case "for" when !PeekNext().Is("."):
                return ParseFor();
            case "while" when !PeekNext().Is("."):
                return ParseWhile();
            case "break" or "continue":
                Take();
                ExpectEndOfStatement();
                return new FlowStatement(position, word == "break" ? Flow.Break : Flow.Continue);
            case "ret":
                Take();
                var value = IsExpressionStart() ? ParseExpression() : null;
                ExpectEndOfStatement();
                return new Return(position, value);
            case "capture":
                Take();
                var target = ParsePath("capture");
                ExpectEndOfStatement();
                return new Capture(position, target, ParseBody("capture", position));
            case "with":
                Take();
                var scope = ParseExpression();
                ExpectEndOfStatement();
                return new With(position, scope, ParseBody("with", position));
            case "wrap":
                Take();
                var call = ParseExpression();
                ExpectEndOfStatement();
                return new Wrap(position, call, ParseBody("wrap", position));
            case "import":
                Take();
                var source = ParseExpression();
                ExpectEndOfStatement();
                return new Import(position, source);
            case "readonly":
                Take();
                var variable = ParsePath("readonly");
                ExpectEndOfStatement();
                return new ReadOnly(position, variable);
            case "func":
                Take();
                var name = ParsePath("func");
                return new FunctionDefinition(position, name, ParseFunction(name.Describe, position, isAnonymous: false));
            case "tablerow":
                throw new SyntaxProblem(position, "'tablerow' is not supported: it makes HTML");
            default:
                return ParseExpressionStatement();
        }
    }

    private Statement ParseExpressionStatement()
    {
        var start = Current.Start;
        var expression = ParseExpression(allowAssignment: true);
        if (expression is Call { IsExplicit: true, Target: GlobalVariable name } call && Current.Is("="))
        {
            Take();
            var parameters = call.Arguments.ConvertAll(a => a is GlobalVariable parameter
                ? new FunctionParameter(parameter.Name)
                : throw new SyntaxProblem(a.Position, "a parameter of a function is a plain name"));
            var inline = ParseExpression();
            ExpectEndOfStatement();
            return new FunctionDefinition(start, name, new FunctionBody { Name = name.Name, IsAnonymous = false, Parameters = parameters, Inline = inline });
        }
        ExpectEndOfStatement();
        return new ExpressionStatement(start, expression);
    }

    private If ParseIf()
    {
        var position = Take().Start;
        var condition = ParseExpression();
        ExpectEndOfStatement();
        var then = ParseStatements(out var terminator);
        if (terminator != "else")
        {
            ExpectEnd("if", position, terminator);
            return new If(position, condition, then, null);
        }
        if (IsWord(PeekNext(), "if"))
        {
            Take();
            Enter();
            var next = ParseIf();
            Leave();
            return new If(position, condition, then, next);
        }
        return new If(position, condition, then, ParseElse("if", position));
    }

    private Block ParseElse(string owner, int position)
    {
        Take();
        ExpectEndOfStatement();
        return ParseBody(owner, position);
    }

    private Case ParseCase()
    {
        var position = Take().Start;
        var value = ParseExpression();
        ExpectEndOfStatement();
        var preamble = ParseStatements(out var terminator);
        if (!preamble.HasOnlyText)
            throw new SyntaxProblem(preamble.Position, "only 'when' and 'else' may stand directly in a 'case'");
        List<(List<Expression>, Block)> whens = [];
        while (terminator == "when")
        {
            var values = ParseWhenValues();
            ExpectEndOfStatement();
            whens.Add((values, ParseStatements(out terminator)));
        }
        if (terminator == "else")
            return new Case(position, value, whens, ParseElse("case", position));
        ExpectEnd("case", position, terminator);
        return new Case(position, value, whens, null);
    }

    private List<Expression> ParseWhenValues()
    {
        Take();
        List<Expression> values = [];
        while (IsExpressionStart())
        {
            values.Add(ParseExpression(mode: Mode.When));
            if (Current.Is(",") || Current.Is("||"))
                Take();
        }
        return values.Count > 0 ? values : throw Unexpected("'when' needs at least one value");
    }

    private For ParseFor()
    {
        var position = Take().Start;
        var variable = ParsePath("for");
        if (!IsWord(Current, "in"))
            throw Unexpected("expected 'in'");
        Take();
        _loopArguments = new LoopArguments(null, null, false);
        var items = ParseExpression(parent: Parent.Loop);
        var arguments = _loopArguments;
        ExpectEndOfStatement();
        var body = ParseStatements(out var terminator);
        if (terminator == "else")
            return new For(position, variable, items, arguments, body, ParseElse("for", position));
        ExpectEnd("for", position, terminator);
        return new For(position, variable, items, arguments, body, null);
    }

    private While ParseWhile()
    {
        var position = Take().Start;
        var condition = ParseExpression();
        ExpectEndOfStatement();
        return new While(position, condition, ParseBody("while", position));
    }

    private PathExpression ParsePath(string owner)
    {
        if (!IsExpressionStart())
            throw Unexpected($"'{owner}' needs a variable");
        var expression = ParseExpression(mode: Mode.Basic);
        return expression as PathExpression ?? throw new SyntaxProblem(expression.Position, $"'{owner}' needs a variable");
    }

    private FunctionBody ParseFunction(string name, int position, bool isAnonymous)
    {
        List<FunctionParameter>? parameters = null;
        if (Current.Is("("))
        {
            Take();
            parameters = [];
            while (!Current.Is(")"))
            {
                if (parameters.Count > 0)
                    Expect(",", "between parameters");
                parameters.Add(ParseParameter(parameters));
            }
            Take();
        }
        ExpectEndOfStatement();
        var body = ParseBody(isAnonymous ? "do" : "func", position, endsStatement: !isAnonymous);
        return new FunctionBody { Name = name, IsAnonymous = isAnonymous, Parameters = parameters, Statements = body };
    }

    private FunctionParameter ParseParameter(List<FunctionParameter> before)
    {
        if (Current.Kind != TokenKind.Identifier)
            throw Unexpected("expected the name of a parameter");
        var name = TextOf(Take());
        if (before.Count > 0 && before[^1].TakesRest)
            throw new SyntaxProblem(Current.Start, "nothing can follow a parameter with '...'");
        if (Current.Is("..."))
        {
            Take();
            return new FunctionParameter(name, TakesRest: true);
        }
        if (!Current.Is("="))
            return before.Exists(p => p.IsOptional)
                ? throw new SyntaxProblem(Current.Start, $"parameter '{name}' needs a default value because one before it has one")
                : new FunctionParameter(name);
        Take();
        var value = ParseExpression();
        return value is Literal literal
            ? new FunctionParameter(name, IsOptional: true, literal.Value)
            : throw new SyntaxProblem(value.Position, "the default value of a parameter is a literal");
    }
}
