using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>Says what an installation would do, step by step, and does none of it.</summary>
internal sealed class DryRunInstallation(ProgressReporter progress, AgentLog log) : IInstallation
{
    public async Task RunAsync(InstallPlan plan, FirstBootCall? firstBoot, CancellationToken cancellationToken)
    {
        progress.Step(ProgressSteps.InstallStart, $"Would install {plan.Os.Name} on {plan.Disk.Device}");
        Would($"check that disk {plan.Disk.Device} (serial {plan.Disk.Serial ?? "-"}, {plan.Disk.SizeBytes} bytes) is what was planned");
        await StepAsync(ProgressSteps.Partitioning, $"Would partition {plan.Disk.Device}", cancellationToken).ConfigureAwait(false);
        foreach (var partition in plan.Partitions)
            Would($"make partition {partition.Name} ({partition.Role}), {(partition.SizeBytes is { } bytes ? $"{bytes >> 20} MiB" : "the rest")}, {partition.FileSystem ?? "no file system"}");
        await StepAsync(ProgressSteps.Downloading, $"Would fetch {plan.Image.Url} ({plan.Image.SizeBytes} bytes)", cancellationToken).ConfigureAwait(false);
        Would($"verify SHA-256 {plan.Image.Sha256}");
        await StepAsync(ProgressSteps.Installing, "Would unpack the image", cancellationToken).ConfigureAwait(false);
        await StepAsync(ProgressSteps.Configuring, "Would configure the system", cancellationToken).ConfigureAwait(false);
        Would($"set the hostname {plan.Hostname} and create {plan.Users.Count} user(s)");
        await StepAsync(ProgressSteps.Finalizing, "Would install the boot loader", cancellationToken).ConfigureAwait(false);
        Would(firstBoot is null ? "leave no first-boot call" : "leave a first-boot unit that calls home");
    }

    // Each step is delivered before the next, so that watchers see a dry run pass as they would an installation.
    private async Task StepAsync(string step, string message, CancellationToken cancellationToken)
    {
        await progress.DrainAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        progress.Step(step, message);
    }

    private void Would(string what) => log.Line($"  Would {Printable.Clean(what, 500)}");
}
