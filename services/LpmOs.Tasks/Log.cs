namespace LpmOs.Tasks;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Starting LPMOS Control Plane on {Urls}; the web page and Swagger UI (/swagger) are there too")]
    public static partial void Starting(ILogger logger, string urls);

    [LoggerMessage(2, LogLevel.Warning, "The statistics in the store are behind until it answers: {Reason}")]
    public static partial void StatsNotWritten(ILogger logger, string reason);
}
