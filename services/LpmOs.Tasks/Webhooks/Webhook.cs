namespace LpmOs.Tasks.Webhooks;

/// <summary>Somebody who is told of events: the value of <c>/os/global/webhooks/{id}</c>. Holds a secret; never an answer.</summary>
internal sealed record Webhook
{
    public required string Id { get; init; }
    public required string Url { get; init; }
    /// <summary>Key of the signatures; sealed where it lies in the store, see <see cref="Core.Security.SealedText"/>.</summary>
    public required string Secret { get; init; }
    /// <summary>See <see cref="WebhookEvents"/>.</summary>
    public required IReadOnlyList<string> Events { get; init; }
    /// <summary>Null: of all IDCs.</summary>
    public string? Idc { get; init; }
    public required bool Enabled { get; init; }
    public string? Description { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
}

/// <summary>How far a webhook's deliveries have come: the value of <c>/os/global/webhook-state/{id}</c>.</summary>
internal sealed record WebhookState
{
    public const int RecentKept = 20;

    /// <summary>Everything up to this revision of the store has been delivered, given up or filtered out.</summary>
    public required long Revision { get; init; }
    public IReadOnlyList<Delivery> Recent { get; init => field = value ?? []; } = [];
}

/// <summary>What became of one message.</summary>
internal sealed record Delivery
{
    /// <summary>As in the header <c>X-LpmOs-Delivery</c>; the same when it is sent again.</summary>
    public required string Id { get; init; }
    /// <summary>For example <c>task.completed</c>.</summary>
    public required string Event { get; init; }
    public required long Revision { get; init; }
    /// <summary>Of the last attempt.</summary>
    public required DateTimeOffset At { get; init; }
    public required int Attempts { get; init; }
    /// <summary><c>delivered</c> or <c>dead</c>.</summary>
    public required string Outcome { get; init; }
    /// <summary>HTTP status of the last answer; absent where there was none.</summary>
    public int? Status { get; init; }
    /// <summary>Why it was given up, for a person.</summary>
    public string? Error { get; init; }
    /// <summary>With dead ones: the message that was not taken.</summary>
    public System.Text.Json.JsonElement? Message { get; init; }
}
