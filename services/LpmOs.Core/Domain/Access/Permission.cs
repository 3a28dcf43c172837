using System.Text.Json.Serialization;

namespace LpmOs.Core.Domain.Access;

/// <summary>What an endpoint asks for. Each endpoint of each service has one: <c>.Allow(Permission…)</c> where it is mapped.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Permission>))]
public enum Permission
{
    /// <summary>Nobody is asked who they are: health, login, the page's files, and what firmware fetches.</summary>
    [JsonStringEnumMemberName("anonymous")] Anonymous,
    /// <summary>Whoever has logged in: their own password, tokens and sessions.</summary>
    [JsonStringEnumMemberName("signed_in")] SignedIn,
    /// <summary>See tasks, machines, boots, templates and profiles.</summary>
    [JsonStringEnumMemberName("view")] View,
    /// <summary>Create, cancel and retry tasks.</summary>
    [JsonStringEnumMemberName("change_tasks")] ChangeTasks,
    /// <summary>Approve and reject tasks: opens the way to disks.</summary>
    [JsonStringEnumMemberName("approve_tasks")] ApproveTasks,
    /// <summary>Notes and tags of machines, and taking them out of service.</summary>
    [JsonStringEnumMemberName("change_machines")] ChangeMachines,
    /// <summary>A root shell on a machine, through the service.</summary>
    [JsonStringEnumMemberName("open_shells")] OpenShells,
    /// <summary>Templates, profiles, what is inherited, vendors' files: what runs as root on machines.</summary>
    [JsonStringEnumMemberName("edit_templates")] EditTemplates,
    /// <summary>Settings of IDCs, webhooks, services.</summary>
    [JsonStringEnumMemberName("administer")] Administer,
    /// <summary>Users, and everybody's tokens and sessions.</summary>
    [JsonStringEnumMemberName("manage_access")] ManageAccess,
    /// <summary>Who did what.</summary>
    [JsonStringEnumMemberName("read_audit")] ReadAudit,
    /// <summary>A machine with the token of its boot script.</summary>
    [JsonStringEnumMemberName("machine")] Machine,
}
