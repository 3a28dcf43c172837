namespace LpmOs.Tasks.Webhooks;

/// <summary>Body of <c>POST /api/v1/webhooks</c> and <c>PUT /api/v1/webhooks/{id}</c>.</summary>
internal sealed record WebhookRequest
{
    /// <summary>http or https; neither loopback nor link-local.</summary>
    public required string Url { get; init; }
    /// <summary>Key of the signatures, 16 to 200 characters; never shown again. May be left out with PUT: it stays.</summary>
    public string? Secret { get; init; }
    /// <summary><c>task</c>, <c>machine</c>, <c>stats</c>: every change; <c>task.completed</c> and the like: the move into that state. Default: every move of a task.</summary>
    public IReadOnlyList<string>? Events { get; init; }
    /// <summary>Default: all IDCs.</summary>
    public string? Idc { get; init; }
    /// <summary>Default: true. What happens while it is false is delivered afterwards, as far as the store still knows it.</summary>
    public bool? Enabled { get; init; }
    /// <summary>At most 2,000 characters.</summary>
    public string? Description { get; init; }
}

/// <summary>A webhook without its secret.</summary>
internal sealed record WebhookAnswer
{
    public required string Id { get; init; }
    public required string Url { get; init; }
    public required IReadOnlyList<string> Events { get; init; }
    public string? Idc { get; init; }
    public required bool Enabled { get; init; }
    public string? Description { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }

    public static WebhookAnswer Of(Webhook hook) => new()
    {
        Id = hook.Id, Url = hook.Url, Events = hook.Events, Idc = hook.Idc, Enabled = hook.Enabled, Description = hook.Description, CreatedAt = hook.CreatedAt, CreatedBy = hook.CreatedBy,
    };
}

internal sealed record WebhookList
{
    public required IReadOnlyList<WebhookAnswer> Items { get; init; }
}

internal sealed record WebhookDeliveries
{
    /// <summary>Everything up to this revision of the store is done with; absent while nothing was.</summary>
    public long? Revision { get; init; }
    /// <summary>The last 20, the newest first.</summary>
    public required IReadOnlyList<Delivery> Recent { get; init; }
    /// <summary>Given up, with the message; the last 100, the newest first.</summary>
    public required IReadOnlyList<Delivery> Dead { get; init; }
}
