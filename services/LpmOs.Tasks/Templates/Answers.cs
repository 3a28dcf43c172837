using LpmOs.Core.Domain.Templates;

namespace LpmOs.Tasks.Templates;

/// <summary>A template as an IDC has it.</summary>
internal sealed record TemplateSummary
{
    /// <summary>Folder and file, for example <c>kickstart/ks.cfg</c>.</summary>
    public required string Name { get; init; }
    /// <summary><c>built_in</c>: the file of the templates folder; <c>global</c> or <c>idc</c>: an override of all IDCs, or of this one.</summary>
    public required string Origin { get; init; }
    /// <summary>Version of the override in force; 0 with the built-in one.</summary>
    public required int Version { get; init; }
    /// <summary>It is only ever included by others.</summary>
    public required bool Snippet { get; init; }
    /// <summary>Systems and methods that take it, for example "Debian 12 by preseed".</summary>
    public required IReadOnlyList<string> UsedBy { get; init; }
    public DateTimeOffset? ChangedAt { get; init; }
    public string? ChangedBy { get; init; }
    public string? Notes { get; init; }
}

internal sealed record TemplateList
{
    public required IReadOnlyList<TemplateSummary> Items { get; init; }
    public required int Total { get; init; }
}

internal sealed record TemplateText
{
    public required string Name { get; init; }
    /// <summary>Whose override was asked for: an IDC, or <c>global</c>.</summary>
    public required string Idc { get; init; }
    /// <summary><c>built_in</c>, <c>global</c> or <c>idc</c>.</summary>
    public required string Origin { get; init; }
    /// <summary>0: the templates folder's.</summary>
    public required int Version { get; init; }
    /// <summary>Newest version of this IDC's own override, for <c>base_version</c>; 0 where it never had one.</summary>
    public required int NewestVersion { get; init; }
    public required string Text { get; init; }
    /// <summary>Lower-case hexadecimal SHA-256 of the text in UTF-8.</summary>
    public required string Sha256 { get; init; }
}

internal sealed record TemplateVersionSummary
{
    public required int Version { get; init; }
    /// <summary>From here on the built-in text is in use again.</summary>
    public required bool BuiltIn { get; init; }
    public int? RolledBackTo { get; init; }
    public string? Sha256 { get; init; }
    public string? Notes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
}

internal sealed record TemplateVersions
{
    public required string Name { get; init; }
    public required string Idc { get; init; }
    /// <summary>The newest first; the last 50 are kept. Version 0, the built-in one, is not listed.</summary>
    public required IReadOnlyList<TemplateVersionSummary> Items { get; init; }
}

internal sealed record TemplateDifference
{
    public required string Name { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    /// <summary>Unified difference with three lines around each change; empty where nothing differs.</summary>
    public required string Text { get; init; }
    public required int Added { get; init; }
    public required int Removed { get; init; }
}

/// <summary>Body of <c>PUT /api/v1/templates/{folder}/{file}</c>.</summary>
internal sealed record TemplateRequest
{
    /// <summary>IDC that it is for; default: <c>global</c>, all that have none of their own.</summary>
    public string? Idc { get; init; }
    public required string Text { get; init; }
    /// <summary>What was changed; at most 2,000 characters.</summary>
    public string? Notes { get; init; }
    /// <summary>Newest version when editing began; refused where there is a newer one by now. 0: there was none.</summary>
    public int? BaseVersion { get; init; }
}

/// <summary>Body of <c>POST /api/v1/templates/{folder}/{file}/rollback</c>.</summary>
internal sealed record RollbackRequest
{
    /// <summary>Default: <c>global</c>.</summary>
    public string? Idc { get; init; }
    /// <summary>Version to bring back; 0: the built-in template.</summary>
    public required int Version { get; init; }
    public string? Notes { get; init; }
}

/// <summary>Body of <c>POST /api/v1/templates/render</c>. Without <c>sn</c> and <c>sample</c> it is rendered for the first sample machine.</summary>
internal sealed record RenderRequest
{
    public required string Name { get; init; }
    /// <summary>Text in place of the template's, for what is being edited; nothing is stored.</summary>
    public string? Text { get; init; }
    /// <summary>IDC whose templates and assets are taken; default: <c>global</c>.</summary>
    public string? Idc { get; init; }
    /// <summary>A machine of that IDC; with its task where it has one.</summary>
    public string? Sn { get; init; }
    /// <summary>A sample machine, see <c>GET /api/v1/templates/samples</c>.</summary>
    public string? Sample { get; init; }
    /// <summary>System to render for, where the machine's task does not say; default: the first that takes the template.</summary>
    public string? OsType { get; init; }
    public string? OsVersion { get; init; }
    public string? InstallMethod { get; init; }
    /// <summary>In place of, or beside, the task's variables.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
}

/// <summary>A rendered template, or why it does not render.</summary>
internal sealed record RenderedTemplate
{
    public required string Name { get; init; }
    /// <summary>For whom it was rendered, for example "dc1/sn-001, Debian 12 by preseed".</summary>
    public required string Target { get; init; }
    /// <summary>Stand-ins take the place of addresses and tokens that only the boot knows. Absent where it does not render.</summary>
    public string? Text { get; init; }
    /// <summary>As the plan has it.</summary>
    public string? Sha256 { get; init; }
    public TemplateFault? Fault { get; init; }
}

internal sealed record LintResult
{
    public required string Idc { get; init; }
    public required int Templates { get; init; }
    /// <summary>Renderings that went well.</summary>
    public required int Rendered { get; init; }
    public required IReadOnlyList<TemplateFault> Faults { get; init; }
}

internal sealed record SampleSummary
{
    public required string Name { get; init; }
    public required string Description { get; init; }
}

internal sealed record SampleList
{
    public required IReadOnlyList<SampleSummary> Items { get; init; }
}
