using System.Security.Cryptography;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Tasks;

/// <summary>Makes tasks: server key, task key and the archive of the task before, in one transaction.</summary>
internal sealed class TaskCreation(IStateStore store, TaskStore tasks, TaskArchive archive, WatchedState state, OsCatalog catalog, TimeProvider time, ILogger<TaskCreation> logger)
{
    /// <param name="spec">Already checked by <see cref="Validation.TaskRules"/>.</param>
    /// <exception cref="RefusedRequestException">409: the machine, or its MAC, has an active task.</exception>
    public async Task<InstallTask> CreateAsync(TaskSpec spec, Actor actor, CancellationToken cancellationToken)
    {
        var (idc, sn) = (spec.Idc, spec.Sn);
        if (OfOthers(spec) is { } refused)
            throw refused;
        var task = Make(spec, actor);
        var outdated = state.Current.Machine(idc, sn)?.Task is null ? [] : await archive.OutdatedAsync(idc, sn, cancellationToken);
        var refusal = await tasks.ChangeAsync(idc, sn, existing =>
        {
            // Our own, when the store did not say whether it wrote it.
            if (existing?.TaskId == task.TaskId)
                return new TaskDecision<RefusedRequestException?>(null, null);
            if (existing is not null && !TaskLifecycle.IsOver(existing.Status))
                return new TaskDecision<RefusedRequestException?>(null, Active(existing));
            task = task with { FormerPlan = existing?.Plan ?? existing?.FormerPlan };
            return new TaskDecision<RefusedRequestException?>(task, null)
            {
                From = actor.From,
                Also = [StoreWrite.Put(Keys.Server(idc, sn), Server(task)), .. existing is null ? [] : TaskArchive.Writes(existing, outdated)],
            };
        }, cancellationToken);
        if (refusal is not null)
            throw refusal;
        if (outdated.Count > 0)
            await DropLogsAsync(task, cancellationToken);
        return task;
    }

    /// <summary>The machine's task key as the copy has it, to be so still.</summary>
    public StoreCompare Seen(InstallTask task) => new(Keys.Task(task.Idc, task.Sn), state.Current.Machine(task.Idc, task.Sn)?.TaskRevision ?? 0);

