using LpmOs.Core.Domain.Profiles;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Profiles;

/// <summary>Reads what profiles and defaults hold; every fault is noted.</summary>
internal static class SettingsReader
{
    /// <param name="ofMachine">A host name may be given.</param>
    public static ProfileSettings Read(JsonFields json, TaskRules rules, bool ofMachine = false)
    {
        var draft = TaskDraft.ReadSettings(json);
        var hostname = ofMachine ? json.Text("hostname") : null;
        json.RefuseOthers();
        if (draft is { OsType: null, OsVersion: not null })
            json.Errors.Add("os_version", "Needs os_type beside it: a version belongs to its system.");
        if (hostname is not null)
            TaskRules.Hostname(json.Errors, hostname);
        return rules.Settings(draft, json.Errors) with { Hostname = hostname };
    }
}
