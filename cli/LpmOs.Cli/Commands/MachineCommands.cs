using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl machines …</c>.</summary>
internal static class MachineCommands
{
    public static Command Build(Shell shell)
    {
        var machines = new Command("machines", shell.Words.Machines)
        {
            List(shell, "list", shell.Words.MachinesList, unmatched: false),
            List(shell, "unmatched", shell.Words.MachinesUnmatched, unmatched: true),
            ShowOne(shell),
        };
        foreach (var command in MachineChanges.Build(shell))
            machines.Add(command);
        return machines;
    }

    private static Command List(Shell shell, string name, string description, bool unmatched)
    {
        var words = shell.Words;
        var idc = Shell.Option<string?>("--idc", words.IdcOption);
        var online = Shell.Option<string?>("--online", words.OnlineOption);
        online.CompletionSources.Add("true", "false");
        var text = Shell.Option<string?>("--query", words.TextOption, "-q");
        var (limit, cursor, all) = (Shell.Option<int?>("--limit", words.LimitOption), Shell.Option<string?>("--cursor", words.CursorOption), Shell.Option<bool>("--all", words.AllOption));
        return shell.Command(name, description, [idc, online, text, limit, cursor, all], async (parsed, session, cancellationToken) =>
        {
            var everything = parsed.GetValue(all);
            Task<MachinePage> PageAsync(string? from) => session.Api.ListMachinesAsync(idc: parsed.GetValue(idc), unmatched: unmatched ? "true" : null, online: parsed.GetValue(online), q: parsed.GetValue(text),
                limit: parsed.GetValue(limit) ?? (everything ? 1000 : null), cursor: from, cancellationToken: cancellationToken);
            var page = await PageAsync(parsed.GetValue(cursor));
            while (everything && page.Next_cursor is { } next)
            {
                var more = await PageAsync(next);
                page = new MachinePage { Items = [.. page.Items, .. more.Items], Next_cursor = more.Next_cursor, Total = more.Total, Revision = page.Revision };
            }
            session.Print.List(page, page.Items, Columns(words), words.NoMachines);
            if (session.Print.Format == OutputFormat.Table && page.Next_cursor is { } rest)
                await session.Terminal.Error.WriteLineAsync(words.More(page.Items.Count, page.Total, rest));
            return ExitCodes.Ok;
        });
    }

