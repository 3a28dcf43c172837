using System.Diagnostics;
using LpmOs.Agent.Install;
using LpmOs.Agent.Install.HandOver;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Workflow;

/// <summary>Stage 4: asks what to do next, does it, reports it with the next question, until told that it is complete.</summary>
internal sealed class OperationLoop(RegionalClient regional, ProgressReporter progress, LogStreamer logs, AgentLog log, IInstallation installation, InstallerHandOver handOver, HardwareConfiguration hardware, SystemNetwork network, TimeProvider time, bool dryRun)
{
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(30);
    private const int DefaultWaitSeconds = 5;
    private const int LongestWaitSeconds = 300;

    private int _percentBefore;

    /// <summary>Null on a host, and in a dry run.</summary>
    public MachineClock? Clock { get; init; }

    /// <param name="abort">The regional service's directive to stop.</param>
    public async Task<AttemptOutcome> RunAsync(TaskIdentity task, CancellationToken abort, CancellationToken cancellationToken)
    {
        _percentBefore = task.PercentBefore;
        CompletedOperation? completed = null;
        FirstBootCall? firstBoot = null;
        var (installed, stoodIn) = (false, false);
        while (true)
        {
            var next = await AskAsync(task, completed, cancellationToken).ConfigureAwait(false);
            if (next is null || completed is { Success: false })
                return AttemptOutcome.Over;
            log.Line($"Next operation: {Printable.Clean(next.Operation, 40)}{(next.Message is { Length: > 0 } message ? " - " + message : "")}");
            completed = null;
            firstBoot = next.FirstBoot ?? firstBoot;
            switch (next.Operation)
            {
                case OperationNames.Wait:
                    await WaitAsync(next, abort, cancellationToken).ConfigureAwait(false);
                    break;
                case OperationNames.Reboot:
                    installed = true;
                    completed = new() { Operation = next.Operation, Success = true, Message = dryRun ? "Would restart now" : "Restarting into the new system" };
                    log.Line($"  Memory of the agent: {Environment.WorkingSet >> 20} MB, at most {PeakMemory() >> 20} MB");
                    log.Line("=== OS Installation Completed Successfully ===");
                    if (!dryRun)
                    {
                        await FlushLogsAsync(cancellationToken).ConfigureAwait(false);
                        await AskAsync(task, completed, cancellationToken).ConfigureAwait(false);
                        await FlushLogsAsync(cancellationToken).ConfigureAwait(false);
                        return AttemptOutcome.Reboot;
                    }
                    stoodIn = await StandInAsync(task, firstBoot, cancellationToken).ConfigureAwait(false);
                    break;
                case OperationNames.Complete when !installed:
                    // Cancelled or failed meanwhile, or done by an agent before this one: nothing here was completed by us.
                    return AttemptOutcome.Over;
                case OperationNames.Complete:
                    if (dryRun && !stoodIn)
                        await StandInAsync(task, firstBoot, cancellationToken).ConfigureAwait(false);
                    await FlushLogsAsync(cancellationToken).ConfigureAwait(false);
                    return AttemptOutcome.Completed;
                case OperationNames.OsInstall when !dryRun && next.Plan is { Installer: not null }:
                    completed = await ExecuteAsync(next, task.Sn, abort, cancellationToken).ConfigureAwait(false);
                    if (!completed.Success)
                        break;
                    // Not ours to do, and so not ours to report as done: the installer tells its end itself.
                    await FlushLogsAsync(cancellationToken).ConfigureAwait(false);
                    return handOver.IsLoaded ? AttemptOutcome.Kexec : AttemptOutcome.Reboot;
                default:
                    completed = await ExecuteAsync(next, task.Sn, abort, cancellationToken).ConfigureAwait(false);
                    installed |= completed is { Success: true, Operation: OperationNames.OsInstall };
                    break;
            }
        }
    }

