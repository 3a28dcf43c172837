namespace LpmOs.Core.Domain.Templates;

/// <summary>
/// One version of a template that stands in place of the templates folder's: the value of <c>/os/{idc}/templates/{name}</c> (the newest)
/// and of <c>/os/{idc}/template-versions/{name}/{version}</c> (each, written once). IDC <c>global</c> stands for all that have none of their own.
/// </summary>
public sealed record TemplateOverride
{
    public required string Name { get; init; }
    /// <summary>From 1, rising by one.</summary>
    public required int Version { get; init; }
    /// <summary>Null: from this version on the folder's template is in use again.</summary>
    public string? Text { get; init; }
    /// <summary>What was changed, in the editor's words.</summary>
    public string? Notes { get; init; }
    /// <summary>Version whose text this one brought back; 0 is the folder's.</summary>
    public int? RolledBackTo { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
}