    private static Command ShowOne(Shell shell)
    {
        var machine = shell.Machine();
        return shell.Command("show", shell.Words.MachinesShow, [machine], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            session.Print.Facts(await session.Api.GetMachineAsync(idc, sn, cancellationToken), Facts(shell.Words));
            return ExitCodes.Ok;
        });
    }

    private static Column<MachineSummary>[] Columns(Words words) =>
    [
        new("machine", words.Machine, machine => $"{machine.Idc}/{machine.Sn}"),
        new("online", words.Online, machine => machine.Online ? words.Yes : words.No),
        new("mac", "MAC", machine => machine.Mac),
        new("model", words.Model, machine => $"{machine.Company} {machine.Product}".Trim()),
        new("cpu_cores", words.Cpu, machine => Show.Number(machine.Cpu_cores), Right: true),
        new("memory_gb", words.MemoryColumn, machine => machine.Memory_gb is { } gb ? $"{gb} GB" : null, Right: true),
        new("disk_gb", words.Disks, machine => machine.Disks is { } disks ? $"{disks} × {machine.Disk_gb} GB" : null, Right: true),
        new("task_id", words.Task, machine => machine.Task_id),
        new("task_status", words.State, machine => machine.Task_status is { } status ? Show.Name(status) : null),
        new("last_seen", words.LastSeen, machine => Show.Time(machine.Last_seen)),
    ];

    public static Column<MachineDetail>[] Facts(Words words) =>
    [
        new("machine", words.Machine, machine => $"{machine.Idc}/{machine.Sn}"),
        new("online", words.Online, machine => machine.Online ? words.Yes : words.No),
        new("last_seen", words.LastSeen, machine => Show.Time(machine.Last_seen)),
        new("task", words.Task, machine => machine.Task_id is { } id ? $"{id} {(machine.Task_status is { } status ? Show.Name(status) : "")}".Trim() : null),
        new("tags", words.Tags, machine => Show.Join(machine.Tags)),
        new("notes", words.Notes, machine => machine.Notes),
        new("decommissioned", words.Decommissioned, machine => machine.Decommissioned is { } gone ? $"{Show.Time(gone.At)} {gone.By} {gone.Reason}".TrimEnd() : null),
        new("tpm", "TPM", machine => machine.Tpm_binding is not { } tpm ? null : tpm.Endorsement_key is { } key ? words.TpmBound(key, tpm.Required == true) + (tpm.Maker is { } maker ? words.TpmMaker($"{maker.Name} {maker.Model} {maker.Version}".Trim(), maker.Verified == true) : "") : words.TpmAwaited),
        new("alerts", words.AlertsColumn, machine => Lines(machine.Alerts?.Select(alert => $"{Show.Time(alert.At)} {alert.Code} {alert.From} {alert.Endorsement_key ?? alert.Machine}".TrimEnd()))),
        new("model", words.Model, machine => $"{machine.Company} {machine.Product} {machine.Model_name}".Trim()),
        new("firmware", words.Firmware, machine => machine.Hardware?.Firmware is { } firmware ? $"{firmware.Vendor} {firmware.Version} {firmware.Date} {firmware.Boot_mode}".Trim() : null),
        new("chassis", words.Chassis, machine => machine.Hardware?.Chassis is { } chassis ? $"{chassis.Type} {Named("serial", chassis.Serial_number)} {Named("asset", chassis.Asset_tag)}".Trim() : null),
        new("board", words.Board, machine => machine.Hardware?.Board is { } board ? $"{board.Manufacturer} {board.Product} {board.Version} {Named("serial", board.Serial_number)}".Trim() : null),
        new("security", words.Security, machine => HardwareText.Security(machine.Hardware)),
        new("bmc", "BMC", machine => machine.Hardware?.Bmc is { } bmc ? $"{bmc.Address} {bmc.Mac} {bmc.Address_source} {Named("firmware", bmc.Version)}".Trim() : null),
        new("cpu", words.Cpu, machine => machine.Hardware?.Cpu is { } cpu ? $"{cpu.Sockets} × {cpu.Model}, {cpu.Cores} cores, {cpu.Architecture}" : null),
        new("memory", words.MemoryColumn, machine => machine.Memory_gb is { } gb ? $"{gb} GB" : null),
        new("dimms", words.Dimms, machine => Lines(machine.Hardware?.Memory?.Dimms?.Select(HardwareText.Dimm))),
        new("disks", words.Disks, machine => Lines(machine.Hardware?.Disks?.Select(disk => $"{disk.Device} {disk.Type} {disk.Model} {Show.Bytes(disk.Size_bytes)} serial={disk.Serial} wwn={disk.Wwn} {HardwareText.Health(disk.Health)} {Content(disk)}".TrimEnd()))),
        new("arrays", words.Arrays, machine => Lines(HardwareText.Arrays(machine.Hardware))),
        new("nics", words.Network, machine => Lines(machine.Hardware?.Nics?.Select(nic => $"{nic.Name} {nic.Mac} {nic.Driver} {(nic.Speed_mbps is { } speed ? $"{speed} Mbit/s" : "")} {HardwareText.Neighbour(nic.Lldp)}".TrimEnd()))),
        new("devices", words.Devices, machine => Lines(machine.Hardware?.Pci_devices?.Select(device => $"{device.Slot} {device.Id} {device.Class_name}: {device.Name} {(device.Driver is { } driver ? $"({driver})" : "")}".TrimEnd()))),
        new("driverless", words.Driverless, machine => Lines(machine.Hardware?.Driverless_devices?.Select(device => $"{device.Slot} {device.Id} {device.Name}".TrimEnd()))),
        new("warnings", words.Warnings, machine => Lines(machine.Hardware?.Warnings)),
    ];

    private static string Content(Disk disk) => disk.Content is not { } content ? ""
        : $"[{content.Partition_table ?? content.Signature ?? "empty"}{string.Concat(content.Partitions?.Select(part => $" {part.Number}:{part.File_system ?? "?"}{(part.Label is { } label ? $"={label}" : "")}") ?? [])}]";

    private static string Named(string name, string? value) => value is null ? "" : $"{name}={value}";

    private static string? Lines(IEnumerable<string>? lines) => lines is null ? null : string.Join('\n', lines) is { Length: > 0 } text ? text : null;
}
