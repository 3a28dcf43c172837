namespace LpmOs.Tasks.Audit;

/// <summary>Whether the records are all there and as they were written.</summary>
internal sealed record AuditVerification
{
    public required bool Intact { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>That were looked at.</summary>
    public required long Records { get; init; }
    /// <summary>The oldest of <see cref="Faults"/>; absent where there is none.</summary>
    public AuditFault? First { get; init; }
    /// <summary>The oldest first; at most 100.</summary>
    public required IReadOnlyList<AuditFault> Faults { get; init; }
    public required IReadOnlyList<VerifiedIdc> Idcs { get; init; }
}

/// <summary>One IDC's chains of records.</summary>
internal sealed record VerifiedIdc
{
    /// <summary><c>global</c>: what belongs to no IDC.</summary>
    public required string Idc { get; init; }
    public required bool Intact { get; init; }
    public required long Records { get; init; }
    /// <summary>Records from before there were chains: nothing vouches for them.</summary>
    public required long Unchained { get; init; }
    /// <summary>The last record of each chain: written down elsewhere, they show later that nothing before them was changed.</summary>
    public required IReadOnlyList<ChainEnd> Ends { get; init; }
}

/// <summary>Where a chain ends.</summary>
internal sealed record ChainEnd
{
    public required int Chain { get; init; }
    public required long Number { get; init; }
    public required string Hash { get; init; }
}

/// <summary>What is wrong with a record, or with what should be one.</summary>
internal sealed record AuditFault
{
    public const string Changed = "changed";
    public const string Missing = "missing";
    public const string Moved = "moved";
    public const string Doubled = "doubled";
    public const string Unchained = "unchained";
    public const string EndMissing = "end_missing";
    public const string EndForged = "end_forged";
    public const string PutBack = "put_back";

    /// <summary><c>changed</c>: its content; <c>missing</c>: it was deleted; <c>moved</c>: it lies in another place; <c>doubled</c>; <c>unchained</c>: put in by somebody else than the services;
    /// <c>end_missing</c>, <c>end_forged</c>: the note of where a chain begins or ends; <c>put_back</c>: the newest records were deleted, and that note is an older one.</summary>
    public required string Code { get; init; }
    public required string Idc { get; init; }
    public int? Chain { get; init; }
    /// <summary>Place in the chain.</summary>
    public long? Number { get; init; }
    /// <summary>Of the record; where it is missing, of the one after it.</summary>
    public string? Id { get; init; }
    /// <summary>What was found, in English.</summary>
    public required string Detail { get; init; }
}
