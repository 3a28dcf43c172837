using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl tasks plan</c>. Ends with 1 where there is no plan yet, so that scripts do not approve blindly.</summary>
internal static class PlanCommand
{
    public static Command Build(Shell shell)
    {
        var machine = shell.Machine();
        return shell.Command("plan", shell.Words.TasksPlan, [machine], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            var answer = await session.Api.GetTaskPlanAsync(idc, sn, cancellationToken);
            if (session.Print.Format != OutputFormat.Table || answer.Plan is not null)
                session.Print.Facts(answer, Facts(shell.Words));
            if (answer.Plan is null)
            {
                await session.Terminal.Error.WriteLineAsync(shell.Words.NoPlan);
                foreach (var problem in answer.Problems)
                    await session.Terminal.Error.WriteLineAsync(SafeText.Of($"  {problem.Message} ({problem.Code}) {problem.Advice}".TrimEnd()));
                return ExitCodes.Failed;
            }
            if (session.Print.Format == OutputFormat.Table)
                session.Print.Line(answer.Fixed ? shell.Words.PlanFixed : shell.Words.PlanPreview);
            return ExitCodes.Ok;
        });
    }

    private static Column<TaskPlanAnswer>[] Facts(Words words) =>
    [
        new("task_id", words.Task, answer => answer.Task_id),
        new("status", words.State, answer => Show.Name(answer.Status)),
        new("os", words.System, answer => answer.Plan is { } plan ? $"{plan.Os.Name} ({plan.Os.Install_method})" : null),
        new("disk", words.Disk, answer => PerDisk(answer, disk => $"{disk.Device} {disk.Model} {Show.Bytes(disk.Size_bytes)} serial={disk.Serial} wwn={disk.Wwn}")),
        new("wiped", words.Wiped, answer => PerDisk(answer, disk => $"{disk.Serial ?? disk.Wwn ?? disk.Device} {disk.Wipe} {disk.Content_digest}".TrimEnd())),
        new("partitions", words.Partitions, answer => answer.Plan is { } plan ? string.Join('\n', answer.Layout is { Count: > 0 } rows
            ? rows.Where(row => row.Kind != "disk").Select(row => $"{row.Device} {row.Name} {row.Role} {row.File_system} {row.Mount_point} {Show.Bytes(row.Size_bytes)}")
            : plan.Partitions.Select(part => $"{part.Name} {part.File_system} {part.Mount_point} {Show.Bytes(part.Size_bytes) ?? "…"}")) : null),
        new("image", words.Image, answer => answer.Plan is { Image: { } image } ? $"{image.Url} {Show.Bytes(image.Size_bytes)} sha256:{image.Sha256}" : null),
        new("installer", words.Installer, answer => answer.Plan?.Installer is { } installer ? string.Join('\n', installer.Files.Select(file => $"{file.Name} ({file.Template}) {Show.Bytes(file.Size_bytes)} sha256:{file.Sha256}").Concat((installer.Assets ?? []).Select(asset => $"{asset.Role}: {asset.Name} {Show.Bytes(asset.Size_bytes)} sha256:{asset.Sha256}"))) : null),
        new("hostname", words.HostnameOption.TrimEnd('.', '。'), answer => answer.Plan?.Hostname),
        new("network", words.Network, answer => answer.Plan is { Network: var network } ? Interfaces(network) : null),
        new("plan_hash", words.Hash, answer => answer.Plan_hash),
    ];

    private static string? PerDisk(TaskPlanAnswer answer, Func<DiskPlan, string> say) =>
        answer.Plan is not { Disk: { } only } plan ? null : string.Join('\n', (plan.Disks is { Count: > 0 } disks ? disks : [only]).Select(say));

    private static string Interfaces(NetworkSpec network) => network.Interfaces is not { Count: > 0 } interfaces ? "DHCP" : string.Join('\n', interfaces.Select(one =>
        $"{one.Mac} {(one.Addresses is { Count: > 0 } addresses ? string.Join(' ', addresses) : "DHCP")} {(one.Gateway is { } gateway ? $"via {gateway}" : "")} {(one.Dns is { Count: > 0 } dns ? $"dns {string.Join(' ', dns)}" : "")}".Trim()));
}
