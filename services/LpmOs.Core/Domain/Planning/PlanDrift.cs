using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning;

/// <summary>Whether what was approved is still what would be done.</summary>
public static class PlanDrift
{
    /// <summary>
    /// What changed since the approval, for the person who is asked again; null where nothing did, or where the approval was given
    /// before the hardware was known and so is bound to no plan.
    /// </summary>
    public static string? Since(InstallTask task, PlanOutcome now)
    {
        if (task is not { Status: TaskState.Approved, Approval.PlanHash: { } approved, Plan: { } plan } || now.Plan?.PlanHash == approved)
            return null;
        var what = now.Plan is { } other ? string.Join(", ", Differences(plan, other)) : string.Join(" ", now.Problems.Select(problem => problem.Message));
        return $"The approval is void, because the plan has changed since: {(what.Length > 0 ? what : "other details")}. Look at the plan and approve again.";
    }

    private static IEnumerable<string> Differences(InstallPlan before, InstallPlan now)
    {
        var (disksBefore, disksNow) = (Targets(before), Targets(now));
        for (var i = 0; i < Math.Max(disksBefore.Count, disksNow.Count); i++)
        {
            var (old, disk) = (disksBefore.ElementAtOrDefault(i), disksNow.ElementAtOrDefault(i));
            if (Without(old) != Without(disk))
                yield return $"the disk was {Name(old)}, now it is {Name(disk)}";
            else if (old?.Wipe != disk?.Wipe)
                yield return $"{disk?.Device} was to be wiped by {old?.Wipe ?? "none"}, now by {disk?.Wipe ?? "none"}";
            else if (old?.ContentDigest != disk?.ContentDigest)
                yield return $"what is on {disk?.Device} (serial {disk?.Serial ?? "-"}) is not what was shown";
        }
        if (before.Os.InstallMethod != now.Os.InstallMethod)
            yield return $"it was to be installed by {before.Os.InstallMethod}, now by {now.Os.InstallMethod}";
        if (before.Image?.Signature != now.Image?.Signature)
            yield return $"the image was signed by {Signer(before)}, now by {Signer(now)}";
        if (Unsigned(before) != Unsigned(now))
            yield return $"the image of {now.Os.Name} was sha256 {before.Image?.Sha256 ?? "none"}, now it is {now.Image?.Sha256 ?? "none"}";
        foreach (var file in now.Installer?.Files ?? [])
        {
            if (before.Installer?.Files.FirstOrDefault(one => one.Name == file.Name) != file)
                yield return $"the rendered {file.Name} is another one (template {file.Template})";
        }
        foreach (var asset in now.Installer?.Assets ?? [])
        {
            if (before.Installer?.Assets.FirstOrDefault(one => one.Role == asset.Role) is { } old && old != asset)
                yield return $"{asset.Name} was sha256 {old.Sha256}, now it is {asset.Sha256}";
        }
        if (before.Hostname != now.Hostname)
            yield return $"the host name was {before.Hostname}, now it is {now.Hostname}";
        foreach (var one in (now.Controllers ?? []).SelectMany(controller => Replaced(before, controller)))
            yield return one;
        var (arraysBefore, arraysNow) = (Arrays(before), Arrays(now));
        if (arraysBefore != arraysNow)
            yield return $"of RAID arrays it was to {arraysBefore}, now to {arraysNow}";
    }

    private static IEnumerable<string> Replaced(InstallPlan before, ControllerPlan now)
    {
        var old = before.Controllers?.FirstOrDefault(one => one.Id == now.Id && one.Tool == now.Tool);
        foreach (var disk in now.Disks ?? [])
        {
            if (old?.Disks?.FirstOrDefault(one => one.Place == disk.Place) is { } was && was != disk)
                yield return was.Serial != disk.Serial ? $"the disk at {disk.Place} of RAID controller {now.Id} had serial {was.Serial ?? "-"}, now {disk.Serial ?? "-"}" : $"what is on the disk at {disk.Place} of RAID controller {now.Id} is not what was shown";
        }
        foreach (var array in now.Delete)
        {
            if (old?.Delete.FirstOrDefault(one => one.Id == array.Id) is { } was && was.ContentDigest != array.ContentDigest)
                yield return $"what is on array {array.Id} of RAID controller {now.Id}, which is deleted, is not what was shown";
        }
    }

    private static string Arrays(InstallPlan plan) =>
        string.Join(", ", (plan.Controllers ?? []).SelectMany(controller => controller.Delete.Select(array => $"delete {controller.Id}/{array.Id} ({array.Name ?? "without a name"})")
            .Concat((controller.Claim ?? []).Select(place => $"take the disk {controller.Id}/{place}"))
            .Concat(controller.Create.Select(array => $"make {controller.Id}/{array.Name} of {string.Join(' ', array.Disks)}")))) is { Length: > 0 } text ? text : "change none";

    private static ImagePlan? Unsigned(InstallPlan plan) => plan.Image is { } image ? image with { Signature = null } : null;

    private static string Signer(InstallPlan plan) => plan.Image?.Signature is { } signature ? $"the key …{signature.Key[^12..]}" : "nobody";

    private static IReadOnlyList<DiskPlan> Targets(InstallPlan plan) => plan.Disks ?? (plan.Disk is { } only ? [only] : []);

    private static DiskPlan? Without(DiskPlan? disk) => disk is null ? null : disk with { ContentDigest = null, Wipe = null };

    private static string Name(DiskPlan? disk) => disk is null ? "none" : $"{disk.Model ?? "a disk"} serial {disk.Serial ?? "-"} of {disk.SizeBytes} bytes at {disk.Device}";
}
