using System.CommandLine;
using System.Globalization;
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
        var audit = shell.Command("audit", words.Audit, [idc, sn, task, by, action, after, before, limit, all], async (parsed, session, cancellationToken) =>
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
        audit.Add(Verify(shell));
        return audit;
    }

    /// <summary><c>lpmosctl audit verify</c>: fails where a record was changed, deleted, moved or put in, and names the first.</summary>
    private static Command Verify(Shell shell)
    {
        var words = shell.Words;
        var idc = Shell.Option<string?>("--idc", words.IdcOption);
        return shell.Command("verify", words.AuditVerify, [idc], async (parsed, session, cancellationToken) =>
        {
            var found = await session.Api.VerifyAuditAsync(parsed.GetValue(idc), cancellationToken);
            session.Print.List(found, found.Idcs, Idcs(words), words.NoEntries);
            if (found.Intact)
                return ExitCodes.Ok;
            foreach (var fault in found.Faults)
                await session.Terminal.Error.WriteLineAsync(SafeText.Of($"{words.AuditBroken}: {Fault(fault)}"));
            return ExitCodes.Failed;
        });
    }

    private static string Fault(AuditFault fault) =>
        string.Create(CultureInfo.InvariantCulture, $"{fault.Code} {fault.Idc}/{fault.Id ?? "-"}{(fault.Chain is { } chain ? $" (chain {chain}, number {fault.Number?.ToString(CultureInfo.InvariantCulture) ?? "-"})" : "")}: {fault.Detail}");

    private static Column<VerifiedIdc>[] Idcs(Words words) =>
    [
        new("idc", "IDC", idc => idc.Idc),
        new("intact", words.AuditIntact, idc => idc.Intact ? words.Yes : words.No),
        new("records", words.AuditRecords, idc => idc.Records.ToString(CultureInfo.InvariantCulture), Right: true),
        new("unchained", words.AuditUnchained, idc => idc.Unchained.ToString(CultureInfo.InvariantCulture), Right: true),
    ];

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
