namespace LpmOs.Tasks;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Starting LPMOS Control Plane on {Urls}; the web page and Swagger UI (/swagger) are there too")]
    public static partial void Starting(ILogger logger, string urls);

    [LoggerMessage(2, LogLevel.Warning, "The statistics in the store are behind until it answers: {Reason}")]
    public static partial void StatsNotWritten(ILogger logger, string reason);

    [LoggerMessage(20, LogLevel.Warning, "{TaskId}: {Why}")]
    public static partial void ApprovalVoided(ILogger logger, string taskId, string why);

    [LoggerMessage(21, LogLevel.Warning, "Approvals are checked against their plans when the store answers again: {Reason}")]
    public static partial void ApprovalCheckDelayed(ILogger logger, string reason);
}
