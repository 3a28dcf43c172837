using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Audit;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Settings;

/// <summary>How an IDC is run: limits, maintenance windows, rules of approval.</summary>
internal static class SettingsEndpoints
{
    public static void MapSettings(this RouteGroupBuilder api)
    {
        var settings = api.MapGroup("/idcs/{idc}/settings").WithTags(ApiTags.Overview).Allow(Permission.View);
        settings.MapGet("", Get).WithName("getIdcSettings").WithSummary("Limits, maintenance windows and approval rules of an IDC")
            .WithDescription("Where nothing was set these are the defaults: nothing is restricted, and every task needs a person's approval.").ProducesProblem(400);
        settings.MapPut("", PutAsync).Allow(Permission.Administer).WithName("putIdcSettings").WithSummary("Replace them; what is left out takes its default")
            .WithDescription("They hold at once, also for tasks that wait. Automatic approval never takes a disk that holds data unless `allow_data` says so.")
            .Accepts<SiteSettings>("application/json").WithExamples(Examples.Settings).ProducesProblem(400).ProducesProblem(503);
    }

    private static Ok<SiteSettings> Get(string idc, WatchedState state) => TypedResults.Ok(state.Current.Settings(Checked(idc)));

    private static async Task<Ok<SiteSettings>> PutAsync(string idc, HttpRequest request, Actor actor, AuditedChange changes, CancellationToken cancellationToken)
    {
        Checked(idc);
        var settings = await RequestBody.RequireAsync(request, CoreJson.Default.SiteSettings, cancellationToken);
        SettingsRules.Check(settings);
        var value = JsonSerializer.SerializeToUtf8Bytes(settings, CoreJson.Default.SiteSettings);
        await changes.PutAsync(Keys.Settings(idc), value, "settings.changed", idc, null, actor, null, cancellationToken);
        return TypedResults.Ok(settings);
    }

    private static string Checked(string idc)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.ThrowIfAny();
        return idc;
    }
}
