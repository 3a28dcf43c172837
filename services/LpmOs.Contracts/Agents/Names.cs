namespace LpmOs.Contracts.Agents;

/// <summary>Values of <see cref="ProgressAnswer.Directive"/>.</summary>
public static class Directives
{
    public const string Continue = "continue";
    public const string Abort = "abort";
}
