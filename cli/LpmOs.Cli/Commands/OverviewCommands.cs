using System.CommandLine;
using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl stats</c> and <c>lpmosctl idcs</c>.</summary>
internal static class OverviewCommands
{
    /// <summary>Counts of one IDC, or of all (<c>*</c>).</summary>
    private sealed record Row(string Idc, SiteStats Stats, IdcSummary? Site = null);

    public static Command Stats(Shell shell)
    {
        var idc = Shell.Option<string?>("--idc", shell.Words.IdcOption);
        return shell.Command("stats", shell.Words.Stats, [idc], async (parsed, session, cancellationToken) =>
        {
            if (parsed.GetValue(idc) is { } one)
            {
                var stats = await session.Api.GetIdcStatsAsync(one, cancellationToken);
                session.Print.List(stats, [new Row(one, Counts(stats))], Columns(shell.Words), "");
                Times(stats.Durations, session);
                return ExitCodes.Ok;
            }
            var fleet = await session.Api.GetStatsAsync(cancellationToken);
            session.Print.List(fleet, [.. fleet.Idcs.Select(site => new Row(site.Key, site.Value)), new Row("*", Counts(fleet))], Columns(shell.Words), "");
            Times(fleet.Durations, session);
            return ExitCodes.Ok;
        });
    }

    public static Command Idcs(Shell shell)
    {
        var idcs = List(shell);
        idcs.Add(SiteCommands.Settings(shell));
        return idcs;
    }

    private static Command List(Shell shell) => shell.Command("idcs", shell.Words.Idcs, [], async (_, session, cancellationToken) =>
    {
        var list = await session.Api.ListIdcsAsync(cancellationToken);
        session.Print.List(list, list.Items.Select(site => new Row(site.Idc, site.Stats, site)).ToList(),
            [
                .. Columns(shell.Words), new("status", shell.Words.State, row => row.Site?.Status),
                new("services", shell.Words.Services, row => Show.Join(row.Site?.Services.Select(service => $"{service.Kind}={(service.Alive ? service.Version ?? shell.Words.Yes : shell.Words.Gone)}"))),
                new("images", shell.Words.Image, row => Show.Join(row.Site?.Images.Select(image => image.Id))),
            ], shell.Words.NoIdcs);
        return ExitCodes.Ok;
    });

    public static Command Systems(Shell shell) => shell.Command("systems", shell.Words.Systems, [], async (_, session, cancellationToken) =>
    {
        var list = await session.Api.ListSystemsAsync(cancellationToken);
        session.Print.List(list, list.Items.ToList(),
        [
            new("id", "ID", system => system.Id), new("name", shell.Words.System, system => system.Name),
            new("versions", shell.Words.Versions, system => Show.Join(system.Versions.Select(version => version.Version))),
        ], shell.Words.NoEntries);
        return ExitCodes.Ok;
    });

    // JSON and YAML have them already, and CSV has one header.
    private static void Times(InstallationTimes? times, Session.CliSession session)
    {
        if (session.Print.Format != OutputFormat.Table || times is not { Phases.Count: > 0 })
            return;
        if (times.Success_rate is { } rate)
            session.Print.Line(session.Words.SuccessRate(rate, times.Succeeded, times.Failed));
        session.Print.List(times, times.Phases.ToList(),
        [
            new("phase", session.Words.Step, phase => phase.Phase),
            new("count", "n", phase => Show.Number(phase.Count), Right: true),
            new("median", session.Words.Median, phase => Show.Seconds(phase.Median_seconds), Right: true),
            new("p95", "p95", phase => Show.Seconds(phase.P95_seconds), Right: true),
        ], "");
    }

    // The answers have the same counts and no common type.
    private static SiteStats Counts<T>(T stats) => JsonSerializer.SerializeToElement(stats, ClientJson.Options).Deserialize<SiteStats>(ClientJson.Options)!;

    private static Column<Row>[] Columns(Words words) =>
    [
        new("idc", "IDC", row => row.Idc),
        new("total_machines", words.Machine, row => Show.Number(row.Stats.Total_machines), Right: true),
        new("online_machines", words.Online, row => Show.Number(row.Stats.Online_machines), Right: true),
        new("unmatched", "unmatched", row => Show.Number(row.Stats.Unmatched), Right: true),
        new("total_tasks", words.Task, row => Show.Number(row.Stats.Total_tasks), Right: true),
        new("pending", "pending", row => Show.Number(row.Stats.Pending), Right: true),
        new("approved", "approved", row => Show.Number(row.Stats.Approved), Right: true),
        new("installing", "installing", row => Show.Number(row.Stats.Installing), Right: true),
        new("completed", "completed", row => Show.Number(row.Stats.Completed), Right: true),
        new("failed", "failed", row => Show.Number(row.Stats.Failed), Right: true),
        new("cancelled", "cancelled", row => Show.Number(row.Stats.Cancelled), Right: true),
        new("rejected", "rejected", row => Show.Number(row.Stats.Rejected), Right: true),
    ];
}
