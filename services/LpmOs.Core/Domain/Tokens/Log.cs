using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Domain.Tokens;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "[{Idc}] The boot token of {Sn} was first used from {First}, and is used from {Now} now")]
    public static partial void TokenUsedElsewhere(ILogger logger, string idc, string sn, string? first, string? now);

    [LoggerMessage(2, LogLevel.Warning, "[{Idc}] The first use of the boot token of {Sn} could not be written; the machine goes on: {Reason}")]
    public static partial void TokenUseNotWritten(ILogger logger, string idc, string sn, string reason);

    [LoggerMessage(3, LogLevel.Warning, "[{Idc}] Secrets of {TaskId} were given to its machine, which could not be put on record: {Reason}")]
    public static partial void SecretReadNotWritten(ILogger logger, string idc, string taskId, string reason);

    [LoggerMessage(4, LogLevel.Information, "[{Idc}] {Sn} is bound to its TPM, endorsement key {EndorsementKey}")]
    public static partial void TpmBound(ILogger logger, string idc, string sn, string endorsementKey);

    [LoggerMessage(5, LogLevel.Warning, "[{Idc}] {From} came as {Sn} without the TPM that this machine is bound to, and was given nothing; endorsement key that was shown: {EndorsementKey}")]
    public static partial void TpmRefused(ILogger logger, string idc, string sn, string? from, string endorsementKey);

    [LoggerMessage(6, LogLevel.Warning, "[{Idc}] That somebody came as {Sn} without its TPM could not be put on record: {Reason}")]
    public static partial void TpmRefusalNotWritten(ILogger logger, string idc, string sn, string reason);

    [LoggerMessage(7, LogLevel.Warning, "[{Idc}] {From} came as {Sn}, by the number of {TaskId}, which was approved for {Machine}, and was given nothing of it")]
    public static partial void TaskRefused(ILogger logger, string idc, string sn, string? from, string taskId, string machine);
}
