namespace LpmOs.Core.Domain.Access;

/// <summary>A role in one IDC, or in all.</summary>
public sealed record RoleGrant
{
    public required Role Role { get; init; }
    /// <summary>Absent: in all IDCs, those to come among them, and in what belongs to none.</summary>
    public string? Idc { get; init; }
}
