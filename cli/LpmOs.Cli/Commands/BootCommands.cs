using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl boots …</c>: what machines did on their way up, and where they stand still.</summary>
internal static class BootCommands
{
    public static Command Build(Shell shell) => new("boots", shell.Words.Boots) { List(shell), ShowOne(shell) };

    private static Command List(Shell shell)
    {
        var words = shell.Words;
        var (idc, stalled, unknown) = (Shell.Option<string?>("--idc", words.IdcOption), Shell.Option<bool>("--stalled", words.StalledOption), Shell.Option<bool>("--unknown", words.UnknownOption));
        var text = Shell.Option<string?>("--query", words.BootTextOption, "-q");
        var after = Shell.Option<string?>("--after", words.AfterOption);
        var (limit, cursor) = (Shell.Option<int?>("--limit", words.LimitOption), Shell.Option<string?>("--cursor", words.CursorOption));
        return shell.Command("list", words.BootsList, [idc, stalled, unknown, text, after, limit, cursor], async (parsed, session, cancellationToken) =>
        {
            var page = await session.Api.ListBootsAsync(parsed.GetValue(idc), parsed.GetValue(stalled) ? "true" : null, parsed.GetValue(unknown) ? "true" : null, parsed.GetValue(text),
                parsed.GetValue(after), parsed.GetValue(limit), parsed.GetValue(cursor), cancellationToken);
            session.Print.List(page, page.Items, Columns(words), words.NoBoots);
            if (session.Print.Format == OutputFormat.Table && page.Next_cursor is { } rest)
                await session.Terminal.Error.WriteLineAsync(words.More(page.Items.Count, page.Total, rest));
            return ExitCodes.Ok;
        });
    }

    private static Command ShowOne(Shell shell)
    {
        var words = shell.Words;
        var machine = new Argument<string>("machine") { Description = words.BootMachineArgument, HelpName = "IDC/SN|IDC/MAC|TASK" };
        var all = Shell.Option<bool>("--all", words.AllBootsOption);
        return shell.Command("show", words.BootsShow, [machine, all], async (parsed, session, cancellationToken) =>
        {
            var boots = await ReadAsync(session, parsed.GetValue(machine)!, cancellationToken);
            var shown = parsed.GetValue(all) ? boots.Items : [.. boots.Items.Take(1)];
            if (session.Print.Structured(parsed.GetValue(all) ? boots : new BootList { Idc = boots.Idc, Sn = boots.Sn, Items = shown }))
                return ExitCodes.Ok;
            if (session.Print.Format == OutputFormat.Csv)
            {
                session.Print.List(boots, [.. shown.SelectMany(boot => boot.Events.Select(happened => new Row(boot, happened)))], [new("boot_id", "", row => row.Boot.Boot_id), .. Events(words)], "");
                return ExitCodes.Ok;
            }
            if (shown.Count == 0)
                session.Print.Line(words.NoBoots);
            foreach (var boot in shown.Reverse())
                Print(session, words, boot);
            return ExitCodes.Ok;
        });
    }

    /// <summary>What follows the IDC is a MAC where it looks like one: serial numbers have no colons in such places.</summary>
    private static async Task<BootList> ReadAsync(CliSession session, string machine, CancellationToken cancellationToken)
    {
        if (machine.StartsWith("task-", StringComparison.Ordinal))
        {
            var (idc, sn) = await session.MachineAsync(machine, cancellationToken);
            return await session.Api.GetTaskBootsAsync(idc, sn, cancellationToken);
        }
        var name = await session.MachineAsync(machine, cancellationToken);
        return name.Sn.Count(c => c is ':' or '-') == 5 && name.Sn.Length == 17
            ? await session.Api.GetBootsAsync(name.Idc, name.Sn, cancellationToken)
            : await session.Api.GetMachineBootsAsync(name.Idc, name.Sn, cancellationToken);
    }

    private static void Print(CliSession session, Words words, BootDetail boot)
    {
        session.Print.Facts(boot, Facts(words));
        session.Print.List(boot, [.. boot.Events.Select(happened => new Row(boot, happened))], Events(words), "");
        if (boot.Omitted > 0)
            session.Print.Line(words.OmittedEvents(boot.Omitted));
        if (boot.Diagnosis is not { } stall)
            return;
        session.Print.Line("! " + words.InLanguage(stall.Title, stall.Zh.Title));
        session.Print.Line("  " + words.InLanguage(stall.Meaning, stall.Zh.Meaning));
        session.Print.Line("  → " + words.InLanguage(stall.Advice, stall.Zh.Advice));
    }

    private sealed record Row(BootDetail Boot, BootEvent Event);

    private static Column<BootSummary>[] Columns(Words words) =>
    [
        new("idc", "IDC", boot => boot.Idc),
        new("mac", "MAC", boot => boot.Mac),
        new("sn", "SN", boot => boot.Sn),
        new("started_at", words.Started, boot => Show.Time(boot.Started_at)),
        new("firmware", words.Firmware, boot => boot.Architecture_name),
        new("phase", words.Phase, boot => Wire(boot.Phase)),
        new("outcome", words.State, boot => boot.Outcome),
        new("last_event", words.LastEvent, boot => words.InLanguage(boot.Last_event.Text, boot.Last_event.Text_zh)),
        new("diagnosis", words.Diagnosis, boot => boot.Diagnosis?.Code),
    ];

    private static Column<BootDetail>[] Facts(Words words) =>
    [
        new("boot", words.Boot, boot => $"{boot.Idc} {boot.Mac} {boot.Sn} {boot.Boot_id}"),
        new("firmware", words.Firmware, boot => boot.Architecture_name),
        new("address", words.Network, boot => boot.Address),
        new("outcome", words.State, boot => $"{boot.Outcome} ({Wire(boot.Phase)})"),
        new("task", words.Task, boot => boot.Task_id),
    ];

    private static Column<Row>[] Events(Words words) =>
    [
        new("at", words.When, row => row.Event.At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture)),
        new("after", "+s", row => (row.Event.At - row.Boot.Started_at).TotalSeconds.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture), Right: true),
        new("source", words.Source, row => row.Event.Source),
        new("event", words.Event, row => words.InLanguage(row.Event.Text, row.Event.Text_zh)),
    ];

    /// <summary>As the service spells it.</summary>
    private static string Wire(BootPhase phase) => System.Text.Json.JsonSerializer.SerializeToElement(phase, ClientJson.Options).GetString()!;
}
