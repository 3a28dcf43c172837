namespace LpmOs.Core.Templates.Syntax;

internal sealed partial class Parser
{
    private enum Parent
    {
        Other,
        Pipe,
        Alias,
        Loop,
    }

    private enum Mode
    {
        Default,
        /// <summary>Inside <c>a ? b : c</c>, where a colon does not make a named argument.</summary>
        NoNamedArgument,
        /// <summary>A value with its members and indexers only.</summary>
        Basic,
        /// <summary>Values of <c>when</c>, which <c>||</c> separates.</summary>
        When,
    }

    /// <summary>What the <c>for</c> being parsed was given.</summary>
    private LoopArguments _loopArguments = new(null, null, false);

    private Expression ParseExpression(
        Parent parent = Parent.Other, bool inCall = false, int precedence = 0, Mode mode = Mode.Default, bool allowAssignment = false)
    {
        Enter();
        _expressionLevel++;
        var result = ParseExpressionCore(parent, inCall, precedence, mode, allowAssignment && _expressionLevel == 1);
        _expressionLevel--;
        Leave();
        return result;
    }

    /// <summary>
    /// An expression, with what Scriban's grammar makes of juxtaposition: <c>f a b</c> is a call whose arguments extend over
    /// binary operators (<c>f a + 1 b</c> is <c>f(a + 1, b)</c>), and a pipe takes all that stands before it.
    /// </summary>
    private Expression ParseExpressionCore(Parent parent, bool inCall, int precedence, Mode mode, bool allowAssignment)
    {
        var innerMode = mode == Mode.When ? Mode.Default : mode;
        Expression? callTarget = null;
        List<Expression> arguments = [];
        while (true)
        {
            var left = ParseOperand();
            var isBlock = left is AnonymousFunction;
            while (!isBlock)
            {
                if (TryParsePostfix(ref left, innerMode))
                    continue;
                if (innerMode == Mode.Basic || parent == Parent.Alias)
                    break;
                if (Current.Is(":") && innerMode != Mode.NoNamedArgument && left is GlobalVariable argument)
                {
                    Take();
                    left = new NamedArgument(left.Position, argument.Name, ParseExpression());
                    break;
                }
                if (allowAssignment && callTarget is null && AssignmentOperator() is { } assignment && left is PathExpression path and not Nested)
                {
                    Take();
                    return new Assignment(left.Position, path, assignment, ParseRequired("to the right of the assignment"));
                }
                if (BinaryPrecedence(Current) is var next and > 0 && !(mode == Mode.When && Current.Is("||")))
                {
                    if (next <= precedence)
                        break;
                    var op = Take().Operator;
                    Enter();
                    left = new Binary(left.Position, op, left,
                        ParseRequired($"to the right of '{op}'", inCall: callTarget is not null || inCall, precedence: next, mode: innerMode));
                    continue;
                }
                if (Current.Is("?") && precedence == 0)
                {
                    left = ParseConditional(Close(ref callTarget, arguments, left));
                    break;
                }
                if (IsExpressionStart() && !inCall)
                {
                    if (parent == Parent.Loop && Current.Kind == TokenKind.Identifier)
                    {
                        ParseLoopArguments();
                        break;
                    }
                    if (Current.Kind == TokenKind.Identifier && PeekNext().Is(":"))
                    {
                        AddToCall(ref callTarget, arguments, left);
                        ParseNamedArguments(arguments);
                        if (IsExpressionStart())
                            goto nextArgument;
                        left = new Call(callTarget!.Position, callTarget, arguments, false);
                        callTarget = null;
                        arguments = [];
                        continue;
                    }
                    AddToCall(ref callTarget, arguments, left);
                    goto nextArgument;
                }
                if (precedence > 0)
                    break;
                if (Current.Is("|") || Current.Is("|>"))
                    return ParsePipe(Close(ref callTarget, arguments, AsPipeTarget(parent, callTarget, left)));
                left = AsPipeTarget(parent, callTarget, left);
                break;
            }
            return Close(ref callTarget, arguments, left);
        nextArgument:
            continue;
        }
    }

    private static Expression AsPipeTarget(Parent parent, Expression? callTarget, Expression left) =>
        parent == Parent.Pipe && callTarget is null && left is PathExpression and not Nested ? new Call(left.Position, left, [], false) : left;

    private static void AddToCall(ref Expression? callTarget, List<Expression> arguments, Expression left)
    {
        if (callTarget is null)
            callTarget = left;
        else
            arguments.Add(left);
    }

    private static Expression Close(ref Expression? callTarget, List<Expression> arguments, Expression last)
    {
        if (callTarget is null)
            return last;
        arguments.Add(last);
        var call = new Call(callTarget.Position, callTarget, [.. arguments], false);
        callTarget = null;
        return call;
    }

