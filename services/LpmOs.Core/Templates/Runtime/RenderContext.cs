using System.Diagnostics;
using System.Runtime.CompilerServices;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>One rendering: its variables, output and what it has used of its limits. Not thread-safe.</summary>
internal sealed class RenderContext
{
    private readonly long _started = Stopwatch.GetTimestamp();
    /// <summary>Piped expressions that no function has taken yet; null begins a group of its own.</summary>
    private readonly Stack<Expression?> _pipes = new(4);
    private int _depth;
    private int _steps;
    private int _ticks;
    private long _work;

    public RenderContext(TemplateEngine engine, CompiledTemplate template, IReadOnlyDictionary<string, object?> variables)
    {
        Engine = engine;
        Template = template;
        Output = new RenderOutput(this);
        Scopes = new Scopes(Builtins.BuiltinTable.All, new ScriptObject(variables));
    }

    public TemplateEngine Engine { get; }

    /// <summary>Takes the name of every template that is included; null: nobody asks.</summary>
    public ISet<string>? Sources { get; init; }

    public TemplateLimits Limits => Engine.Limits;

    /// <summary>The template whose nodes run now: the one rendered, an included one, or the one a function was defined in.</summary>
    public CompiledTemplate Template { get; set; }

    public RenderOutput Output { get; }

    public Scopes Scopes { get; }

    public Flow Flow { get; set; }

    public int IncludeDepth { get; set; }

    /// <summary>Statements that the next function called gets as <c>$$</c>.</summary>
    public Block? Wrapped { get; set; }

    /// <summary>Positions in the <c>array.cycle</c> groups.</summary>
    public Dictionary<string, int> Cycles => field ??= [];

    public TemplateException Problem(Node node, string problem, Exception? cause = null) => Template.Problem(node.Position, problem, cause);

    public void Enter(Node node)
    {
        if (++_depth > Limits.MaxCallDepth * 20 || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Problem(node, "calls and expressions are nested too deeply");
        if ((++_ticks & 0xFF) == 0)
            CheckTime(node);
    }

    public void Leave() => _depth--;

    /// <summary>Counts one iteration.</summary>
    public void Step(Node node) => Step(node, 1);

    public void Step(Node node, int count)
    {
        _steps += count;
        if (_steps > Limits.MaxSteps || count < 0)
            throw Problem(node, $"more than {Limits.MaxSteps} iterations");
        if ((++_ticks & 0xFF) == 0)
            CheckTime(node);
    }

    public void CheckTime(Node node)
    {
        if (Stopwatch.GetElapsedTime(_started) > Limits.TotalTime)
            throw Problem(node, $"rendering took longer than {Limits.TotalTime.TotalSeconds} s");
    }

    public void CheckLength(Node node, long length)
    {
        if (length > Limits.MaxOutputLength)
            throw Problem(node, $"a string is longer than {Limits.MaxOutputLength} characters");
    }

    /// <summary>Counts a string that was built.</summary>
    public string Charge(Node node, string text)
    {
        CheckLength(node, text.Length);
        _work += text.Length;
        return _work <= Limits.MaxWork ? text : throw Problem(node, $"strings of more than {Limits.MaxWork} characters were built");
    }

    /// <summary>A value from outside in the form that templates work with.</summary>
    public object? Normalize(Node node, object? value) =>
        TemplateValue.TryNormalize(value, out var normal) ? normal : throw Problem(node, $"a value of the type {value!.GetType().Name} cannot be used in a template");

    public void PushPipe(Expression from) => _pipes.Push(from);

    public bool TryTakePipe(out Expression from)
    {
        from = _pipes.TryPeek(out var top) && top is not null ? _pipes.Pop()! : null!;
        return from is not null;
    }

    /// <summary>What runs from here on does not take what was piped outside. <see cref="LeavePipeGroup"/> ends it.</summary>
    public void EnterPipeGroup() => _pipes.Push(null);

    public void LeavePipeGroup() => _pipes.Pop();

    public bool PipeIs(Expression from) => _pipes.TryPeek(out var top) && ReferenceEquals(top, from);

    /// <summary>After a loop's body: whether the loop goes on.</summary>
    public bool ContinueLoop()
    {
        if (Flow == Flow.Return)
            return false;
        var goesOn = Flow != Flow.Break;
        Flow = Flow.None;
        return goesOn;
    }

    /// <summary>Statements run from elsewhere than where they stand.</summary>
    public object? RunNested(Node node, Block block)
    {
        Enter(node);
        var result = block.Run(this);
        Leave();
        return result;
    }
}
