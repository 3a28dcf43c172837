namespace LpmOs.Tasks.Sealing;

/// <summary>The keys of the store, by which everything secret in it is sealed and machines' tokens are signed.</summary>
internal sealed record KeyList
{
    /// <summary>The present key first; the others still open and verify.</summary>
    public required IReadOnlyList<KeySummary> Items { get; init; }
    public DateTimeOffset? RotatedAt { get; init; }
    /// <summary>A key outside of the store seals the keys (setting <c>Store:KeyFile</c> or <c>Store:KeyCommand</c>). False: whoever can read the store, or a backup of it, can open everything.</summary>
    public required bool SealedOutside { get; init; }
    /// <summary>Fingerprints of the keys in that file, the present one first.</summary>
    public IReadOnlyList<string>? KeyFile { get; init; }
}

internal sealed record KeySummary
{
    /// <summary>By which keys are told apart; says nothing of the key.</summary>
    public required string Fingerprint { get; init; }
    public required bool Present { get; init; }
}

/// <summary>How far values were sealed anew.</summary>
internal sealed record ResealResult
{
    public required KeyList Keys { get; init; }
    /// <summary>Secrets that are sealed with the present key now.</summary>
    public required int Resealed { get; init; }
    /// <summary>Secrets of tasks that are approved or being installed: what was approved is left as it is until they are over.</summary>
    public required int Waiting { get; init; }
    /// <summary>Secrets that none of the keys opens: they are to be given again.</summary>
    public required int Unreadable { get; init; }
}

/// <summary>Body of <c>POST /api/v1/keys/retire</c>.</summary>
internal sealed record RetireRequest
{
    /// <summary>Also before tokens that former keys have signed are over (seven days after the rotation).</summary>
    public bool Now { get; init; }
}

/// <summary>The value of <c>/os/global/key-rotation</c>.</summary>
internal sealed record KeyRotationRecord
{
    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
}
