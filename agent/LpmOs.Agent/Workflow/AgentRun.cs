using System.Globalization;
using LpmOs.Agent.Activation;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Rescue;
using LpmOs.Agent.Settings;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Workflow;

/// <summary>The five stages, over and over until the machine is installed.</summary>
internal sealed class AgentRun(AgentSettings settings, HardwareDiscovery discovery, RegionalClient regional, ProgressReporter progress, LogStreamer logs, TaskPoller poller, OperationLoop operations, AgentLog log, TimeProvider time)
{
    public const int ExitDone = 0;
    public const int ExitNoTask = 1;
    public const int ExitRefused = 2;
    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(1);

    /// <summary>Tells of switches that are heard later; null: nobody listens.</summary>
    public NeighbourReporter? Neighbours { get; init; }

    /// <summary>Shows the machine's TPM; null: none is shown, as on a host, whose TPM is its owner's.</summary>
    public MachineProof? Proof { get; init; }

    /// <summary>Told with the first report; null: not the first agent since the machine's start.</summary>
    public StartTimes? Start { get; set; }

    /// <summary>Brings shells that operators ask for; null: none.</summary>
    public RescueShell? Shell { get; init; }

    /// <returns>Exit code; <see cref="AttemptOutcome.Reboot"/> when the machine is to restart.</returns>
    public async Task<(int ExitCode, AttemptOutcome? Outcome)> RunAsync(CancellationToken cancellationToken)
    {
        log.Line("=== LPMOS Agent Started");
        log.Line($"Regional Client: {settings.RegionalUrl.AbsoluteUri.TrimEnd('/')}");
        log.Line($"Polling Interval: {Interval(settings.PollInterval)}");
        if (settings.DryRun)
            log.Line("Dry run: all steps are gone through, no disk is touched.");
        else if (!settings.MayWriteDisks)
            log.Line("This is not the boot image: an installation will be refused here. Use --dry-run to go through it without touching a disk.");
        using var background = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delivery = Task.WhenAll(DeliverAsync("progress", progress.RunAsync, background.Token), DeliverAsync("the log", logs.RunAsync, background.Token));
        try
        {
            var work = StagesAsync(cancellationToken);
            if (await Task.WhenAny(work, delivery).ConfigureAwait(false) == delivery)
                await delivery.ConfigureAwait(false);
            return await work.ConfigureAwait(false);
        }
        finally
        {
            await background.CancelAsync().ConfigureAwait(false);
            try
            {
                await delivery.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // It has delivered all that there was to deliver.
            }
        }
    }

