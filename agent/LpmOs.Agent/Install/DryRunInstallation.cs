using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>Says what an installation would do, step by step, and does none of it.</summary>
internal sealed class DryRunInstallation(ProgressReporter progress, AgentLog log) : IInstallation
{
    public async Task RunAsync(InstallPlan? plan, InstallOrder order, CancellationToken cancellationToken)
    {
        if (plan is null)
            log.Line("  No plan could be made for this machine (no image, or no disk that fits); going through the steps without one");
        progress.Step(ProgressSteps.InstallStart, plan is null ? "Would install" : $"Would install {plan.Os.Name} on {plan.Disk?.Device ?? "no disk"}");
        Would(plan, known => known.Disk is { } disk ? $"check that disk {disk.Device} (serial {disk.Serial ?? "-"}, {disk.SizeBytes} bytes) is what was planned" : "touch no disk");
        await StepAsync(ProgressSteps.Partitioning, "Would partition the disk", cancellationToken).ConfigureAwait(false);
        foreach (var partition in plan?.Partitions ?? [])
            Would(plan, _ => $"make partition {partition.Name} ({partition.Role}), {(partition.SizeBytes is { } bytes ? $"{bytes >> 20} MiB" : "the rest")}, {partition.FileSystem ?? "no file system"}{(partition.Encrypted == true ? ", encrypted" : "")}");
        await StepAsync(ProgressSteps.Downloading, "Would fetch the image", cancellationToken).ConfigureAwait(false);
        Would(plan, known => known.Image is { } image ? $"fetch {image.Url} ({image.SizeBytes} bytes) and verify SHA-256 {image.Sha256}" : $"start the installer of {known.Os.Name}");
        await StepAsync(ProgressSteps.Installing, "Would unpack the image", cancellationToken).ConfigureAwait(false);
        await StepAsync(ProgressSteps.Configuring, "Would configure the system", cancellationToken).ConfigureAwait(false);
        Would(plan, known => $"set the hostname {known.Hostname} and create {known.Users.Count} user(s)");
        foreach (var script in plan?.Scripts ?? [])
            Would(plan, _ => $"run the script {script.Name} ({script.When}), sha256 {script.Sha256}");
        await StepAsync(ProgressSteps.Finalizing, "Would install the boot loader", cancellationToken).ConfigureAwait(false);
        Would(plan, _ => order.FirstBoot is null ? "leave no first-boot call" : "leave a first-boot unit that calls home");
    }

    // Each step is delivered before the next, so that watchers see a dry run pass as they would an installation.
    private async Task StepAsync(string step, string message, CancellationToken cancellationToken)
    {
        await progress.DrainAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        progress.Step(step, message);
    }

    private void Would(InstallPlan? plan, Func<InstallPlan, string> what)
    {
        if (plan is not null)
            log.Line($"  Would {Printable.Clean(what(plan), 500)}");
    }
}
