using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Store;

internal static partial class Log
{
    // An outage repeats this several times a second; who asked gets the exception.
    [LoggerMessage(1, LogLevel.Debug, "etcd at {Endpoint} failed a call of {Call}: {Reason}")]
    public static partial void EtcdAttemptFailed(ILogger logger, string call, Uri endpoint, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The watch of {Prefix} at {Endpoint} was interrupted; it resumes from revision {Revision}: {Reason}")]
    public static partial void EtcdWatchInterrupted(ILogger logger, string prefix, Uri endpoint, long revision, string reason);

    [LoggerMessage(6, LogLevel.Debug, "The watch of {Prefix} could not be resumed at {Endpoint}: {Reason}")]
    public static partial void EtcdWatchStillInterrupted(ILogger logger, string prefix, Uri endpoint, string reason);

    [LoggerMessage(7, LogLevel.Information, "The watch of {Prefix} goes on at {Endpoint}")]
    public static partial void EtcdWatchResumed(ILogger logger, string prefix, Uri endpoint);

    [LoggerMessage(3, LogLevel.Information, "Opened the store {Path} at revision {Revision}")]
    public static partial void EmbeddedOpened(ILogger logger, string path, long revision);

    [LoggerMessage(4, LogLevel.Error, "The store {Path} could not write: {Reason}")]
    public static partial void EmbeddedWriteFailed(ILogger logger, Exception exception, string path, string reason);

    [LoggerMessage(5, LogLevel.Warning, "The store {Path} could not end leases or compact its history; it tries again: {Reason}")]
    public static partial void EmbeddedUpkeepFailed(ILogger logger, string path, string reason);
}
