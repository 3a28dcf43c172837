namespace LpmOs.Core.Templates.Syntax;

/// <summary>A problem at an offset of the source; becomes a <see cref="TemplateException"/> where name and text are known.</summary>
internal sealed class SyntaxProblem(int offset, string problem) : Exception(problem)
{
    public int Offset { get; } = offset;
}
