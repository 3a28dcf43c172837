using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Contracts.Agents;

/// <summary><c>POST /api/v1/report</c>.</summary>
public sealed record HardwareReport
{
    public required string Sn { get; init; }
    public required string MacAddress { get; init; }
    public required Inventory Hardware { get; init; }
}

public sealed record HardwareReportAnswer
{
    public required string Message { get; init; }
    /// <summary>A task asks for this machine.</summary>
    public required bool Matched { get; init; }
    public string? TaskId { get; init; }
}

/// <summary>
/// <c>GET /api/v1/task/{sn}</c>: 200 only once the task is approved or being installed; until then 404 "No task assigned yet".
/// </summary>
public sealed record AssignedTask
{
    public required string TaskId { get; init; }
    public required string Sn { get; init; }
    public required string Mac { get; init; }
    public required TaskState Status { get; init; }
    public required int Attempt { get; init; }
    /// <summary>Highest <see cref="ProgressReport.Sequence"/> accepted in this attempt: an agent that was restarted goes on from there.</summary>
    public long LastSequence { get; init; }
    /// <summary>How far this attempt has come, 0 to 100.</summary>
    public int Percent { get; init; }
    public required string OsType { get; init; }
    public string? OsVersion { get; init; }
    public string? Hostname { get; init; }
}

/// <summary><c>POST /api/v1/progress</c>.</summary>
public sealed record ProgressReport
{
    public required string Sn { get; init; }
    public string? TaskId { get; init; }
    /// <summary>See <see cref="ProgressSteps"/>.</summary>
    public required string Step { get; init; }
    /// <summary>0 to 100.</summary>
    public required int Percent { get; init; }
    public string? Message { get; init; }
    /// <summary>Attempt it belongs to; null: the present one.</summary>
    public int? Attempt { get; init; }
    /// <summary>Rising within an attempt; a number not above the last accepted one is a replay and changes nothing. Null: not numbered.</summary>
    public long? Sequence { get; init; }
    public bool DryRun { get; init; }
}

public sealed record ProgressAnswer
{
    public required string Message { get; init; }
    /// <summary><see cref="Directives.Continue"/> or <see cref="Directives.Abort"/>.</summary>
    public required string Directive { get; init; }
}

/// <summary><c>POST /api/v1/operations/next</c>: reports the last operation and fetches the next.</summary>
public sealed record NextOperationRequest
{
    public required string Sn { get; init; }
    public required string TaskId { get; init; }
    public int? Attempt { get; init; }
    public bool DryRun { get; init; }
    /// <summary>Which machine asks, where two have the same serial number. Null: not said, and not checked.</summary>
    public MachineIdentity? Machine { get; init; }
    public CompletedOperation? Completed { get; init; }
}

public sealed record CompletedOperation
{
    public required string Operation { get; init; }
    public required bool Success { get; init; }
    public string? Message { get; init; }
    /// <summary>Stable code of a failure, see <see cref="TaskFailure.Code"/>.</summary>
    public string? Code { get; init; }
    public string? Advice { get; init; }
    /// <summary>With a failure: in which state the disk was left, see <see cref="DiskStates"/>.</summary>
    public string? DiskState { get; init; }
}

public sealed record NextOperation
{
    /// <summary>See <see cref="OperationNames"/>.</summary>
    public required string Operation { get; init; }
    public required string TaskId { get; init; }
    public required int Attempt { get; init; }
    public string? Message { get; init; }
    /// <summary>With <c>wait</c>: ask again after so many seconds.</summary>
    public int? RetryAfterSeconds { get; init; }
    /// <summary>With <c>os_install</c> and the other operations that need it; null in a dry run for which no plan could be made (no image, no disk that fits).</summary>
    public InstallPlan? Plan { get; init; }
    /// <summary>With <c>hardware_config</c>, where the plan has hardware scripts: <see cref="HardwareSignature"/>.</summary>
    public string? Signature { get; init; }
    /// <summary>With <c>os_install</c>: what the installed system's first-boot unit calls. A secret; only ever on this answer.</summary>
    public FirstBootCall? FirstBoot { get; init; }
    /// <summary>With <c>os_install</c>: user name to password hash for crypt(3). A secret; only ever on this answer.</summary>
    public IReadOnlyDictionary<string, string>? PasswordHashes { get; init; }
    /// <summary>With <c>os_install</c> and <c>network_config</c> of a plan with encrypted parts, never in a dry run: what opens them. A secret; only ever on this answer.</summary>
    public string? DiskPassphrase { get; init; }
    /// <summary>With <c>os_install</c>: the image is fetched no faster; null: as fast as it goes. Megabits (10^6) a second.</summary>
    public int? DownloadMbps { get; init; }
    /// <summary>With <c>os_install</c> of an installer, to the agent: opens the installer's files (<c>GET /install/{token}/{file}</c> of the boot service) and calls. A secret; only ever on this answer.</summary>
    public string? InstallerToken { get; init; }
    /// <summary>With <c>installer_token</c>: the machine's boot script does not start the installer, since it proves no TPM; null: it does.</summary>
    public bool? KexecOnly { get; init; }
}

public sealed record FirstBootCall
{
    /// <summary>Absolute URL of <c>POST /api/v1/installed</c>.</summary>
    public required string Url { get; init; }
    public required string Token { get; init; }
}

/// <summary><c>POST /api/v1/logs</c>.</summary>
public sealed record LogBatch
{
    public required string Sn { get; init; }
    public required string TaskId { get; init; }
    /// <summary>At most 1,000 lines of at most 4,096 characters.</summary>
    public required IReadOnlyList<string> Lines { get; init; }
    public int? Attempt { get; init; }
    /// <summary>Number of the first line within the attempt and <see cref="Run"/>; a replayed batch is dropped by it.</summary>
    public long? FirstLine { get; init; }
    /// <summary>Which run of an agent numbered the lines: an agent that was restarted begins anew at 0, whatever the clock says. At most 64 letters and digits.</summary>
    public string? Run { get; init; }
}

/// <summary><c>GET /api/v1/directive/{sn}</c>: answered at once when the work is to stop, else when the time to wait is over.</summary>
public sealed record DirectiveAnswer
{
    public required string Message { get; init; }
    /// <summary><see cref="Directives.Continue"/> or <see cref="Directives.Abort"/>.</summary>
    public required string Directive { get; init; }
}

public sealed record Acknowledgement
{
    public required string Message { get; init; }
}

/// <summary><c>POST /api/v1/installed</c>: the installed system at its first boot.</summary>
public sealed record InstalledReport
{
    public required string Sn { get; init; }
    public required string TaskId { get; init; }
    /// <summary>One-time token that the installation left on the disk; or as <c>Authorization: Bearer</c>.</summary>
    public string? Token { get; init; }
    public string? Hostname { get; init; }
    /// <summary>/etc/machine-id of the new system.</summary>
    public string? MachineId { get; init; }
    /// <summary>uname -r of the new system.</summary>
    public string? Kernel { get; init; }
    /// <summary>The first-boot script that failed; null: all of them ended well, or there were none.</summary>
    public string? FailedScript { get; init; }
    /// <summary>With what code it ended.</summary>
    public int? ExitCode { get; init; }
    /// <summary>What the first-boot scripts said, Base64: the last 60,000 bytes.</summary>
    public string? Output { get; init; }
    /// <summary>From an agent in <c>--dry-run</c>, which has no system to boot; accepted only for a dry-run task.</summary>
    public bool DryRun { get; init; }
}
