using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Snapshot;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The value of {Key} in the store cannot be read and is left out: {Reason}")]
    public static partial void UnreadableValue(ILogger logger, string key, string reason);

    [LoggerMessage(2, LogLevel.Information, "Following {Prefix}: {Count} keys as of revision {Revision}")]
    public static partial void Listed(ILogger logger, string prefix, int count, long revision);

    [LoggerMessage(3, LogLevel.Warning, "The store does not answer; {Prefix} is served from the copy of revision {Revision} until it does: {Reason}")]
    public static partial void Unreachable(ILogger logger, string prefix, long revision, string reason);

    [LoggerMessage(4, LogLevel.Warning, "The store no longer keeps what followed revision {Revision} under {Prefix}; listing it again")]
    public static partial void Compacted(ILogger logger, string prefix, long revision);

    [LoggerMessage(5, LogLevel.Error, "{Observer} failed on the changes up to revision {Revision}; what it derives from them may be wrong until this service is started again")]
    public static partial void ObserverFailed(ILogger logger, string observer, long revision, Exception e);
}
