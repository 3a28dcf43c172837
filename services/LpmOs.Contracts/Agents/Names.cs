namespace LpmOs.Contracts.Agents;

/// <summary>Headers of the regional service's answers.</summary>
public static class AgentHeaders
{
    /// <summary>Token to show from now on, in place of the boot script's, which ends soon. A secret.</summary>
    public const string RenewedToken = "Lpmos-Token";
    /// <summary>An operator asks for a shell on this machine: the id of the session, to be opened with <c>GET /api/v1/shell/{sn}</c> (WebSocket).</summary>
    public const string Shell = "Lpmos-Shell";
}

/// <summary>Stable problem codes on which an agent acts.</summary>
public static class AgentProblems
{
    public const string NoTaskAssigned = "no_task_assigned";
    /// <summary>The system is installed, and the machine is to start it: it has no business in the boot image any more.</summary>
    public const string AwaitingFirstBoot = "awaiting_first_boot";
    /// <summary>Another machine has reported the same serial number; this one is not the one that is meant.</summary>
    public const string SerialNumberConflict = "serial_number_conflict";
    /// <summary>The machine is to be restarted into its boot script; an installer's kernel is not started from the running boot image.</summary>
    public const string NoKexec = "no_kexec";
    /// <summary>The machine is bound to a TPM, or has to be, and the token that was shown does not name it: prove it first (<c>POST /api/v1/tpm/challenge</c>).</summary>
    public const string TpmProofRequired = "tpm_proof_required";
    /// <summary>The machine is bound to another TPM than the one that was shown.</summary>
    public const string TpmMismatch = "tpm_mismatch";
    /// <summary>The maker of the TPM has not certified the key that was shown, and this site wants that (setting <c>Regional:TpmMakers</c>).</summary>
    public const string TpmNotCertified = "tpm_not_certified";
}

/// <summary>Values of <see cref="CompletedOperation.DiskState"/>: in which state an operation that ended early left the disk.</summary>
public static class DiskStates
{
    /// <summary>Nothing was written.</summary>
    public const string Untouched = "untouched";
    /// <summary>Its former partition table is gone; there is nothing of the new system yet.</summary>
    public const string Partitioned = "partitioned";
    /// <summary>A part of the new system is on it, and no partition table: nothing on it boots.</summary>
    public const string PartlyWritten = "partly_written";
    /// <summary>The new system is on it, and boots.</summary>
    public const string Complete = "complete";
}

/// <summary>Values of <see cref="ProgressAnswer.Directive"/>.</summary>
public static class Directives
{
    public const string Continue = "continue";
    public const string Abort = "abort";
}
