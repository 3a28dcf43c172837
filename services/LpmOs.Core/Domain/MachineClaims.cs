using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using Microsoft.AspNetCore.Http;

namespace LpmOs.Core.Domain;

/// <summary>What must hold for the claims of a machine, and what is written with it.</summary>
public sealed record ClaimTerms(IReadOnlyList<StoreCompare> Compares, IReadOnlyList<StoreWrite> Writes)
{
    public static ClaimTerms None { get; } = new([], []);
}

/// <summary>One active task per MAC, kept by the store itself.</summary>
public sealed class MachineClaims(IStateStore store)
{
    /// <summary>The terms where nobody holds a claim; the usual case, for which nothing is read.</summary>
    public static ClaimTerms OfChange(InstallTask? before, InstallTask after)
    {
        var (was, isNow) = (IsActive(before), IsActive(after));
        if (isNow && (!was || before!.TaskId != after.TaskId))
            return Take(after, null, 0, 0, []);
        return was && !isNow ? new ClaimTerms([], [StoreWrite.Delete(Keys.MacClaim(after.Idc, after.Mac))]) : ClaimTerms.None;
    }

    /// <summary>The terms after a look at who holds the claims: those of this very task may be turned into the task, and those of nobody who is still there are taken over.</summary>
    /// <exception cref="RefusedRequestException">409: another active task, or a batch at work, holds one.</exception>
    public Task<ClaimTerms> LookAsync(InstallTask after, CancellationToken cancellationToken) => LookAsync(after, null, cancellationToken);

    /// <summary>The same for a batch that is to create the task later.</summary>
    public async Task<ClaimTerms> LookAsync(InstallTask after, string? forBatch, CancellationToken cancellationToken)
    {
        var also = new List<StoreCompare>();
        var mac = await ReadAsync(Keys.MacClaim(after.Idc, after.Mac), after, also, cancellationToken).ConfigureAwait(false);
        var sn = await ReadAsync(Keys.SnClaim(after.Idc, after.Sn), after, also, cancellationToken).ConfigureAwait(false);
        return Take(after, forBatch, mac, sn, also);
    }

    /// <summary>The terms of a batch where nobody holds a claim.</summary>
    public static ClaimTerms OfBatch(InstallTask task, string batch) => Take(task, batch, 0, 0, []);

    /// <summary>What a batch lets go that does not create the task after all.</summary>
    public static IEnumerable<StoreWrite> Release(InstallTask task) => [StoreWrite.Delete(Keys.MacClaim(task.Idc, task.Mac)), StoreWrite.Delete(Keys.SnClaim(task.Idc, task.Sn))];

    private static ClaimTerms Take(InstallTask after, string? batch, long macRevision, long snRevision, IReadOnlyList<StoreCompare> also)
    {
        var (mac, sn) = (Keys.MacClaim(after.Idc, after.Mac), Keys.SnClaim(after.Idc, after.Sn));
        var claim = JsonSerializer.SerializeToUtf8Bytes(new MachineClaim { Sn = after.Sn, TaskId = after.TaskId, Batch = batch }, CoreJson.Default.MachineClaim);
        return new ClaimTerms(
            [new StoreCompare(mac, macRevision), new StoreCompare(sn, snRevision), .. also],
            batch is not null ? [StoreWrite.Put(mac, claim), StoreWrite.Put(sn, claim)] : snRevision == 0 ? [StoreWrite.Put(mac, claim)] : [StoreWrite.Put(mac, claim), StoreWrite.Delete(sn)]);
    }

    /// <returns>Revision of the claim that may be replaced; 0 where there is none.</returns>
    private async Task<long> ReadAsync(string key, InstallTask after, List<StoreCompare> also, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } entry)
            return 0;
        var claim = JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.MachineClaim)!;
        if (claim.TaskId == after.TaskId)
            return entry.ModRevision;
        if (claim.Batch is { } batch)
        {
            var marker = Keys.Batch(batch);
            if (await store.GetAsync(marker, cancellationToken).ConfigureAwait(false) is not null)
                throw Busy(after, batch);
            also.Add(new StoreCompare(marker, 0));
            return entry.ModRevision;
        }
        var holder = Keys.Task(after.Idc, claim.Sn);
        var task = await store.GetAsync(holder, cancellationToken).ConfigureAwait(false);
        if (task is not null && JsonSerializer.Deserialize(task.Value.Span, ContractsJson.Default.InstallTask) is { } other && other.TaskId == claim.TaskId && IsActive(other))
            throw InUse(after, other);
        // Its task is over or gone without it (a key that was deleted by hand): it must not block the MAC for ever.
        if (claim.Sn != after.Sn)
            also.Add(new StoreCompare(holder, task?.ModRevision ?? 0));
        return entry.ModRevision;
    }

    /// <summary>The refusal where another machine's active task has the MAC.</summary>
    public static RefusedRequestException InUse(TaskSpec task, InstallTask other) => new(StatusCodes.Status409Conflict, "mac_in_use", "Another machine's active task has this MAC",
        $"{task.Mac} belongs to {other.TaskId} of {other.Idc}/{other.Sn}, which is {other.Status.ToString().ToLowerInvariant()}. One of the two serial numbers is wrong; cancel that task or correct this one.");

    private static RefusedRequestException Busy(InstallTask task, string batch) => new(StatusCodes.Status409Conflict, "batch_at_work", "A batch is creating a task for this machine",
        $"Batch {batch} has taken {task.Idc}/{task.Sn} or the MAC {task.Mac} and will create a task for it, or let go of it, within seconds. Look again.");

    private static bool IsActive(InstallTask? task) => task is not null && !TaskLifecycle.IsOver(task.Status);
}
