namespace LpmOs.Regional;

/// <summary>The first five texts are kept as they are: people and scripts look for them.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Starting LPMOS Regional Client at {Url} for IDC: {Idc}")]
    public static partial void Starting(ILogger logger, string url, string idc);

    [LoggerMessage(2, LogLevel.Information, "[{Idc}] Received hardware report from {Sn} (MAC: {Mac})")]
    public static partial void HardwareReport(ILogger logger, string idc, string sn, string mac);

    [LoggerMessage(3, LogLevel.Information, "[{Idc}] Hardware report unmatched (stored): {Mac}")]
    public static partial void HardwareUnmatched(ILogger logger, string idc, string mac);

    [LoggerMessage(4, LogLevel.Information, "[{Idc}] Progress update from {Sn}: {Step} ({Percent}%)")]
    public static partial void ProgressUpdate(ILogger logger, string idc, string sn, string step, int percent);

    [LoggerMessage(5, LogLevel.Information, "[{Idc}] {Sn} is given {Operation} of {TaskId} (attempt {Attempt})")]
    public static partial void OperationGiven(ILogger logger, string idc, string sn, string operation, string taskId, int attempt);

    [LoggerMessage(6, LogLevel.Warning, "[{Idc}] {TaskId} of {Sn} failed: {Code}: {Reason}")]
    public static partial void TaskFailed(ILogger logger, string idc, string taskId, string sn, string code, string reason);

    [LoggerMessage(7, LogLevel.Information, "[{Idc}] {Sn} called from its new system: {TaskId} is completed")]
    public static partial void Installed(ILogger logger, string idc, string sn, string taskId);

    [LoggerMessage(8, LogLevel.Warning, "[{Idc}] A call for {Sn} with a token that is not valid for it was refused")]
    public static partial void TokenRefused(ILogger logger, string idc, string sn);

    [LoggerMessage(9, LogLevel.Warning, "Presence of machines could not be written; it is tried again: {Reason}")]
    public static partial void PresenceFailed(ILogger logger, string reason);

    [LoggerMessage(10, LogLevel.Information, "[{Idc}] {Sn} wiped the disk {Disk} by {Method}: {Result}")]
    public static partial void Wiped(ILogger logger, string idc, string sn, string disk, string method, string result);

    [LoggerMessage(11, LogLevel.Warning, "[{Idc}] {Sn} did not prove the TPM that it showed")]
    public static partial void TpmNotProven(ILogger logger, string idc, string sn);

    [LoggerMessage(12, LogLevel.Warning, "[{Idc}] {Sn} could not be bound to its TPM; it is at its next boot: {Reason}")]
    public static partial void TpmNotBound(ILogger logger, string idc, string sn, string reason);

    [LoggerMessage(13, LogLevel.Information, "[{Idc}] {Sn} brings the shell that {By} asked for (session {Session})")]
    public static partial void ShellOpened(ILogger logger, string idc, string sn, string by, string session);

    [LoggerMessage(14, LogLevel.Information, "[{Idc}] The shell on {Sn} has ended (session {Session}): {Reason}")]
    public static partial void ShellClosed(ILogger logger, string idc, string sn, string session, string reason);

    [LoggerMessage(15, LogLevel.Warning, "[{Idc}] {Sn} showed a TPM that none of the makers in Regional:TpmMakers vouches for, and is not bound to it: {Reason}")]
    public static partial void TpmNotCertified(ILogger logger, string idc, string sn, string reason);

    [LoggerMessage(16, LogLevel.Information, "The certificates of TPM makers are taken anew from {Folder}: {Count}")]
    public static partial void TpmMakersChanged(ILogger logger, string folder, int count);

    [LoggerMessage(17, LogLevel.Error, "The new certificates of TPM makers cannot be used, those before are: {Reason}")]
    public static partial void TpmMakersNotTaken(ILogger logger, string reason);
}
