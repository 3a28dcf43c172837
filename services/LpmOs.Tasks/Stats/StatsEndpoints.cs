using System.ComponentModel;
using System.Globalization;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Stats.Durations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LpmOs.Tasks.Stats;

/// <summary>Live counts.</summary>
internal static class StatsEndpoints
{
    private const int LongestStep = 168;
    private const int MostPoints = 400;

    public static void MapStats(this RouteGroupBuilder api)
    {
        var stats = api.MapGroup("/stats").WithTags(ApiTags.Overview).Allow(Permission.View);
        stats.MapGet("", All).WithName("getStats").WithSummary("Counts of all IDCs together, and of each")
            .WithDescription("Counted from the tasks and machines themselves, so true after any crash.");
        stats.MapGet("/throughput", Throughput).WithName("getThroughput").WithSummary("Installations that ended, and how long they took, over time")
            .WithDescription("For charts: `points` spans of `step_hours` each, the last one with the present hour.").ProducesProblem(400);
        stats.MapGet("/{idc}", OfSite).WithName("getIdcStats").WithSummary("Counts of one IDC, and how long things take there")
            .WithDescription("An IDC that nothing is known of has zero of everything. `durations` has the median and the 95th percentile of each phase, and the share of attempts that succeeded, over present and archived tasks.").ProducesProblem(400);
    }

    private static Ok<FleetStats> All(SiteCounts counts, Actor actor) => TypedResults.Ok(counts.Fleet(actor.Rights.Sites(Permission.View)));

    private static Ok<Throughput> Throughput(
        [Description("Only this IDC.")] string? idc, [FromQuery(Name = "step_hours"), Description("Length of a span, 1 to 168 hours. Default: 1.")] string? stepHours,
        [Description("Spans, 1 to 400. Default: 24.")] string? points, Actor actor, DurationIndex durations, TimeProvider time)
    {
        var errors = new FieldErrors();
        if (idc is not null)
            errors.Idc(idc);
        var step = Number("step_hours", stepHours, 1, LongestStep, errors);
        var count = Number("points", points, 24, MostPoints, errors);
        errors.ThrowIfAny();
        var now = time.GetUtcNow();
        var end = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero).AddHours(1);
        return TypedResults.Ok(new Throughput { Idc = idc, StepHours = step, Points = durations.Throughput(idc, actor.Rights.Sites(Permission.View), end.AddHours(-(double)step * count), step, count) });
    }

    private static int Number(string field, string? text, int otherwise, int most, FieldErrors errors)
    {
        if (text is null)
            return otherwise;
        var valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most;
        errors.Check(field, valid, text, $"1 to {most}");
        return valid ? number : otherwise;
    }

    private static Ok<IdcStats> OfSite(string idc, SiteCounts counts, DurationIndex durations)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.ThrowIfAny();
        return TypedResults.Ok(IdcStats.Of(counts.Sites.GetValueOrDefault(idc) ?? new SiteStats(), durations.Of(idc)));
    }
}
