namespace LpmOs.Tasks.Events;

/// <summary>One message to the clients, made once for all of them.</summary>
/// <param name="Idc">For the filter.</param>
/// <param name="Revision">Of the change in the store.</param>
/// <param name="Seen">Revision up to which a reader of this message has seen everything.</param>
/// <param name="Json">The message in UTF-8.</param>
internal sealed record FleetEvent(string Idc, long Revision, long Seen, ReadOnlyMemory<byte> Json);

/// <summary>The shape of a message, for the document; <see cref="EventWriter"/> writes it.</summary>
internal sealed record EventMessage
{
    /// <summary><c>task</c>, <c>machine</c>, <c>boot</c>, <c>dhcp_server</c> (another one that a boot service hears), <c>alert</c> (somebody else may be speaking for a machine) or <c>stats</c>; <c>test</c> from a webhook that is being tried.</summary>
    public required string Type { get; init; }
    public required string Idc { get; init; }
    /// <summary>Absent with <c>stats</c> and <c>dhcp_server</c>, and with a <c>boot</c> of a machine that nobody knows.</summary>
    public string? Sn { get; init; }
    /// <summary>Revision of the store up to which you have now seen everything. Give the last one as <c>since</c> when you connect again.</summary>
    public required long Revision { get; init; }
    /// <summary>The task, the machine, its boot, the alert or the counts as they are now; absent where it was deleted.</summary>
    public System.Text.Json.JsonElement? Data { get; init; }
}
