namespace LpmOs.Core.Templates;

/// <summary>What one rendering may use; a template that wants more is refused with a <see cref="TemplateException"/>.</summary>
public sealed record TemplateLimits
{
    /// <summary>Characters of one template's source.</summary>
    public int MaxSourceLength { get; init; } = 1 << 20;

    /// <summary>Nesting of expressions and blocks in the source.</summary>
    public int MaxNesting { get; init; } = 100;

    /// <summary>Loop iterations and items produced by array functions, all together.</summary>
    public int MaxSteps { get; init; } = 100_000;

    /// <summary>Function calls and expressions inside each other while rendering.</summary>
    public int MaxCallDepth { get; init; } = 60;

    /// <summary>Includes inside each other.</summary>
    public int MaxIncludeDepth { get; init; } = 16;

    /// <summary>Characters of output, and of any one string on the way.</summary>
    public int MaxOutputLength { get; init; } = 4 << 20;

    /// <summary>Characters of all strings built on the way, together.</summary>
    public long MaxWork { get; init; } = 64L << 20;

    /// <summary>For one regular expression against one text.</summary>
    public TimeSpan RegexTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>For the whole rendering.</summary>
    public TimeSpan TotalTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Compiled templates kept by an engine.</summary>
    public int MaxCachedTemplates { get; init; } = 256;
}
