namespace LpmOs.Agent.Install;

/// <summary>An operation cannot succeed. Goes to the operator as it is.</summary>
internal sealed class InstallException(string code, string message, string? advice = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable, for programs; see <see cref="FailureCodes"/>.</summary>
    public string Code { get; } = code;
    /// <summary>What to try.</summary>
    public string? Advice { get; } = advice;
}
