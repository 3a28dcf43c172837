namespace LpmOs.Core.Domain.Tokens;

/// <summary>Which boot of a machine speaks for it: the value of <c>/os/{idc}/machines/{sn}/token</c>, written when the token of that boot's script was used first.</summary>
public sealed record TokenUse
{
    /// <summary>See <see cref="Security.TokenClaims.Boot"/>; tokens of boots before it are worth nothing any more.</summary>
    public required long Boot { get; init; }
    public required DateTimeOffset FirstUsedAt { get; init; }
    /// <summary>Address of that first use.</summary>
    public string? From { get; init; }
    /// <summary>Another address that showed the same token, or the token of a boot during an installation by another; the first one.</summary>
    public string? Elsewhere { get; init; }
    public DateTimeOffset? ElsewhereAt { get; init; }
    /// <summary>It asked in this boot by the number of a task that was approved for another machine.</summary>
    public TaskRefusal? Refused { get; init; }
}
