using System.CommandLine;
using System.Globalization;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl tasks wipes</c>: certificates of what was wiped.</summary>
internal static class WipeCommand
{
    public static Command Build(Shell shell)
    {
        var machine = shell.Machine();
        return shell.Command("wipes", shell.Words.TasksWipes, [machine], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            var certificates = await session.Api.GetMachineWipeCertificatesAsync(idc, sn, cancellationToken);
            Column<WipeCertificate>[] columns =
            [
                new("ended_at", shell.Words.WipeEnded, one => Show.Time(one.Statement.Ended_at)),
                new("task_id", shell.Words.Task, one => one.Statement.Task_id),
                new("serial", shell.Words.Disk, one => $"{one.Statement.Serial ?? one.Statement.Wwn ?? one.Statement.Device} {one.Statement.Model}".TrimEnd()),
                new("method", shell.Words.Method, one => one.Statement.Method),
                new("samples", shell.Words.Samples, one => string.Create(CultureInfo.InvariantCulture, $"{one.Statement.Samples - one.Statement.Samples_left}/{one.Statement.Samples}")),
                new("result", shell.Words.WipeResult, one => one.Statement.Result),
            ];
            session.Print.List(certificates, [.. certificates.Items], columns, shell.Words.NoEntries);
            return ExitCodes.Ok;
        });
    }
}
