using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Planning.Disks;
using LpmOs.Core.Domain.Sites;

namespace LpmOs.Tasks.Approvals;

/// <summary>Which rule, if any, approves a task by itself. A disk of unknown content counts as one that holds data.</summary>
internal static class AutoApproval
{
    public static AutoApprovalRule? Find(SiteSettings settings, InstallTask task, InstallPlan plan, Inventory hardware) =>
        settings.AutoApproval.FirstOrDefault(rule =>
            (rule.Profile is null || rule.Profile == task.Profile)
            && (rule.Tag is null || (task.Tags ?? []).Contains(rule.Tag))
            && (rule.AllowData || (plan.Disks ?? (plan.Disk is { } only ? [only] : [])).All(target => DiskVerdicts.IsEmpty(hardware.Disks.FirstOrDefault(disk => disk.Device == target.Device)?.Content))));
}
