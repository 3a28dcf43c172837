using LpmOs.Core.Templates;

namespace LpmOs.Core.Domain.Templates;

/// <summary>A template that does not render: where, why, and for whom it was tried.</summary>
public sealed record TemplateFault
{
    /// <summary>The template that was rendered.</summary>
    public required string Template { get; init; }
    /// <summary>Where the fault is: the template itself, or one that it includes.</summary>
    public required string Name { get; init; }
    /// <summary>From 1.</summary>
    public required int Line { get; init; }
    /// <summary>From 1.</summary>
    public required int Column { get; init; }
    public required string Problem { get; init; }
    /// <summary>Machine and system that it was tried for; null where it does not even parse.</summary>
    public string? Target { get; init; }

    public static TemplateFault Of(TemplateException e, string template, string? target) =>
        new() { Template = template, Name = e.Name, Line = e.Line, Column = e.Column, Problem = e.Problem, Target = target };

    public override string ToString() => $"{Name}({Line},{Column}): {Problem}{(Target is null ? "" : $" [{Target}]")}";
}
