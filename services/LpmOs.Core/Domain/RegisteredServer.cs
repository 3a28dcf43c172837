namespace LpmOs.Core.Domain;

/// <summary>The value of <c>/os/{idc}/servers/{sn}</c>.</summary>
public sealed record RegisteredServer
{
    public required string Sn { get; init; }
    public required string Mac { get; init; }
    public string Status { get; init => field = value ?? "registered"; } = "registered";
    public required DateTimeOffset AddedAt { get; init; }
}
