namespace LpmOs.Tasks.Batch.AllOrNothing;

/// <summary>A batch under way: the value of <c>/os/global/batches/{id}</c>. Its tasks lie under <c>/os/global/batch-rows/{id}/</c> until they are created.</summary>
internal sealed record BatchRecord
{
    /// <summary>Machines and MACs are being claimed; nothing has been created.</summary>
    public const string Preparing = "preparing";
    /// <summary>All machines are claimed: every task will be created, whoever has to do it.</summary>
    public const string Committed = "committed";
    /// <summary>None will be created; the claims are being let go.</summary>
    public const string Undoing = "undoing";

    public required string State { get; init; }
    public required int Rows { get; init; }
    public required string By { get; init; }
    public string? From { get; init; }
    public required DateTimeOffset At { get; init; }
}
