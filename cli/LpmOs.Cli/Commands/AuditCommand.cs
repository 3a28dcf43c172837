using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl audit</c>: the newest first.</summary>
internal static class AuditCommand
{
    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var (idc, sn, task) = (Shell.Option<string?>("--idc", words.IdcOption), Shell.Option<string?>("--sn", words.SnOption), Shell.Option<string?>("--task", words.Task));
        var (by, action) = (Shell.Option<string?>("--by", words.AuditBy), Shell.Option<string?>("--action", words.AuditAction));
        var (after, before) = (Shell.Option<string?>("--after", words.AfterOption), Shell.Option<string?>("--before", words.BeforeOption));
        var limit = Shell.Option<int?>("--limit", words.LimitOption);
        var all = Shell.Option<bool>("--all", words.AllOption);
        return shell.Command("audit", words.Audit, [idc, sn, task, by, action, after, before, limit, all], async (parsed, session, cancellationToken) =>
        {
            var everything = parsed.GetValue(all);
            var most = everything ? int.MaxValue : parsed.GetValue(limit) ?? 50;
            var records = new List<AuditRecord>();
            string? cursor = null;
            // A page may be short, even empty, while there is a next one.
            do
            {
                var page = await session.Api.ListAuditAsync(idc: parsed.GetValue(idc), sn: parsed.GetValue(sn), task_id: parsed.GetValue(task), by: parsed.GetValue(by), action: parsed.GetValue(action), after: parsed.GetValue(after), before: parsed.GetValue(before),
                    limit: everything ? 1000 : parsed.GetValue(limit), cursor: cursor, cancellationToken: cancellationToken);
                records.AddRange(page.Items.Take(most - records.Count));
                cursor = page.Next_cursor;
            }
            while (cursor is not null && records.Count < most);
            session.Print.List(new AuditPage { Items = records, Next_cursor = cursor }, records, Columns(words), words.NoEntries);
            return ExitCodes.Ok;
        });
    }

    private static Column<AuditRecord>[] Columns(Words words) =>
    [
        new("at", words.When, record => Show.Time(record.At)),
        new("by", words.Who, record => record.By),
        new("from", "FROM", record => record.From),
        new("action", words.What, record => record.Action),
        new("machine", words.Machine, record => record.Sn is null ? record.Idc : $"{record.Idc}/{record.Sn}"),
        new("task_id", words.Task, record => record.Task_id),
        new("reason", words.Why, record => record.Reason),
    ];
}
