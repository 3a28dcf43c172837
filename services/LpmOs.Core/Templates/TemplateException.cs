namespace LpmOs.Core.Templates;

/// <summary>A template cannot be parsed or rendered. The message begins with <c>name(line,column)</c>; both count from 1.</summary>
public sealed class TemplateException : Exception
{
    public TemplateException(string name, int line, int column, string problem, Exception? cause = null)
        : base($"{name}({line},{column}): {problem}", cause)
    {
        Name = name;
        Line = line;
        Column = column;
        Problem = problem;
    }

    /// <summary>Name of the template, or of the included one, in which the problem is.</summary>
    public string Name { get; }

    public int Line { get; }

    public int Column { get; }

    /// <summary>What is wrong and what to do, without the position.</summary>
    public string Problem { get; }
}
