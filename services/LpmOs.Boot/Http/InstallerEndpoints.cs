using System.ComponentModel;
using System.Text;
using LpmOs.Boot.Documents;
using LpmOs.Boot.Recording;
using LpmOs.Boot.Scripts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Boot.Http;

/// <summary>
/// What an installer fetches: kickstart, preseed, user-data… The token of the boot script stands in the path, since installers have no other place for it.
/// Asking again changes nothing: the first time is put on record, which boot speaks for the machine and that it was given secrets.
/// </summary>
internal static class InstallerEndpoints
{
    public static void MapInstallers(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/install/{token}/{file}", [HttpMethods.Get, HttpMethods.Head], GetAsync).Allow(Permission.Machine).WithName("getInstallerFile").WithSummary("A file of a machine's installer, rendered as it was approved")
            .WithTags(ApiText.Scripts).WithDescription("Needs the token that the machine's boot script carries. Only while the task is approved or being installed.").Produces<string>(contentType: "text/plain")
            .ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> GetAsync([Description("Token of the machine's boot script.")] string token, [Description("Name of the file, as the plan lists it.")] string file, ScriptCall call, TokenLedger ledger, TpmBindings bindings, SecretReads secrets, TimeProvider time, HttpContext http, CancellationToken cancellationToken)
    {
        var snapshot = call.State.Current;
        if (!call.State.Ready.IsCompleted || snapshot.MachineTokenKey.IsEmpty)
        {
            http.Response.Headers.RetryAfter = "5";
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "not_ready", "The boot service does not know its machines yet", "The store has not been read since the service started.");
        }
        var claims = MachineTokens.Verify(token, snapshot.MachineTokenKey.Span, time.GetUtcNow());
        if (claims is not { Purpose: MachineTokens.AgentPurpose, TaskId: { } taskId } || claims.Idc != call.Site.Idc)
            return Problems.Of(StatusCodes.Status403Forbidden, "invalid_token", "The token is not valid", "It is not of this site, has expired, or was given to a machine without an approved task. Boot the machine again to get a new one.");
        if (snapshot.WithTask(taskId)?.Task is not { } task || task.Attempt != claims.Attempt || task is not { Status: TaskState.Approved or TaskState.Installing, AwaitingFirstBoot: false })
            return Problems.Of(StatusCodes.Status409Conflict, "not_to_be_installed", "The task is not to be installed", $"{taskId} is over, or another attempt has begun.");
        if (claims.Sn is { } sn && TaskMachine.Of(task) is { } machine && machine != sn)
        {
            await ledger.RefusedAsync(sn, task, machine, claims.Boot, http.Connection.RemoteIpAddress, cancellationToken);
            return Problems.Of(StatusCodes.Status403Forbidden, "token_of_another_machine", "The token belongs to another machine", $"{taskId} was approved for another machine.");
        }
        if (snapshot.WithholdsFrom(task, claims.Tpm) is { } bound)
        {
            await bindings.RefusedAsync(bound.Key.Sn, claims.Tpm, http.Connection.RemoteIpAddress, cancellationToken);
            return Problems.Of(StatusCodes.Status403Forbidden, AgentProblems.TpmProofRequired, "The machine has to prove its TPM", $"{bound.Key.Sn} is bound to a TPM, or has to be, and this token names none, or another. Our boot image proves it, and starts the installer then.");
        }
        // Secrets go to the boot that speaks for the machine, and to no other that has its token.
        if (!await ledger.UseAsync(claims, task.MachineSn ?? task.Sn, http.Connection.RemoteIpAddress, cancellationToken))
            return Problems.Of(StatusCodes.Status403Forbidden, "token_replaced", "The token has been replaced", "The machine has booted again since, and speaks with the token of that boot.");
        if (file == InstallerFiles.CommandLine && call.Scripts.WhyNoKexec(task, snapshot) is { } why)
            return Problems.Of(StatusCodes.Status409Conflict, AgentProblems.NoKexec, "This machine is to be restarted into its boot script", why);
        try
        {
            var text = call.Scripts.InstallerFile(task, file, token, snapshot, call.Scripts.BaseUrl(http.Connection.LocalIpAddress, http.Connection.LocalPort));
            call.Logger.InstallerFile(call.Site.Idc, task.Sn, file, task.TaskId, text is null ? "none" : "sent");
            if (text is not null && HttpMethods.IsGet(http.Request.Method))
                await secrets.NoteAsync(task, file, disks: false, http.Connection.RemoteIpAddress, cancellationToken);
            if (HttpMethods.IsGet(http.Request.Method))
                call.Trace.InstallerFile(claims.Mac ?? task.Mac, task, file, text is null ? "no such file" : null);
            return text is null
                ? Problems.Of(StatusCodes.Status404NotFound, "file_not_found", "There is no such file", $"The plan of {taskId} has no file of this name.")
                : TypedResults.Text(text, file.EndsWith(".ign", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "text/plain", new UTF8Encoding(false));
        }
        catch (Exception e) when (e is TemplateException or NotAsApprovedException)
        {
            call.Logger.InstallerFile(call.Site.Idc, task.Sn, file, task.TaskId, e.Message);
            call.Trace.InstallerFile(claims.Mac ?? task.Mac, task, file, BootTrace.Short(e.Message));
            return Problems.Of(StatusCodes.Status409Conflict, "not_as_approved", "The file is not what was approved", e.Message);
        }
    }
}
