using System.ComponentModel;
using System.Net;
using System.Text;
using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Documents;
using LpmOs.Boot.Recording;
using LpmOs.Boot.Scripts;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Boot.Http;

/// <summary>The rendered scripts. None of these changes anything, firmware repeats itself; that one asked is noted on its timeline.</summary>
internal static class ScriptEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private const string Decision = "The agent's image for a machine that is to be installed or is not known yet; the disk for every other. Asking changes nothing, however often.";

    public static void MapScripts(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/boot.ipxe", Reading, Entry).Allow(Permission.Anonymous).WithName("getEntryScript").WithSummary("First script of every machine")
            .WithTags(ApiText.Scripts).WithDescription("An iPXE script that asks for the machine's own one, with what the firmware knows of the machine.").Produces<string>(contentType: "text/plain").ProducesProblem(503);
        routes.MapMethods("/autoexec.ipxe", Reading, Entry).Allow(Permission.Anonymous).ExcludeFromDescription();
        routes.MapMethods("/grub/{**path}", Reading, Grub).Allow(Permission.Anonymous).ExcludeFromDescription();
        routes.MapMethods("/ipxe", Reading, ForMachine).Allow(Permission.Anonymous).WithName("getMachineScript").WithSummary("The machine's own script, by MAC and serial number")
            .WithTags(ApiText.Scripts).WithDescription(Decision).Produces<string>(contentType: "text/plain").ProducesProblem(400).ProducesProblem(503);
        routes.MapMethods("/ipxe/{mac}", Reading, ForMac).Allow(Permission.Anonymous).WithName("getMachineScriptByMac").WithSummary("The machine's own script, by MAC alone")
            .WithTags(ApiText.Scripts).WithDescription(Decision).Produces<string>(contentType: "text/plain").ProducesProblem(400).ProducesProblem(503);
    }

    private static ScriptText Entry(BootScripts scripts, BootTrace trace, HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method))
            trace.Entry(http.Connection.RemoteIpAddress);
        return new ScriptText(scripts.Entry(scripts.BaseUrl(http.Connection.LocalIpAddress, http.Connection.LocalPort)));
    }

    /// <summary>For GRUB that came by UEFI HTTP boot; the rest of its files it fetches by TFTP.</summary>
    private static Results<ScriptText, NotFound> Grub(string? path, GrubFiles grub, HttpContext http) =>
        grub.Find("grub/" + path, http.Connection.LocalIpAddress, byHttp: true, http.Connection.LocalPort) is { } text ? new ScriptText(Encoding.ASCII.GetString(text)) : TypedResults.NotFound();

    private static Results<ScriptText, ProblemHttpResult> ForMac(string mac, ScriptCall call, HttpContext http) =>
        Answer(BootRequest.Create(mac, null, null, null, null, null, null, out var error), error, call, http);

    private static Results<ScriptText, ProblemHttpResult> ForMachine(
        string? mac, [Description("SMBIOS serial number.")] string? serial, [Description("SMBIOS UUID.")] string? uuid,
        [Description("`pcbios` or `efi`.")] string? platform, [Description("Architecture as iPXE names it: `i386`, `x86_64`, `arm64`.")] string? arch,
        [Description("SMBIOS manufacturer.")] string? manufacturer, [Description("SMBIOS product name.")] string? product, ScriptCall call, HttpContext http) =>
        Answer(BootRequest.Create(mac, serial, uuid, platform, arch, manufacturer, product, out var error), error, call, http);

    private static Results<ScriptText, ProblemHttpResult> Answer(BootRequest? request, string? error, ScriptCall call, HttpContext http)
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
        call.Log.Decided(request, decision);
        if (HttpMethods.IsGet(http.Request.Method))
        {
            call.Trace.Script(request, decision, http.Connection.RemoteIpAddress);
            if (request.Mac is { } mac)
                call.Loaders.Started(mac);
        }
        var baseUrl = call.Scripts.BaseUrl(http.Connection.LocalIpAddress, http.Connection.LocalPort);
        return new ScriptText(output => call.Scripts.Write(decision, request, snapshot, baseUrl, output));
    }
}

/// <summary>What every script needs.</summary>
internal sealed record ScriptCall(BootScripts Scripts, WatchedState State, Site Site, BootTrace Trace, UefiLoaders Loaders, ScriptLog Log, ILogger<ScriptCall> Logger);
