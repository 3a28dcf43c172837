using System.ComponentModel;
using System.Text;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Access;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Machines;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Tasks;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Shells;

/// <summary>What for, and for how long.</summary>
internal sealed record ShellRequest
{
    [Description("Minutes until the session ends, whatever is being done in it: 1 to 60. Default: 15.")]
    public int? Minutes { get; init; }
    [Description("What for; goes into the audit.")]
    public string? Reason { get; init; }
}

/// <summary>Rescue shells on machines that run the boot image.</summary>
internal static class ShellEndpoints
{
    public const int DefaultMinutes = 15;
    public const int MostMinutes = 60;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    public static void MapShells(this RouteGroupBuilder api)
    {
        var shell = api.MapGroup("/machines/{idc}/{sn}/shell").WithTags(ApiTags.Machines).Allow(Permission.OpenShells);
        shell.MapPost("", OpenAsync).WithName("openShell").WithSummary("Ask for a root shell on a machine that runs the boot image")
            .WithDescription("For one machine and a limited time; who, when and how much is on record. Then open the WebSocket `/api/v1/machines/{idc}/{sn}/shell/terminal?session=ID` with the same login: binary messages, "
                + "whose first byte is 0 for bytes typed or shown, 1 for the terminal's columns and rows (two bytes each, big-endian), 2 for the end with its reason, 3 when the shell is there. `lpmosctl shell` does it.")
            .Accepts<ShellRequest>(isOptional: true, "application/json").WithExamples(Examples.OpenShell)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        shell.MapGet("", GetAsync).Allow(Permission.View).WithName("getShell").WithSummary("The machine's shell session, the present or the last one").WithDescription("`ended_at` is absent while it lasts. What its terminal showed is in the transcript.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        shell.MapDelete("", EndAsync).WithName("endShell").WithSummary("End the machine's shell session").WithDescription("Whoever opened it. What runs in it is killed.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        shell.MapGet("/transcript", TranscriptAsync).Allow(Permission.ReadAudit).WithName("getShellTranscript").WithSummary("What a session's terminal showed")
            .WithDescription($"The last {ShellPipe.Kept / 1024} KiB of each of the machine's last {ShellSessions.KeptTranscripts} sessions, bytes as they were. What was typed is not kept, for it may hold passwords.")
            .Produces<string>(contentType: "text/plain").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        // OpenAPI has no words for a WebSocket; openShell tells of it.
        shell.MapGet("/terminal", TerminalAsync).ExcludeFromDescription();
    }

    private static async Task<Created<ShellSession>> OpenAsync(string idc, string sn, HttpRequest request, Actor actor, WatchedState state, ShellSessions sessions, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: true, cancellationToken);
        var (minutes, reason) = (json.Number("minutes"), json.Text("reason"));
        json.RefuseOthers();
        errors.Check("minutes", minutes is null or (>= 1 and <= MostMinutes), minutes?.ToString(System.Globalization.CultureInfo.InvariantCulture), $"1 to {MostMinutes}");
        TaskRules.FreeText(errors, "reason", reason, TaskRules.LongestNotes);
        errors.ThrowIfAny();
        var machine = MachineRecords.Find(state.Current, TaskLookup.Machine(idc, sn));
        if (!machine.Online)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "machine_not_connected", "The machine's agent is not connected", $"{machine.Key} has not been in contact within the last 30 seconds. A shell needs its agent: boot the machine from the network, or use its own console (lpmos.shell).");
        if (machine.Inventory?.BootImage == false)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "not_in_boot_image", "The machine does not run the boot image", $"{machine.Key}'s agent runs on an ordinary system, where it opens no shell: log in to that system itself, or boot the machine from the network.");
        var (opened, session) = await sessions.OpenAsync(idc, sn, actor.Name, actor.From, reason, TimeSpan.FromMinutes(minutes ?? DefaultMinutes), cancellationToken);
        if (!opened)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "shell_in_use", "There is a shell on this machine", $"{session.By} opened it at {session.StartedAt:u}; it ends at {session.ExpiresAt:u} at the latest. DELETE ends it before.");
        return TypedResults.Created($"/api/v1/machines/{idc}/{Uri.EscapeDataString(sn)}/shell", session);
    }

    private static Ok<ShellSession> GetAsync(string idc, string sn, WatchedState state) => TypedResults.Ok(Present(idc, sn, state));

    private static async Task<NoContent> EndAsync(string idc, string sn, Actor actor, WatchedState state, ShellSessions sessions, CancellationToken cancellationToken)
    {
        await sessions.StopAsync(idc, sn, Present(idc, sn, state).Id, actor.Name, actor.From, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<ContentHttpResult> TranscriptAsync(string idc, string sn, WatchedState state, ShellSessions sessions, CancellationToken cancellationToken, [Description("Its id, from the audit. Default: the present or the last one.")] string? session = null)
    {
        var errors = new FieldErrors();
        errors.Check("session", session is null || (session.Length <= 64 && session.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')), session, "the id of a session, as the audit has it");
        errors.ThrowIfAny();
        var id = session ?? Present(idc, sn, state).Id;
        var machine = TaskLookup.Machine(idc, sn);
        var shown = await sessions.TranscriptAsync(machine.Idc, machine.Sn, id, cancellationToken);
        if (shown.Length == 0 && session is not null)
            throw new RefusedRequestException(StatusCodes.Status404NotFound, "no_shell", "There is no such session", $"Nothing is kept of a session {session} of {machine}.");
        return TypedResults.Text(Encoding.UTF8.GetString(shown), "text/plain; charset=utf-8");
    }

    private static async Task TerminalAsync(string idc, string sn, Actor actor, HttpContext context, AccessBook book, ShellSessions sessions, IStateStore store, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellationToken, string? session = null)
    {
        var machine = TaskLookup.Machine(idc, sn);
        if (!context.WebSockets.IsWebSocketRequest)
            throw new InvalidRequestException("upgrade", "This address speaks WebSocket (RFC 6455); POST …/shell opens the session that it needs.");
        var found = await sessions.FindAsync(machine.Idc, machine.Sn, session ?? "", cancellationToken);
        if (found is null || !found.IsOpen(time.GetUtcNow()))
            throw new RefusedRequestException(StatusCodes.Status410Gone, "shell_over", "The session is over", "Open another one with POST …/shell.");
        // Its id is no secret; whoever knows it is not who asked for it.
        if (found.By != actor.Name)
            throw new RefusedRequestException(StatusCodes.Status403Forbidden, "not_allowed", "Your roles do not allow this", $"The session was opened by {found.By}, who alone may use it.");
        if (await sessions.TakeAsync(machine.Idc, machine.Sn, found.Id, agent: false, cancellationToken) is not { } taken)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "shell_in_use", "There is a terminal for this session", "One session has one terminal.");
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = Beat, KeepAliveTimeout = Beat });
        using var shell = new ShellSocket(socket);
        var caller = Caller.Of(context)!;
        await new OperatorShell(shell, taken, () => book.RightsNow(caller), store, sessions, time).RunAsync(lifetime.ApplicationStopping);
    }

    private static ShellSession Present(string idc, string sn, WatchedState state) => MachineRecords.Find(state.Current, TaskLookup.Machine(idc, sn)).Shell
        ?? throw new RefusedRequestException(StatusCodes.Status404NotFound, "no_shell", "There is no such session", $"Nobody has opened a shell on {idc}/{sn}.");
}
