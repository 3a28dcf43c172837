namespace LpmOs.Core.Domain.Tokens;

/// <summary>Something about a machine that a person should look at: somebody else may be speaking for it.</summary>
public sealed record SecurityAlert
{
    /// <summary>The TPM that the machine is bound to was not shown, or another one was.</summary>
    public const string TpmRefused = "tpm.refused";
    /// <summary>A boot's token was shown from a second address, or the machine booted from elsewhere while it is being installed.</summary>
    public const string TokenUsedElsewhere = "token.used_elsewhere";
    /// <summary>A machine calls itself by the number of a task that was approved for another one.</summary>
    public const string TaskRefused = "task.refused";

    /// <summary>Stable, as in the audit: <c>tpm.refused</c>, <c>token.used_elsewhere</c> or <c>task.refused</c>.</summary>
    public required string Code { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>Address of who came.</summary>
    public string? From { get; init; }
    /// <summary>Address that the machine is known by.</summary>
    public string? Known { get; init; }
    /// <summary>With <c>task.refused</c>: serial number of the machine that the task was approved for.</summary>
    public string? Machine { get; init; }
    /// <summary>SHA-256 of the endorsement key that was shown, where one was.</summary>
    public string? EndorsementKey { get; init; }

    /// <summary>What the store knows of a machine, the newest first.</summary>
    public static IReadOnlyList<SecurityAlert> Of(TpmBinding? tpm, TokenUse? token) => tpm?.Refused is null && token is null or { Elsewhere: null, Refused: null } ? []
        : [.. new[] { Of(tpm), Elsewhere(token), Refused(token) }.OfType<SecurityAlert>().OrderByDescending(alert => alert.At)];

    public static SecurityAlert? Of(TpmBinding? tpm) => tpm?.Refused is { } refused
        ? new() { Code = TpmRefused, At = refused.At, From = refused.From, Known = tpm.BoundFrom, EndorsementKey = refused.EndorsementKey } : null;

    /// <summary>The newer of what there may be.</summary>
    public static SecurityAlert? Of(TokenUse? token) => Refused(token) is { } refused && !(Elsewhere(token)?.At > refused.At) ? refused : Elsewhere(token);

    private static SecurityAlert? Refused(TokenUse? token) => token?.Refused is { } refused ? new() { Code = TaskRefused, At = refused.At, From = refused.From, Machine = refused.Machine } : null;

    private static SecurityAlert? Elsewhere(TokenUse? token) => token is { Elsewhere: { } elsewhere, ElsewhereAt: { } at }
        ? new() { Code = TokenUsedElsewhere, At = at, From = token.FirstUsedAt == at ? token.From : elsewhere, Known = token.FirstUsedAt == at ? elsewhere : token.From } : null;
}
