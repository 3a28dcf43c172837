using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Regional.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Operations;

/// <summary><c>POST /api/v1/operations/next</c>: stage 4, the servant's loop. One call reports the last operation and fetches the next.</summary>
internal static class OperationEndpoints
{
    private const int LongestMessage = 8000;

    public static void MapOperations(this RouteGroupBuilder api) =>
        api.MapPost("/operations/next", NextAsync).WithName("nextOperation").WithSummary("Reports the last operation and fetches the next")
            .WithDescription("Stage 4. Repeating a call gives the same operation again. `wait` asks to come back after `retry_after_seconds`.").WithExamples(Examples.Next)
            .Accepts<NextOperationRequest>("application/json").ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);

    private static async Task<Ok<NextOperation>> NextAsync(
        [AsParameters] AgentCall call, TaskStore tasks, Slots slots, Turns turns, OsCatalog catalog, SiteTemplates templates, RegionalOptions options, AgentTrace trace, SecretReads secrets, CancellationToken cancellationToken)
    {
        var request = await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.NextOperationRequest, cancellationToken);
        request = request with { Machine = Validate(request) };
        request = request with { Completed = Printable(request.Completed) };
        await call.EnterAsync(request.Sn, cancellationToken);
        var machine = await call.RequireTaskAsync(request.Sn, request.TaskId, cancellationToken);
        var before = machine.Task!;
        call.RequireAttempt(before);
        turns.Asked(before.TaskId);
        var (after, answer) = await slots.WithFreeAsync(before, call.Snapshot, (slot, full) => tasks.ChangeAsync(machine.Key.Idc, machine.Key.Sn, task =>
        {
            var input = new WorkflowInput(call.Snapshot, call.Snapshot.Machine(call.Site.Idc, request.Sn)?.Inventory, catalog, templates, call.Time.GetUtcNow()) { Slot = slot, Full = full, Holds = turns.Holds };
            var decision = Workflow.Next(task, request, input);
            return new TaskDecision<(InstallTask?, NextOperation)>(decision.Changed, (decision.Changed ?? task, decision.Answer)) { Also = decision.Also, Requires = decision.Requires };
        }, cancellationToken), cancellationToken);

        var byInstaller = after is not null && AgentTrace.IsInstaller(call, after);
        var handsOver = !byInstaller && answer is { Operation: OperationNames.OsInstall, Plan.Installer: not null } && !request.DryRun;
        if (byInstaller)
        {
            trace.Installer(call, request.Sn, answer.TaskId, request.Completed, answer);
        }
        else
        {
            if (request.Completed is { } done)
                trace.Ended(call, request.Sn, request.TaskId, done.Operation, done.Success, done.Message);
            trace.Given(call, request.Sn, answer.TaskId, handsOver ? BootEventNames.HandOver : answer.Operation);
        }
        if (after is { Status: TaskState.Failed, Failure: { } failure } && before.Status != TaskState.Failed)
            Log.TaskFailed(call.Logger, call.Site.Idc, after.TaskId, after.Sn, failure.Code, failure.Message);
        Log.OperationGiven(call.Logger, call.Site.Idc, request.Sn, answer.Operation, answer.TaskId, answer.Attempt);
        answer = answer.Operation switch
        {
            OperationNames.OsInstall => answer with
            {
                FirstBoot = FirstBoot(call, options, answer, after!), PasswordHashes = PasswordHashes(call, after!), DiskPassphrase = request.DryRun ? null : DiskPassphrase(call, after!), DownloadMbps = call.Snapshot.Settings(call.Site.Idc).DownloadMbps,
                InstallerToken = handsOver ? InstallerToken(call, request.Sn, answer, after!) : null, KexecOnly = handsOver && call.NeedsTpm(request.Sn, after!) ? true : null,
            },
            OperationNames.NetworkConfig => answer with { DiskPassphrase = request.DryRun ? null : DiskPassphrase(call, after!) },
            OperationNames.HardwareConfig when answer.Plan is { } plan && !call.Snapshot.MachineTokenKey.IsEmpty => answer with { Signature = HardwareSigner.Sign(plan, request.Sn, call.Snapshot.MachineTokenKey.Span) },
            _ => answer,
        };
        // What is in the answer, and not what could be: a rehearsal is given no passphrase, and who meets a secret that cannot be opened is given nothing.
        if (answer.Operation is OperationNames.OsInstall or OperationNames.NetworkConfig)
            await secrets.NoteAsync(after!, answer.Operation, answer.DiskPassphrase is not null, call.Http.Connection.RemoteIpAddress, cancellationToken);
        return TypedResults.Ok(answer);
    }

    /// <summary>As the boot script of the task carries it, for the installer that the agent is to start.</summary>
    private static string InstallerToken(AgentCall call, string sn, NextOperation answer, InstallTask task)
    {
        var claims = new TokenClaims
        {
            Purpose = MachineTokens.AgentPurpose, Idc = call.Site.Idc, Sn = sn, Mac = MachineTokenFilter.Claims(call.Http)?.Mac ?? task.Mac, TaskId = answer.TaskId, Attempt = answer.Attempt,
            Boot = MachineTokenFilter.Claims(call.Http)?.Boot, Tpm = MachineTokenFilter.Claims(call.Http)?.Tpm, TpmVouched = MachineTokenFilter.Claims(call.Http)?.TpmVouched,
            Expires = (call.Time.GetUtcNow() + MachineTokens.InstallerLife).ToUnixTimeSeconds(),
        };
        return MachineTokens.Issue(claims, call.Snapshot.MachineTokenKey.Span);
    }

    /// <summary>The token that proves the first boot: signed, bound to task and attempt, on no disk but the machine's.</summary>
    private static FirstBootCall FirstBoot(AgentCall call, RegionalOptions options, NextOperation answer, InstallTask task)
    {
        if (call.Snapshot.MachineTokenKey.IsEmpty)
            throw new StoreUnavailableException("The key that signs machines' tokens has not been made yet.", outcomeUnknown: false);
        var claims = new TokenClaims
        {
            Purpose = MachineTokens.FirstBootPurpose, Idc = call.Site.Idc, Sn = task.Sn, TaskId = answer.TaskId, Attempt = answer.Attempt,
            Expires = (call.Time.GetUtcNow() + MachineTokens.FirstBootLife).ToUnixTimeSeconds(),
        };
        return new FirstBootCall { Url = (options.PublicUrl ?? $"{call.Http.Request.Scheme}://{call.Http.Request.Host}") + "/api/v1/installed", Token = MachineTokens.Issue(claims, call.Snapshot.MachineTokenKey.Span) };
    }

    /// <summary>The one place where they are opened: on the way to the machine whose task is being installed.</summary>
    private static Dictionary<string, string>? PasswordHashes(AgentCall call, InstallTask task)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var user in task.Users?.Where(user => user.PasswordHash is not null) ?? [])
        {
            hashes[user.Name] = SealedText.Open(user.PasswordHash!, call.Snapshot.MachineTokenKey.Span) ?? throw Unreadable($"The password hash of {user.Name}", "the hash");
        }
        return hashes.Count > 0 ? hashes : null;
    }

    private static string? DiskPassphrase(AgentCall call, InstallTask task) => task.Plan?.Encryption is null || task.DiskLayout?.Encryption is not { } encryption ? null
        : SealedText.Open(encryption.Passphrase, call.Snapshot.MachineTokenKey.Span) ?? throw Unreadable("The passphrase of the disks", "the passphrase");

    private static RefusedRequestException Unreadable(string what, string again) => new(StatusCodes.Status409Conflict, "secret_unreadable", "A secret of the task cannot be opened",
        $"{what} was sealed with another key than the store has now. Cancel the task and make a new one with {again}.");

    /// <summary>What an agent says ends up on consoles: control characters could move the cursor or hide lines there. Line breaks stay, for tables.</summary>
    private static CompletedOperation? Printable(CompletedOperation? completed) => completed is null ? null : completed with
    {
        Message = Printable(completed.Message), Code = Printable(completed.Code), Advice = Printable(completed.Advice),
    };

    private static string? Printable(string? text) => text is null ? null : string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '?' : c));

    /// <returns>The machine with its MACs in their one form.</returns>
    private static MachineIdentity? Validate(NextOperationRequest request)
    {
        var errors = new FieldErrors();
        var machine = request.Machine;
        if (machine is not null)
        {
            errors.Check("machine.macs", machine.Macs.Count <= MachineIdentity.MostMacs, machine.Macs.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), $"at most {MachineIdentity.MostMacs} MACs");
            errors.Length("machine.uuid", machine.Uuid, 64);
            // An interface without a usable MAC (InfiniBand) says nothing about the machine.
            machine = machine with { Mac = errors.Mac(machine.Mac, "machine.mac"), Macs = [.. machine.Macs.Take(MachineIdentity.MostMacs).Select(mac => MacAddress.TryNormalize(mac, out var form) ? form : "").Where(mac => mac.Length > 0)] };
        }
        errors.Sn(request.Sn);
        errors.TaskId(request.TaskId);
        if (request.Completed is { } completed)
        {
            errors.Check("completed.operation", Workflow.Known.Contains(completed.Operation), completed.Operation, string.Join(", ", Workflow.Known));
            errors.Length("completed.message", completed.Message, LongestMessage);
            errors.Length("completed.code", completed.Code, 64);
            errors.Length("completed.advice", completed.Advice, LongestMessage);
        }
        errors.ThrowIfAny();
        return machine;
    }
}
