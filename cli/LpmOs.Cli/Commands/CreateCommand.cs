using System.CommandLine;
using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl tasks create</c>: from options, from a JSON file, or from a file with options before it.</summary>
internal static class CreateCommand
{
    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var file = Shell.Option<string?>("--file", words.TaskFileOption, "-f");
        var idc = Shell.Option<string?>("--idc", words.IdcOfTask);
        var sn = Shell.Option<string?>("--sn", words.SnOption);
        var mac = Shell.Option<string?>("--mac", words.MacOption);
        var os = Shell.Option<string?>("--os", words.OsOption);
        var version = Shell.Option<string?>("--os-version", words.OsVersionOption);
        var hostname = Shell.Option<string?>("--hostname", words.HostnameOption);
        var profile = Shell.Option<string?>("--profile", words.ProfileOption);
        var tags = Shell.Option<string[]>("--tag", words.TagsOption);
        var packages = Shell.Option<string[]>("--package", words.PackageOption);
        var keys = Shell.Option<string[]>("--ssh-key", words.SshKeyOption);
        var notes = Shell.Option<string?>("--notes", words.NotesOption);
        var priority = Shell.Option<int?>("--priority", words.PriorityOption);
        var notBefore = Shell.Option<DateTimeOffset?>("--not-before", words.NotBeforeOption);
        var deadline = Shell.Option<DateTimeOffset?>("--deadline", words.DeadlineOption);
        var serial = Shell.Option<string?>("--disk-serial", words.DiskSerialOption);
        var wwn = Shell.Option<string?>("--disk-wwn", words.DiskWwnOption);
        var prefer = Shell.Option<string?>("--disk-prefer", words.DiskPreferOption);
        prefer.CompletionSources.Add("smallest", "largest");
        Symbol[] symbols = [idc, sn, mac, os, version, hostname, profile, tags, packages, keys, notes, priority, notBefore, deadline, serial, wwn, prefer, file];
        return shell.Command("create", words.TasksCreate, symbols, async (parsed, session, cancellationToken) =>
        {
            var spec = parsed.GetValue(file) is { } path ? await ReadAsync(path, session, cancellationToken) : new TaskSpec();
            spec.Idc = parsed.GetValue(idc) ?? spec.Idc ?? session.Settings.Idc!;
            spec.Sn = parsed.GetValue(sn) ?? spec.Sn;
            spec.Mac = parsed.GetValue(mac) ?? spec.Mac;
            spec.Os_type = parsed.GetValue(os) ?? spec.Os_type;
            spec.Os_version = parsed.GetValue(version) ?? spec.Os_version;
            spec.Hostname = parsed.GetValue(hostname) ?? spec.Hostname;
            spec.Profile = parsed.GetValue(profile) ?? spec.Profile;
            spec.Tags = Given(parsed.GetValue(tags)) ?? spec.Tags;
            spec.Packages = Given(parsed.GetValue(packages)) ?? spec.Packages;
            if (Given(parsed.GetValue(keys)) is { } given)
                spec.Ssh_keys = [.. await Task.WhenAll(given.Select(key => KeyAsync(key, session, cancellationToken)))];
            spec.Notes = parsed.GetValue(notes) ?? spec.Notes;
            spec.Priority = parsed.GetValue(priority) ?? spec.Priority;
            spec.Not_before = parsed.GetValue(notBefore) ?? spec.Not_before;
            spec.Deadline = parsed.GetValue(deadline) ?? spec.Deadline;
            if ((parsed.GetValue(serial), parsed.GetValue(wwn), parsed.GetValue(prefer)) is var disk && disk is not (null, null, null))
                (spec.Disk_layout ??= new DiskLayoutSpec()).Disk = new DiskSelector { Serial = disk.Item1, Wwn = disk.Item2, Prefer = disk.Item3 };
            (string Name, string? Value)[] needed = [("--idc", spec.Idc), ("--sn", spec.Sn), ("--mac", spec.Mac), ("--os", spec.Os_type)];
            if (needed.Where(option => option.Value is null).Select(option => option.Name).ToList() is { Count: > 0 } missing)
                throw new UsageException(words.Missing(string.Join(", ", missing)));

            var task = await session.Api.CreateTaskAsync(spec, cancellationToken);
            if (session.Print.Format != OutputFormat.Table)
                session.Print.Facts(task, TaskViews.Facts(words));
            else
            {
                session.Print.Line(words.Created(task.Task_id, Show.Name(task.Status)));
                if (task.Status == TaskState.Pending)
                    await session.Terminal.Error.WriteLineAsync(words.ApproveNext(SafeText.Of(TaskViews.Machine(task))));
            }
            return ExitCodes.Ok;
        });
    }

    private static string[]? Given(string[]? values) => values is { Length: > 0 } ? values : null;

    private static async Task<TaskSpec> ReadAsync(string path, CliSession session, CancellationToken cancellationToken)
    {
        var text = await InputFile.TextAsync(path, session, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<TaskSpec>(text, ClientJson.Options) ?? throw new UsageException(session.Words.NotATaskFile(path, "null"));
        }
        catch (JsonException e)
        {
            throw new UsageException(session.Words.NotATaskFile(path, SafeText.Of(e.Message)));
        }
    }

    private static async Task<string> KeyAsync(string key, CliSession session, CancellationToken cancellationToken) =>
        key.StartsWith('@') ? (await InputFile.TextAsync(key[1..], session, cancellationToken)).Trim() : key;
}
