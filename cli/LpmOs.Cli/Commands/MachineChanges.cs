using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl machines note, decommission, recommission, tasks, diff, tpm</c>.</summary>
internal static class MachineChanges
{
    public static IEnumerable<Command> Build(Shell shell) => [Install(shell), Tasks(shell), Diff(shell), Note(shell), Decommission(shell), Recommission(shell), Tpm(shell)];

    private static Command Install(Shell shell)
    {
        var words = shell.Words;
        var machine = shell.Machine();
        var (os, version, profile) = (Shell.Option<string?>("--os", words.OsOption), Shell.Option<string?>("--os-version", words.OsVersionOption), Shell.Option<string?>("--profile", words.ProfileOption));
        var (hostname, notes, tags) = (Shell.Option<string?>("--hostname", words.HostnameOption), Shell.Option<string?>("--notes", words.NotesOption), Shell.Option<string[]>("--tag", words.TagsOption));
        return shell.Command("install", words.MachinesInstall, [machine, os, version, profile, hostname, notes, tags], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            var task = await session.Api.CreateTaskForMachineAsync(idc, sn, new MachineTaskRequest
            {
                Os_type = parsed.GetValue(os), Os_version = parsed.GetValue(version), Profile = parsed.GetValue(profile), Hostname = parsed.GetValue(hostname), Notes = parsed.GetValue(notes),
                Tags = parsed.GetValue(tags) is { Length: > 0 } given ? given : null,
            }, cancellationToken);
            if (session.Print.Format != OutputFormat.Table)
            {
                session.Print.Facts(task, TaskViews.Facts(words));
                return ExitCodes.Ok;
            }
            session.Print.Line(words.Created(task.Task_id, Show.Name(task.Status)));
            if (task.Status == TaskState.Pending)
                await session.Terminal.Error.WriteLineAsync(words.ApproveNext(SafeText.Of(TaskViews.Machine(task))));
            return ExitCodes.Ok;
        });
    }

    private static Command Tasks(Shell shell)
    {
        var machine = shell.Machine();
        return shell.Command("tasks", shell.Words.MachinesTasks, [machine], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            var tasks = await session.Api.ListMachineTasksAsync(idc, sn, cancellationToken);
            session.Print.List(tasks, tasks.Items.ToList(), TaskViews.List(shell.Words), shell.Words.NoTasks);
            return ExitCodes.Ok;
        });
    }

    private static Command Diff(Shell shell)
    {
        var words = shell.Words;
        var machine = shell.Machine();
        var (from, to) = (Shell.Option<string?>("--from", words.FromOption), Shell.Option<string?>("--to", words.ToOption));
        return shell.Command("diff", words.MachinesDiff, [machine, from, to], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            var difference = await session.Api.DiffInventoriesAsync(idc: idc, sn: sn, from: parsed.GetValue(from), to: parsed.GetValue(to), cancellationToken: cancellationToken);
            if (!session.Print.Structured(difference))
            {
                foreach (var line in difference.Text.TrimEnd('\n').Split('\n'))
                    session.Print.Line(line);
            }
            return ExitCodes.Ok;
        });
    }

    private static Command Note(Shell shell)
    {
        var machine = shell.Machine();
        var notes = Shell.Option<string?>("--notes", shell.Words.NotesOption);
        var tags = Shell.Option<string[]>("--tag", shell.Words.TagsOption);
        return shell.Command("note", shell.Words.MachinesNote, [machine, notes, tags], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            var patch = new MachinePatch { Notes = parsed.GetValue(notes), Tags = parsed.GetValue(tags) is { Length: > 0 } given ? given : null };
            return Shown(session, await session.Api.PatchMachineAsync(idc, sn, patch, cancellationToken), shell);
        });
    }

    private static Command Decommission(Shell shell)
    {
        var machine = shell.Machine();
        var reason = Shell.Option<string?>("--reason", shell.Words.ReasonOption);
        return shell.Command("decommission", shell.Words.MachinesDecommission, [machine, reason], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            return Shown(session, await session.Api.DecommissionMachineAsync(idc, sn, new ReasonRequest { Reason = parsed.GetValue(reason) }, cancellationToken), shell);
        });
    }

    private static Command Recommission(Shell shell)
    {
        var machine = shell.Machine();
        return shell.Command("recommission", shell.Words.MachinesRecommission, [machine], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(machine)!, cancellationToken);
            return Shown(session, await session.Api.RecommissionMachineAsync(idc, sn, cancellationToken), shell);
        });
    }

    private static Command Tpm(Shell shell)
    {
        var words = shell.Words;
        var tpm = new Command("tpm", words.MachinesTpm);
        var (released, reason) = (shell.Machine(), Shell.Option<string?>("--reason", words.ReasonOption));
        tpm.Add(shell.Command("release", words.MachinesTpmRelease, [released, reason], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(released)!, cancellationToken);
            return Shown(session, await session.Api.ReleaseMachineTpmAsync(idc, sn, new ReasonRequest { Reason = parsed.GetValue(reason) }, cancellationToken), shell);
        }));
        var (required, off) = (shell.Machine(), Shell.Option<bool>("--off", words.TpmOffOption));
        tpm.Add(shell.Command("require", words.MachinesTpmRequire, [required, off], async (parsed, session, cancellationToken) =>
        {
            var (idc, sn) = await session.MachineAsync(parsed.GetValue(required)!, cancellationToken);
            return Shown(session, await session.Api.RequireMachineTpmAsync(idc, sn, new TpmRequirement { Required = !parsed.GetValue(off) }, cancellationToken), shell);
        }));
        return tpm;
    }

    private static int Shown(Session.CliSession session, MachineDetail machine, Shell shell)
    {
        session.Print.Facts(machine, MachineCommands.Facts(shell.Words));
        return ExitCodes.Ok;
    }
}
