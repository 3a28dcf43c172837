using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates;

/// <summary>A parsed template; immutable, may be rendered by any number of threads at once.</summary>
public sealed class CompiledTemplate
{
    private readonly string _text;

    private CompiledTemplate(string name, string text, Block root)
    {
        Name = name;
        _text = text;
        Root = root;
    }

    public string Name { get; }

    internal Block Root { get; }

    /// <summary>Its source.</summary>
    internal string Text => _text;

    internal static CompiledTemplate Parse(string text, string name, TemplateLimits limits)
    {
        if (text.Length > limits.MaxSourceLength)
            throw new TemplateException(name, 1, 1, $"the template is longer than {limits.MaxSourceLength} characters");
        try
        {
            return new CompiledTemplate(name, text, Parser.Parse(text, limits.MaxNesting));
        }
        catch (SyntaxProblem problem)
        {
            throw At(name, text, problem.Offset, problem.Message, null);
        }
    }

    internal TemplateException Problem(int offset, string problem, Exception? cause) => At(Name, _text, offset, problem, cause);

    private static TemplateException At(string name, string text, int offset, string problem, Exception? cause)
    {
        var before = text.AsSpan(0, Math.Clamp(offset, 0, text.Length));
        var lineStart = before.LastIndexOf('\n') + 1;
        return new TemplateException(name, before.Count('\n') + 1, before.Length - lineStart + 1, problem, cause);
    }
}
