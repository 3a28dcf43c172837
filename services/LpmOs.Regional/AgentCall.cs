using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Regional.Presence;
using LpmOs.Regional.Tpm;

namespace LpmOs.Regional;

/// <summary>What every agents' call has in common: the site, its watched copy, and that the machine is in contact.</summary>
internal sealed record AgentCall(Site Site, WatchedState State, IStateStore Store, MachinePresence Presence, TokenLedger Ledger, TpmBindings Bindings, TrustedTpmMakers Makers, TimeProvider Time, HttpContext Http, ILogger<AgentCall> Logger)
{
    public StateSnapshot Snapshot => State.Current;

    /// <summary>The machine that has the task of this serial number: its own, or one linked through a MAC that it reported.</summary>
    public MachineView? FindTask(string sn) => Snapshot.FindTask(Site.Idc, sn, Snapshot.Machine(Site.Idc, sn)?.Macs() ?? []) is { } found
        && (found.Task is not { } task || MayHave(task, sn)) ? found : null;

    /// <summary>A MAC is soon copied, and so is a serial number: what belongs to a machine that is bound to its TPM is given to who shows that TPM too.</summary>
    private bool MayHave(InstallTask task, string sn) => !TaskMachine.IsPlannedForAnother(task, sn) && Snapshot.WithholdsFrom(task, MachineTokenFilter.Claims(Http)?.Tpm) is null;

    /// <summary>Notes the contact and the token's use, and renews the token in time.</summary>
    /// <exception cref="RefusedRequestException">403: the token that was shown belongs to another machine, or the machine has to prove its TPM first. 401: the machine has booted again since it was given.</exception>
    public async Task EnterAsync(string sn, CancellationToken cancellationToken)
    {
        RequireOwnToken(sn);
        // Before the token is noted: who is not the machine must not end what the machine may do.
        if (!await Bindings.AdmitAsync(MachineTokenFilter.Claims(Http), sn, Http.Connection.RemoteIpAddress, cancellationToken))
            throw ProofRequired(sn);
        if (MachineTokenFilter.Claims(Http) is { } claims)
        {
            if (!await Ledger.UseAsync(claims, sn, Http.Connection.RemoteIpAddress, cancellationToken))
            {
                Log.TokenRefused(Logger, Site.Idc, sn);
                throw new RefusedRequestException(StatusCodes.Status401Unauthorized, "token_replaced", "The token has been replaced", "The machine has booted again since, and speaks with the token of that boot.");
            }
            Renew(claims);
        }
        // Behind it: the token of a boot that was replaced binds nothing.
        if (!await Bindings.BindRequiredAsync(MachineTokenFilter.Claims(Http), Makers.Current is not null, sn, Http.Connection.RemoteIpAddress, cancellationToken))
            throw ProofRequired(sn);
        // It calls itself by the number of a task that was approved for another machine.
        if (Snapshot.Machine(Site.Idc, sn)?.Task is { } task && TaskMachine.Of(task) is { } machine && machine != sn)
            await Ledger.RefusedAsync(sn, task, machine, MachineTokenFilter.Claims(Http)?.Boot, Http.Connection.RemoteIpAddress, cancellationToken);
        Presence.Contact(sn);
        TellOfShell(sn);
    }

    private static RefusedRequestException ProofRequired(string sn) => new(StatusCodes.Status403Forbidden, AgentProblems.TpmProofRequired, "The machine has to prove its TPM",
        $"{sn} is bound to a TPM, or has to be, and this token names none, or another. Start it with our boot image, which proves the TPM; if it was replaced, an operator releases the binding.");

    /// <summary>An operator has asked for a shell on this machine, and its agent has not come for it: said with every answer, and reason enough to answer a call that waits.</summary>
    public bool TellOfShell(string sn)
    {
        if (Snapshot.Machine(Site.Idc, sn)?.Shell is not { AgentAt: null } shell || !shell.IsOpen(Time.GetUtcNow()))
            return false;
        Http.Response.Headers[AgentHeaders.Shell] = shell.Id;
        return true;
    }

