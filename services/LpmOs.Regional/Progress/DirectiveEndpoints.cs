using System.ComponentModel;
using LpmOs.Contracts.Agents;
using LpmOs.Core.Hosting;
using LpmOs.Regional.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Progress;

/// <summary><c>GET /api/v1/directive/{sn}</c>: held open while the agent works, so that an abort reaches it at once and not with its next report.</summary>
internal static class DirectiveEndpoints
{
    /// <summary>Seconds; longer ones are cut by proxies on the way.</summary>
    private const int LongestWait = 60;

    public static void MapDirectives(this RouteGroupBuilder api) =>
        api.MapGet("/directive/{sn}", GetAsync).WithName("getDirective").WithSummary("Whether to go on; held open until that changes, with ?wait=seconds")
            .WithDescription("While an agent works. A task that is cancelled, or an attempt that is over, answers the open call with `abort` at once.")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(503);

    private static async Task<Ok<DirectiveAnswer>> GetAsync(string sn, [AsParameters] AgentCall call, IHostApplicationLifetime lifetime, CancellationToken cancellationToken,
        [Description("Task that the agent works on.")] string? task_id = null, [Description("Attempt that the agent works on.")] int? attempt = null, [Description("Seconds to stay open while there is nothing new, 0 to 60. Default: 0.")] int? wait = null)
    {
        var errors = new FieldErrors();
        errors.Sn(sn);
        errors.TaskId(task_id ?? "");
        errors.Check("wait", wait is null or (>= 0 and <= LongestWait), wait?.ToString(System.Globalization.CultureInfo.InvariantCulture), $"0 to {LongestWait} seconds");
        errors.ThrowIfAny();
        await call.EnterAsync(sn, cancellationToken);
        using var presence = call.Presence.Hold(sn);
        using var change = call.State.Signals.Register(call.Site.Idc, sn);
        using var held = new HeldCall(change, TimeSpan.FromSeconds(wait ?? 0), call.Time, lifetime.ApplicationStopping, cancellationToken);
        while (true)
        {
            // Before the look, so that a change in between is not missed. The task may be under another serial number: linked by a MAC.
            change.Again();
            var machine = await call.RequireTaskAsync(sn, task_id!, cancellationToken);
            if (ProgressRules.WhyStop(machine.Task!, sn, attempt) is { } why)
                return TypedResults.Ok(new DirectiveAnswer { Message = why, Directive = Directives.Abort });
            if (call.TellOfShell(sn))
                return TypedResults.Ok(new DirectiveAnswer { Message = "A shell is asked for", Directive = Directives.Continue });
            if (!await change.Changed)
                return TypedResults.Ok(new DirectiveAnswer { Message = "Nothing new", Directive = Directives.Continue });
        }
    }
}