    /// <summary>An error that nobody foresaw is said and costs what was being sent, not all that comes after it.</summary>
    private async Task DeliverAsync(string what, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await run(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                log.Line($"Sending {what} met an unexpected error and goes on: {e.GetType().Name}: {Printable.Clean(e.Message)}");
                await Task.Delay(AfterError, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<(int, AttemptOutcome?)> StagesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            log.Line("[Stage 1/5] Collecting hardware information...");
            var machine = await discovery.CollectAsync(settings.BootMac, cancellationToken).ConfigureAwait(false) with { BootImage = settings.InBootImage };
            Show(machine);
            if (Proof is not null)
                await Proof.ProveAsync(machine.SerialNumber, cancellationToken).ConfigureAwait(false);
            Start?.Mark("hardware_read");
            progress.Identify(machine.SerialNumber);
            Shell?.Sn = machine.SerialNumber;
            progress.Step(ProgressSteps.HardwareCollect, "Hardware information collected");
            log.Line("[Stage 2/5] Reporting hardware to the regional service...");
            await ReportAsync(machine, cancellationToken).ConfigureAwait(false);
            Start?.Mark("report_accepted");
            if (Start?.Text() is { } times)
                log.Line($"  Seconds since the kernel started: {times}");
            Start = null;
            log.Line("[Stage 3/5] Waiting for a task...");
            progress.Step(ProgressSteps.WaitTask, "Waiting for a task");
            var polled = await PollAsync(machine, cancellationToken).ConfigureAwait(false);
            if (polled.Restart)
                return (ExitDone, AttemptOutcome.Reboot);
            if (polled.Task is not { } task)
            {
                log.Line($"No task after {settings.MaxPolls} polls: giving up. Start the agent again, or with --max-polls 0 to wait for ever.");
                await progress.DrainAsync(cancellationToken).ConfigureAwait(false);
                return (ExitNoTask, null);
            }
            log.Line($"Task received! Task ID: {Printable.Clean(task.TaskId, 64)}");
            log.Line($"  System: {Printable.Clean(task.OsType)}, attempt {task.Attempt}{(task.Hostname is { Length: > 0 } hostname ? ", hostname " + Printable.Clean(hostname) : "")}");
            if (!settings.DryRun && !settings.MayWriteDisks)
            {
                log.Line("Refused: this is not the boot image, and the installation would erase a disk of this host. The task was left as it is. Boot the machine from the network, use --dry-run, or say --i-know-this-wipes-disks.");
                return (ExitRefused, null);
            }
            var outcome = await AttemptAsync(new TaskIdentity(machine.SerialNumber, task.TaskId, task.Attempt, task.LastSequence) { Machine = MachineIdentity.Of(machine), PercentBefore = task.Percent }, cancellationToken).ConfigureAwait(false);
            if (outcome != AttemptOutcome.Over)
                return (ExitDone, outcome);
            log.Line("This attempt is over; the machine waits for the next one.");
            await Task.Delay(Backoff.Jitter(settings.PollInterval), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<PollOutcome> PollAsync(Inventory machine, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var neighbours = Neighbours?.RunAsync(machine, waiting.Token) ?? Task.CompletedTask;
        try
        {
            return await poller.PollAsync(machine.SerialNumber, machine.MacAddress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await waiting.CancelAsync().ConfigureAwait(false);
            await neighbours.ConfigureAwait(false);
        }
    }

    private async Task<AttemptOutcome> AttemptAsync(TaskIdentity task, CancellationToken cancellationToken)
    {
        await progress.DrainAsync(cancellationToken).ConfigureAwait(false);
        logs.Begin(task);
        var abort = progress.Begin(task);
        progress.Step(ProgressSteps.TaskReceived, "Task received");
        log.Line("[Stage 4/5] Installing...");
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = new DirectiveWatch(regional, progress, time).RunAsync(task, attempt.Token);
        try
        {
            var outcome = await operations.RunAsync(task, abort, cancellationToken).ConfigureAwait(false);
            if (outcome != AttemptOutcome.Over)
                log.Line(settings.DryRun ? "[Stage 5/5] Completed: nothing was written." : "[Stage 5/5] The installed system completes the task with its first call.");
            return outcome;
        }
        finally
        {
            await attempt.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
            progress.End();
            logs.End();
        }
    }

    private async Task ReportAsync(Inventory machine, CancellationToken cancellationToken)
    {
        await progress.DrainAsync(cancellationToken).ConfigureAwait(false);
        var report = new HardwareReport { Sn = machine.SerialNumber, MacAddress = machine.MacAddress, Hardware = machine };
        while (true)
        {
            var answer = await regional.ReportAsync(report, cancellationToken).ConfigureAwait(false);
            if (answer.Value is { } accepted)
            {
                log.Line($"  {Printable.Clean(accepted.Message)}{(accepted.Matched ? $" (task {Printable.Clean(accepted.TaskId, 64)})" : "")}");
                progress.Step(ProgressSteps.HardwareReport, accepted.Matched ? "Hardware reported, a task asks for this machine" : "Hardware reported, no task asks for this machine yet");
                return;
            }
            log.Line($"The regional service refused the hardware report: {answer.Refusal}");
            await Task.Delay(Backoff.Jitter(settings.PollInterval), time, cancellationToken).ConfigureAwait(false);
            // An operator may have released the machine from another TPM.
            if (Proof is not null && answer.Problem?.Code == AgentProblems.TpmProofRequired)
                await Proof.ProveAsync(machine.SerialNumber, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Show(Inventory machine)
    {
        log.Line($"  Serial Number: {machine.SerialNumber}");
        log.Line($"  MAC Address: {machine.MacAddress}");
        log.Line($"  Company: {machine.Company}");
        log.Line($"  Product: {machine.Product}");
        log.Line($"  Model: {machine.ModelName}");
        log.Line($"  Is VM: {(machine.IsVm ? "true" : "false")}");
        log.Line($"  CPU: {machine.Cpu?.Model} ({machine.Cpu?.Cores} cores)");
        log.Line($"  Memory: {machine.Memory?.TotalGb} GB");
        log.Line($"  Disks: {machine.Disks.Count}");
        foreach (var disk in machine.Disks)
            log.Line($"    {disk.Device} {disk.SizeGb} GB {disk.Type} {disk.Model} serial {disk.Serial ?? "-"}");
        foreach (var device in machine.DriverlessDevices)
            log.Line($"  No driver for PCI device {device.Slot} [{device.Id}] class {device.Class}: what is behind it cannot be used");
    }

    private static string Interval(TimeSpan interval) =>
        interval.TotalSeconds >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{interval.TotalSeconds:0.###}s") : string.Create(CultureInfo.InvariantCulture, $"{interval.TotalMilliseconds:0}ms");
}