    private Expression ParseRequired(
        string where, Parent parent = Parent.Other, bool inCall = false, int precedence = 0, Mode mode = Mode.Default) => IsExpressionStart()
        ? ParseExpression(parent, inCall, precedence, mode)
        : throw Unexpected($"expected an expression {where}");

    private Pipe ParsePipe(Expression from)
    {
        _ignoreNewLines++;
        var op = Take();
        _ = Current;
        _ignoreNewLines--;
        return new Pipe(op.Start, from, ParseRequired("after the pipe", Parent.Pipe));
    }

    private Conditional ParseConditional(Expression condition)
    {
        Take();
        var then = ParseRequired("after '?'", mode: Mode.NoNamedArgument);
        Expect(":", "of the conditional expression");
        return new Conditional(condition.Position, condition, then, ParseRequired("after ':'", mode: Mode.NoNamedArgument));
    }

    private void ParseNamedArguments(List<Expression> arguments)
    {
        while (Current.Kind == TokenKind.Identifier && PeekNext().Is(":"))
        {
            var name = Take();
            Take();
            arguments.Add(new NamedArgument(name.Start, TextOf(name), ParseRequired("after ':'", mode: Mode.Basic)));
        }
    }

    private void ParseLoopArguments()
    {
        while (Current.Kind == TokenKind.Identifier)
        {
            var name = Take();
            Expression? value = null;
            if (Current.Is(":"))
            {
                Take();
                value = ParseRequired("after ':'", mode: Mode.Basic);
            }
            _loopArguments = TextOf(name) switch
            {
                "offset" when value is not null => _loopArguments with { Offset = value },
                "limit" when value is not null => _loopArguments with { Limit = value },
                "reversed" => _loopArguments with { Reversed = true },
                var other => throw new SyntaxProblem(name.Start, $"a loop has no argument '{other}'; it has 'offset:', 'limit:' and 'reversed'"),
            };
        }
    }

    private bool TryParsePostfix(ref Expression left, Mode mode)
    {
        if ((Current.Is(".") || Current.Is("?.")) && PeekNext().Kind == TokenKind.Identifier)
        {
            var optional = Take().Operator == "?." || left is Member { IsOptional: true };
            var name = Take();
            if (TextOf(name) is "empty" or "blank" && Current.Is("?"))
            {
                Take();
                left = new IsEmpty(left.Position, left);
            }
            else
                left = new Member(name.Start, left, TextOf(name), optional);
            return true;
        }
        if (Current.Is(".") || Current.Is("?."))
            throw Unexpected($"expected the name of a member after '{Current.Operator}'");
        if (Current.Is("++") || Current.Is("--"))
        {
            if (left is not PathExpression target)
                return false;
            left = new Increment(left.Position, target, Take().Operator == "++" ? 1 : -1, post: true);
            return true;
        }
        if (Current.Is("[") && left is PathExpression or Literal or Call && !IsAfterWhitespace())
        {
            Take();
            var index = ParseRequired("as index", mode: mode);
            Expect("]", "after the index");
            left = new Indexer(left.Position, left, index);
            return true;
        }
        if (Current.Is("(") && mode != Mode.Basic && left is PathExpression && !IsAfterWhitespace())
        {
            left = new Call(left.Position, left, ParseExplicitArguments(), true);
            return true;
        }
        return false;
    }

    private List<Expression> ParseExplicitArguments()
    {
        Take();
        List<Expression> arguments = [];
        while (!Current.Is(")"))
        {
            if (arguments.Count > 0)
                Expect(",", "between arguments");
            arguments.Add(ParseRequired("as argument"));
        }
        Take();
        return arguments;
    }

    private bool IsAfterWhitespace() => Current.Start > 0 && char.IsWhiteSpace(_text[Current.Start - 1]);

    private string? AssignmentOperator() => Current.Kind == TokenKind.Operator && Current.Operator is "=" or "+=" or "-=" or "*=" or "/=" or "//=" or "%="
        ? Current.Operator
        : null;

    private static int BinaryPrecedence(Token token) => token.Kind != TokenKind.Operator ? 0 : token.Operator switch
    {
        "??" or "?!" => 20,
        "||" => 30,
        "&&" => 40,
        "==" or "!=" => 70,
        "<" or "<=" or ">" or ">=" => 80,
        "+" or "-" => 100,
        "*" or "/" or "//" or "%" or "<<" or ">>" => 110,
        ".." or "..<" => 130,
        _ => 0,
    };

    private bool IsExpressionStart() => Current.Kind switch
    {
        TokenKind.Identifier or TokenKind.Local or TokenKind.Integer or TokenKind.Hexadecimal or TokenKind.Binary or TokenKind.Float
            or TokenKind.String or TokenKind.Verbatim or TokenKind.Interpolated => true,
        TokenKind.Operator => Current.Operator is "(" or "[" or "{" or "!" or "-" or "+" or "@" or "^" or "++" or "--",
        _ => false,
    };
}