    /// <summary>The same as the store has it.</summary>
    /// <exception cref="RefusedRequestException">409: the machine has an active task.</exception>
    public async Task<StoreCompare> LookAsync(InstallTask task, CancellationToken cancellationToken)
    {
        var key = Keys.Task(task.Idc, task.Sn);
        var entry = await store.GetAsync(key, cancellationToken);
        if (entry is not null && JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.InstallTask) is { } existing && !TaskLifecycle.IsOver(existing.Status))
            throw Active(existing);
        return new StoreCompare(key, entry?.ModRevision ?? 0);
    }

    /// <summary>Creates a task for which its machine and MAC have been claimed; it may be there already.</summary>
    /// <param name="done">Written with it, or alone where the task is there, or cannot be.</param>
    public async Task CompleteAsync(InstallTask task, string? from, StoreWrite done, CancellationToken cancellationToken)
    {
        var outdated = await archive.OutdatedAsync(task.Idc, task.Sn, cancellationToken);
        var created = await tasks.ChangeAsync(task.Idc, task.Sn, existing =>
            existing is not null && (existing.TaskId == task.TaskId || !TaskLifecycle.IsOver(existing.Status))
                ? new TaskDecision<bool>(null, false)
                : new TaskDecision<bool>(task with { FormerPlan = existing?.Plan ?? existing?.FormerPlan }, true)
                {
                    From = from, Claimed = true,
                    Also = [done, StoreWrite.Put(Keys.Server(task.Idc, task.Sn), Server(task)), .. existing is null ? [] : TaskArchive.Writes(existing, outdated)],
                }, cancellationToken);
        if (!created)
            await store.CommitAsync(new StoreTransaction { Writes = [done] }, cancellationToken);
        else if (outdated.Count > 0)
            await DropLogsAsync(task, cancellationToken);
    }

    private async Task DropLogsAsync(InstallTask task, CancellationToken cancellationToken)
    {
        try
        {
            await archive.DropLogsAsync(task, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            // The task is made. What is left over goes when the next one is.
            Log.LogsNotDropped(logger, task.Idc, task.Sn, e.Message);
        }
    }

    /// <summary>What is plain already against such a task, or null; whether it still holds is decided when the task is written.</summary>
    public RefusedRequestException? WhyNot(TaskSpec spec) =>
        OfOthers(spec) ?? (state.Current.Machine(spec.Idc, spec.Sn)?.Task is { } task && !TaskLifecycle.IsOver(task.Status) ? Active(task) : null);

    private RefusedRequestException? OfOthers(TaskSpec spec) =>
        MacInUse(spec) is { } other ? MachineClaims.InUse(spec, other.Task!) : TaskLookup.Decommissioned(state.Current, spec);

    /// <summary>A new task of the machine, stored nowhere.</summary>
    public InstallTask Make(TaskSpec spec, Actor actor)
    {
        var now = time.GetUtcNow();
        var before = state.Current.Machine(spec.Idc, spec.Sn)?.Task;
        return new InstallTask
        {
            Idc = spec.Idc, Sn = spec.Sn, Mac = spec.Mac, OsType = spec.OsType, OsVersion = spec.OsVersion, Profile = spec.Profile, ProfileVersion = spec.ProfileVersion, Variables = spec.Variables, Scripts = spec.Scripts, Hostname = spec.Hostname, Network = spec.Network,
            DiskLayout = spec.DiskLayout, Packages = spec.Packages, SshKeys = spec.SshKeys, Tags = spec.Tags, Notes = spec.Notes, Priority = spec.Priority, NotBefore = spec.NotBefore, Deadline = spec.Deadline,
            InstallMethod = spec.InstallMethod, Users = spec.Users, Timezone = spec.Timezone, Locale = spec.Locale, Keyboard = spec.Keyboard, KernelArguments = spec.KernelArguments, HardwareConfig = spec.HardwareConfig,
            TaskId = NewId(), Status = TaskState.Pending, OsId = catalog.Resolve(spec.OsType, spec.OsVersion)?.Id,
            StatusHistory = [new StatusChange { To = TaskState.Pending, At = now, By = actor.Name }],
            CreatedBy = actor.Name, CreatedAt = now, UpdatedAt = now, FormerPlan = before?.Plan ?? before?.FormerPlan,
        };
    }

    private string NewId()
    {
        while (true)
        {
            var id = "task-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
            if (!state.Current.TasksById.ContainsKey(id))
                return id;
        }
    }

    private byte[] Server(InstallTask task) => JsonSerializer.SerializeToUtf8Bytes(new RegisteredServer
    {
        Sn = task.Sn, Mac = task.Mac, AddedAt = state.Current.Machine(task.Idc, task.Sn)?.Server?.AddedAt ?? task.CreatedAt,
    }, CoreJson.Default.RegisteredServer);

    private MachineView? MacInUse(TaskSpec spec) =>
        state.Current.WithMac(spec.Idc, spec.Mac).FirstOrDefault(machine => machine.Key.Sn != spec.Sn && machine.Task is { } task && task.Mac == spec.Mac && !TaskLifecycle.IsOver(task.Status));

    private static RefusedRequestException Active(InstallTask existing) => new(StatusCodes.Status409Conflict, "active_task_exists", "The machine has an active task",
        $"{existing.TaskId} of {existing.Idc}/{existing.Sn} is {Text(existing.Status)}. Wait for its end or cancel it first (POST /api/v1/tasks/{existing.Idc}/{existing.Sn}/cancel).");

    private static string Text(TaskState status) => TaskText.State(status);
}
