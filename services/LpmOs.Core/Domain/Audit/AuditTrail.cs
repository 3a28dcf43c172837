using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Core.Domain.Audit;

/// <summary>Makes the records of changes.</summary>
public static class AuditTrail
{
    /// <summary>Key part that sorts before all records made until <paramref name="time"/> and after all later ones.</summary>
    public static string Place(DateTimeOffset time) => (DateTime.MaxValue.Ticks - time.UtcTicks).ToString("d19", CultureInfo.InvariantCulture);

    public static string NewId(DateTimeOffset time) => $"{Place(time)}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    /// <summary>The write that records a task's change; null where only progress was noted.</summary>
    public static StoreWrite? OfTask(InstallTask? before, InstallTask after, string? from)
    {
        var created = before?.TaskId != after.TaskId;
        if (!created && before!.Status == after.Status)
            return null;
        var change = after.StatusHistory.Count > 0 ? after.StatusHistory[^1] : null;
        var record = new AuditRecord
        {
            Id = NewId(after.UpdatedAt), At = after.UpdatedAt, By = change?.By ?? "system", From = from,
            Action = "task." + (created ? "created" : Word(before!.Status, after.Status)),
            Idc = after.Idc, Sn = after.Sn, TaskId = after.TaskId, Reason = change?.Reason,
            Before = before is null ? null : Digest(before), After = Digest(after),
        };
        return StoreWrite.Put(Keys.Audit(record.Idc, record.Id), JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Default.AuditRecord));
    }

    /// <summary>The write that records the change of something that is no task.</summary>
    /// <param name="action">For example <c>machine.decommissioned</c>.</param>
    /// <param name="idc"><c>global</c> for what belongs to no IDC.</param>
    /// <param name="before">JSON; empty where it is new.</param>
    /// <param name="after">JSON; empty where it was deleted.</param>
    public static StoreWrite Of(
        string action, string idc, string? sn, string by, string? from, DateTimeOffset at, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, string? reason = null)
    {
        var record = new AuditRecord
        {
            Id = NewId(at), At = at, By = by, From = from, Action = action, Idc = idc, Sn = sn, Reason = reason,
            ValueBefore = before.IsEmpty ? null : JsonElement.Parse(before), ValueAfter = after.IsEmpty ? null : JsonElement.Parse(after),
        };
        return StoreWrite.Put(Keys.Audit(record.Idc, record.Id), JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Default.AuditRecord));
    }

    private static string Word(TaskState before, TaskState after) => (before, after) switch
    {
        (TaskState.Failed, TaskState.Pending) => "retried",
        (_, TaskState.Pending) => "approval_voided",
        (_, TaskState.Approved) => "approved",
        (_, TaskState.Rejected) => "rejected",
        (_, TaskState.Cancelled) => "cancelled",
        (_, TaskState.Installing) => "started",
        (_, TaskState.Completed) => "completed",
        _ => "failed",
    };

    private static AuditedTask Digest(InstallTask task) => new()
    {
        TaskId = task.TaskId, Status = task.Status, Attempt = task.Attempt, OsType = task.OsType, OsVersion = task.OsVersion, Hostname = task.Hostname,
        PlanHash = task.Approval?.PlanHash, FailureCode = task.Failure?.Code,
    };
}