    /// <exception cref="RefusedRequestException">403: the token that was shown belongs to another machine.</exception>
    public void RequireOwnToken(string sn)
    {
        if (MachineTokenFilter.Claims(Http) is not { } claims || MachineTokenFilter.SpeaksFor(claims, sn, Snapshot))
            return;
        Log.TokenRefused(Logger, Site.Idc, sn);
        throw new RefusedRequestException(StatusCodes.Status403Forbidden, "token_of_another_machine", "The token belongs to another machine");
    }

    /// <summary>Whether nothing of the task is given without the TPM of the machine.</summary>
    public bool NeedsTpm(string sn, InstallTask task) => !TpmBinding.Admits(Snapshot.Machine(Site.Idc, sn)?.Tpm, null) || Snapshot.WithholdsFrom(task, null) is not null;

    /// <summary>The agent has shown its TPM: this call, and its token from now on, name it. Who came without a token, as from this host, is given none.</summary>
    /// <param name="vouched">A maker that the site believes vouches for it.</param>
    public void Prove(string endorsementKey, bool vouched)
    {
        if (MachineTokenFilter.Claims(Http) is not { } claims)
            return;
        var proven = claims with { Tpm = endorsementKey, TpmVouched = vouched ? true : null };
        MachineTokenFilter.Replace(Http, proven);
        Give(proven);
    }

    /// <summary>For what opens the way to a disk: a token that names a task is for that attempt alone.</summary>
    /// <exception cref="RefusedRequestException">403.</exception>
    public void RequireAttempt(InstallTask task)
    {
        if (MachineTokenFilter.Claims(Http) is { TaskId: { } id, Attempt: var attempt } && (id != task.TaskId || attempt != task.Attempt))
            throw new RefusedRequestException(StatusCodes.Status403Forbidden, "token_of_another_attempt", "The token belongs to another attempt", $"It was given for {id}, attempt {attempt}; this is {task.TaskId}, attempt {task.Attempt}. Boot the machine again to get a new one.");
    }

    /// <summary>The agent's next task: its token is bound to it from now on. An installer has a token of its own.</summary>
    public void Bind(InstallTask task)
    {
        if (MachineTokenFilter.Claims(Http) is { } claims && !AgentTrace.IsInstaller(this, task))
            Give(task.Plan?.Installer is null ? claims with { TaskId = task.TaskId, Attempt = task.Attempt } : claims with { TaskId = null, Attempt = null });
    }

    private void Renew(TokenClaims claims)
    {
        var left = DateTimeOffset.FromUnixTimeSeconds(claims.Expires) - Time.GetUtcNow();
        if (left > TimeSpan.Zero && left < MachineTokens.AgentLife * 3 / 4)
            Give(claims);
    }

    private void Give(TokenClaims claims) => Http.Response.Headers[AgentHeaders.RenewedToken] =
        MachineTokens.Issue(claims with { Expires = Math.Max(claims.Expires, (Time.GetUtcNow() + MachineTokens.AgentLife).ToUnixTimeSeconds()) }, Snapshot.MachineTokenKey.Span);

    /// <summary>The machine whose task has this id, if the serial number is the task's or of the hardware linked to it.</summary>
    /// <exception cref="RefusedRequestException">404 "Task not found".</exception>
    /// <exception cref="StoreUnavailableException">The copy knows no such task, and the store cannot be asked.</exception>
    public async Task<MachineView> RequireTaskAsync(string sn, string taskId, CancellationToken cancellationToken)
    {
        var machine = FindTask(sn);
        if (machine?.Task?.TaskId == taskId)
            return machine;
        // An agent at work takes "not found" for the order to stop: that is only said of what the store itself holds, not of a copy that lags or is cut off.
        if (await Store.GetAsync(Keys.Task(Site.Idc, sn), cancellationToken) is { } entry
            && JsonSerializer.Deserialize(entry.Value.Span, ContractsJson.Default.InstallTask) is { } task && task.TaskId == taskId && MayHave(task, sn))
            return new MachineView(new MachineKey(Site.Idc, sn)) { Task = task, TaskRevision = entry.ModRevision };
        throw RefusedRequestException.TaskNotFound($"{Site.Idc} has no task {taskId} for {sn}; a newer one may have taken its place.");
    }
}
