using System.Text.Json.Serialization;

namespace LpmOs.Core.Domain.Access;

/// <summary>What a person or program is there for; <see cref="RoleTable"/> says what each may do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>Sees tasks, machines and templates; changes nothing.</summary>
    [JsonStringEnumMemberName("viewer")] Viewer,
    /// <summary>Creates, cancels and retries tasks, and keeps machines' notes.</summary>
    [JsonStringEnumMemberName("operator")] Operator,
    /// <summary>Approves and rejects tasks.</summary>
    [JsonStringEnumMemberName("approver")] Approver,
    /// <summary>Changes templates, profiles, what is inherited, and vendors' files.</summary>
    [JsonStringEnumMemberName("template_editor")] TemplateEditor,
    /// <summary>Everything, users and settings among it.</summary>
    [JsonStringEnumMemberName("administrator")] Administrator,
    /// <summary>Sees what a viewer sees, and the audit.</summary>
    [JsonStringEnumMemberName("auditor")] Auditor,
}
