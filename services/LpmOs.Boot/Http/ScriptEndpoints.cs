using System.Net;
using System.Text;
using LpmOs.Boot.Scripts;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Boot.Http;

/// <summary>The rendered scripts. None of these writes anything: firmware repeats itself.</summary>
internal static class ScriptEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapScripts(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/boot.ipxe", Reading, Entry).WithName("GetEntryScript").WithSummary("First script of every machine");
        routes.MapMethods("/autoexec.ipxe", Reading, Entry).ExcludeFromDescription();
        routes.MapMethods("/ipxe", Reading, ForMachine).WithName("GetMachineScript").WithSummary("The machine's own script, by MAC and serial number");
        routes.MapMethods("/ipxe/{mac}", Reading, ForMac).WithName("GetMachineScriptByMac").WithSummary("The machine's own script, by MAC alone");
    }

    private static ContentHttpResult Entry(BootScripts scripts, HttpContext http) => Script(scripts.Entry(scripts.BaseUrl(http.Connection.LocalIpAddress, http.Connection.LocalPort)));

    private static Results<ContentHttpResult, ProblemHttpResult> ForMac(string mac, ScriptCall call, HttpContext http) =>
        Answer(BootRequest.Create(mac, null, null, null, null, null, null, out var error), error, call, http);

    private static Results<ContentHttpResult, ProblemHttpResult> ForMachine(
        string? mac, string? serial, string? uuid, string? platform, string? arch, string? manufacturer, string? product, ScriptCall call, HttpContext http) =>
        Answer(BootRequest.Create(mac, serial, uuid, platform, arch, manufacturer, product, out var error), error, call, http);

    private static Results<ContentHttpResult, ProblemHttpResult> Answer(BootRequest? request, string? error, ScriptCall call, HttpContext http)
    {
        if (request is null)
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid_request", "The machine cannot be known", error!);
        var snapshot = call.State.Current;
        // Without the copy an installed machine would look unknown and wait in the agent's image instead of starting its system.
        if (!call.State.Ready.IsCompleted || snapshot.MachineTokenKey.IsEmpty)
        {
            http.Response.Headers.RetryAfter = "5";
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "not_ready", "The boot service does not know its machines yet",
                "The store has not been read since the service started. The entry script asks again by itself; if it stays so, look at the store.");
        }
        var decision = BootDecision.Of(snapshot, call.Site.Idc, request);
        call.Logger.ScriptDecided(call.Site.Idc, request.Mac, request.Serial, request.Platform, decision.Kind, decision.Reason, decision.Task?.TaskId);
        return Script(call.Scripts.For(decision, request, snapshot, call.Scripts.BaseUrl(http.Connection.LocalIpAddress, http.Connection.LocalPort)));
    }

    private static ContentHttpResult Script(string text) => TypedResults.Text(text, "text/plain", Encoding.ASCII);
}

/// <summary>What every script needs.</summary>
internal sealed record ScriptCall(BootScripts Scripts, WatchedState State, Site Site, ILogger<ScriptCall> Logger);