    private async Task<CompletedOperation> ExecuteAsync(NextOperation next, string sn, CancellationToken abort, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(abort, cancellationToken);
        try
        {
            switch (next.Operation)
            {
                case OperationNames.HardwareConfig when next.Plan is { } plan && !dryRun:
                    return Success(next, await hardware.RunAsync(plan, sn, next.Signature, stop.Token).ConfigureAwait(false));
                case OperationNames.NetworkConfig when next.Plan is { } plan && SystemNetwork.IsApart(plan) && !dryRun:
                    return Success(next, await network.RunAsync(plan, next.DiskPassphrase, stop.Token).ConfigureAwait(false));
                case OperationNames.HardwareConfig or OperationNames.NetworkConfig:
                    log.Line($"  {next.Operation}: nothing to do");
                    return Success(next, "Nothing to do");
                case OperationNames.OsInstall when !dryRun && next.Plan is { Installer: not null } plan:
                    log.Hide(next.InstallerToken);
                    await handOver.PrepareAsync(plan, next.InstallerToken, next.KexecOnly == true, stop.Token).ConfigureAwait(false);
                    Clock?.KeepInHardware(mayBeLocal: !InstallerHandOver.IsLinux(plan));
                    return Success(next, "Handed over");
                case OperationNames.OsInstall:
                    if (next.Plan is null && !dryRun)
                        throw new InstallException(FailureCodes.PlanInvalid, "The operation os_install came without a plan.", "Look at the regional service's log, then retry the task.");
                    await installation.RunAsync(next.Plan, InstallOrder.Of(next), stop.Token).ConfigureAwait(false);
                    Clock?.KeepInHardware(mayBeLocal: false);
                    return Success(next, dryRun ? "Dry run: nothing was written" : $"{next.Plan!.Os.Name} is on {next.Plan.Disk?.Device}");
                default:
                    throw new InstallException(FailureCodes.UnsupportedOperation, $"This agent does not know the operation '{Printable.Clean(next.Operation, 40)}'.", "Rebuild the boot image, so that agent and services have the same version.");
            }
        }
        catch (InstallException e)
        {
            return Failure(next, e.Code, e.Message, e.Advice);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Failure(next, FailureCodes.Aborted, "Aborted on request.", null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Failure(next, FailureCodes.Internal, $"The agent met an unexpected error: {e.GetType().Name}: {e.Message}", "Read the task's log for the last step, then retry the task.");
        }
    }

    private static long PeakMemory()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private static CompletedOperation Success(NextOperation next, string message) => new() { Operation = next.Operation, Success = true, Message = Printable.Clean(message, 500) };

    private CompletedOperation Failure(NextOperation next, string code, string message, string? advice)
    {
        // The log hides them by itself; the message goes to the task, and to everybody who may read it.
        message = log.WithoutSecrets(message);
        var (state, words) = DiskLeft(next);
        log.Line($"Operation {Printable.Clean(next.Operation, 40)} failed [{code}]: {message}");
        log.Line($"  The disk was left {words}");
        if (advice is not null)
            log.Line($"  What to do: {advice}");
        return new() { Operation = next.Operation, Success = false, Code = code, Message = $"{Printable.Clean(message, 1500)} The disk was left {words}.", Advice = advice, DiskState = state };
    }

    /// <summary>In which state an installation that ended early has left the disk: it seals what it began.</summary>
    private (string? State, string Words) DiskLeft(NextOperation next)
    {
        // No word of DiskStates is true of arrays.
        if (next.Operation == OperationNames.HardwareConfig && hardware.HasBegun)
            return (null, "as the RAID controllers and hardware scripts have made it: arrays may have been deleted with all that they held");
        if (next.Operation == OperationNames.NetworkConfig && !dryRun)
            return network.Sealed ? (DiskStates.PartlyWritten, "without a partition table: nothing on it boots") : (DiskStates.Complete, "as it was");
        if (next.Operation != OperationNames.OsInstall || dryRun)
            return (DiskStates.Untouched, "untouched");
        var (step, percent) = progress.Reached;
        // Nobody knows how far a wipe came: most of what was on the disk may be there still.
        var wipes = (next.Plan?.Disks ?? (next.Plan?.Disk is { } only ? [only] : [])).Any(disk => disk.Wipe is not null);
        if (percent < ProgressSteps.Percent[ProgressSteps.Partitioning] && _percentBefore >= ProgressSteps.Percent[ProgressSteps.Partitioning])
            return (DiskStates.PartlyWritten, "as an agent of this attempt, which was interrupted, had left it: written at least in part");
        return percent < ProgressSteps.Percent[ProgressSteps.Partitioning] ? (DiskStates.Untouched, "untouched")
            : step == ProgressSteps.Partitioning && wipes ? (DiskStates.PartlyWritten, "without a partition table: nothing on it boots; what a wipe had not reached may be there still")
            : step == ProgressSteps.Partitioning ? (DiskStates.Partitioned, "partitioned anew and empty: nothing on it boots")
            : (DiskStates.PartlyWritten, "partly written and without a partition table: nothing on it boots");
    }

    /// <summary>The next operation; null where the service has no business with us in this attempt any more.</summary>
    private async Task<NextOperation?> AskAsync(TaskIdentity task, CompletedOperation? completed, CancellationToken cancellationToken)
    {
        await progress.DrainAsync(cancellationToken).ConfigureAwait(false);
        var request = new NextOperationRequest { Sn = task.Sn, TaskId = task.TaskId, Attempt = task.Attempt, DryRun = dryRun, Machine = task.Machine, Completed = completed };
        var answer = await regional.NextOperationAsync(request, cancellationToken).ConfigureAwait(false);
        if (answer.Value is null)
            log.Line($"The regional service has no operation for us: {answer.Refusal}");
        log.Hide(answer.Value?.FirstBoot?.Token);
        log.Hide(answer.Value?.DiskPassphrase);
        foreach (var hash in answer.Value?.PasswordHashes?.Values ?? [])
            log.Hide(hash);
        return answer.Value;
    }

    private async Task WaitAsync(NextOperation next, CancellationToken abort, CancellationToken cancellationToken)
    {
        // An abort wakes it once; what is to be waited for after that is waited for.
        using var stop = abort.IsCancellationRequested ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : CancellationTokenSource.CreateLinkedTokenSource(abort, cancellationToken);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(next.RetryAfterSeconds ?? DefaultWaitSeconds, 1, LongestWaitSeconds)), time, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The next question will tell what became of the task.
        }
    }

    // A dry run leaves no system that could call home: the agent calls in its place, with the token that it would have left.
    private async Task<bool> StandInAsync(TaskIdentity task, FirstBootCall? firstBoot, CancellationToken cancellationToken)
    {
        await progress.DrainAsync(cancellationToken).ConfigureAwait(false);
        var answer = await regional.InstalledAsync(new() { Sn = task.Sn, TaskId = task.TaskId, Token = firstBoot?.Token, DryRun = true }, cancellationToken).ConfigureAwait(false);
        log.Line(answer.Value is not null ? "The first call of the new system was made in its place." : $"The call in place of the new system was refused: {answer.Refusal}");
        return answer.Value is not null;
    }

    private async Task FlushLogsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await logs.FlushAsync(cancellationToken).WaitAsync(LongestFlush, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The log is worth a while, not a machine that never restarts.
        }
    }
}
