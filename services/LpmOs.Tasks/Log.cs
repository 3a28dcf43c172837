using LpmOs.Core.Domain;

namespace LpmOs.Tasks;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Starting LPMOS Control Plane on {Urls}; the web page and Swagger UI (/swagger) are there too")]
    public static partial void Starting(ILogger logger, string urls);

    [LoggerMessage(2, LogLevel.Warning, "The statistics in the store are behind until it answers: {Reason}")]
    public static partial void StatsNotWritten(ILogger logger, string reason);

    [LoggerMessage(20, LogLevel.Warning, "{TaskId} is now {State}: {Why}")]
    public static partial void TaskMoved(ILogger logger, string taskId, string state, string why);

    [LoggerMessage(21, LogLevel.Warning, "Tasks are checked again when the store answers: {Reason}")]
    public static partial void TaskCheckDelayed(ILogger logger, string reason);

    [LoggerMessage(22, LogLevel.Error, "The task of {Machine} ({TaskId}) could not be looked at; the others are")]
    public static partial void TaskCheckFailed(ILogger logger, Exception fault, MachineKey machine, string taskId);

    [LoggerMessage(23, LogLevel.Warning, "Logs of former tasks of {Idc}/{Sn} are taken away the next time: {Reason}")]
    public static partial void LogsNotDropped(ILogger logger, string idc, string sn, string reason);

    [LoggerMessage(24, LogLevel.Warning, "Batch {Id} is completed or undone when the store answers: {Reason}")]
    public static partial void BatchLeft(ILogger logger, string id, string reason);

    [LoggerMessage(25, LogLevel.Warning, "Batch {Id} of {Rows} tasks was left {State} by a service that ended, and is brought to its end")]
    public static partial void BatchFound(ILogger logger, string id, int rows, string state);

    [LoggerMessage(26, LogLevel.Warning, "Batches that were left are looked for again when the store answers: {Reason}")]
    public static partial void BatchesDelayed(ILogger logger, string reason);

    [LoggerMessage(27, LogLevel.Error, "A batch that was left could not be brought to its end; it is tried again")]
    public static partial void BatchNotRecovered(ILogger logger, Exception fault);

    [LoggerMessage(28, LogLevel.Information, "[{Idc}] The boot of {Mac} (SN {Serial}) stands still: {Title}")]
    public static partial void BootStalled(ILogger logger, string idc, string mac, string? serial, string title);

    [LoggerMessage(29, LogLevel.Warning, "Boots are checked again when the store answers: {Reason}")]
    public static partial void BootCheckDelayed(ILogger logger, string reason);

    [LoggerMessage(30, LogLevel.Warning, "Live events fell behind the store; clients are asked to connect again")]
    public static partial void EventsFellBehind(ILogger logger);

    [LoggerMessage(31, LogLevel.Warning, "Old audit records are taken away when the store answers again: {Reason}")]
    public static partial void AuditNotTrimmed(ILogger logger, string reason);

    [LoggerMessage(32, LogLevel.Warning, "Nobody has to log in: whoever reaches this service, which listens on loopback addresses alone, may do everything. With LPMOS_Auth__Mode=users people log in")]
    public static partial void NobodyLogsIn(ILogger logger);

    [LoggerMessage(33, LogLevel.Warning, "Refused: {Who} from {From}: {What}")]
    public static partial void Refused(ILogger logger, string who, string? from, string what);

    [LoggerMessage(34, LogLevel.Warning, "The refusal is not in the audit: {Reason}")]
    public static partial void RefusalNotRecorded(ILogger logger, string reason);

    [LoggerMessage(35, LogLevel.Warning, "{Name} of the setting Tasks:Operators is a user now, and their token one of theirs: remove the setting")]
    public static partial void OperatorMoved(ILogger logger, string name);

    [LoggerMessage(40, LogLevel.Warning, "Webhooks are delivered when the store answers again: {Reason}")]
    public static partial void WebhooksDelayed(ILogger logger, string reason);

    [LoggerMessage(41, LogLevel.Warning, "Webhook {Id}: {Event} of revision {Revision} was given up after {Attempts} attempts: {Reason}")]
    public static partial void WebhookGivenUp(ILogger logger, string id, string @event, long revision, int attempts, string reason);

    [LoggerMessage(42, LogLevel.Warning, "Webhook {Id}: the store no longer keeps events before revision {Revision}; they are not delivered")]
    public static partial void WebhookEventsLost(ILogger logger, string id, long revision);

    [LoggerMessage(43, LogLevel.Warning, "[{Idc}] The shell session of {Sn} could not be ended; it is tried again: {Reason}")]
    public static partial void ShellNotEnded(ILogger logger, string idc, string sn, string reason);

    [LoggerMessage(44, LogLevel.Information, "The authorities of people's certificates are those of {File} now ({Count})")]
    public static partial void ClientAuthoritiesChanged(ILogger logger, string file, int count);

    [LoggerMessage(45, LogLevel.Error, "The new authorities of people's certificates are not taken, those before stay: {Reason}")]
    public static partial void ClientAuthoritiesNotTaken(ILogger logger, string reason);
}
