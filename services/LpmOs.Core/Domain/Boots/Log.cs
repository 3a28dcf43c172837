using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Domain.Boots;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Boot timelines cannot be written to the store ({Reason}); the newest events are kept, trying again in {Pause}")]
    public static partial void BootsNotWritten(ILogger logger, string reason, TimeSpan pause);

    [LoggerMessage(2, LogLevel.Warning, "Boot events are left out, {Count} so far: more machines boot at once than can be recorded, or the store does not answer")]
    public static partial void BootEventsDropped(ILogger logger, long count);

    [LoggerMessage(3, LogLevel.Information, "[{Idc}] {Count} machines' boots forgotten: the oldest of those that are more than are kept")]
    public static partial void BootsForgotten(ILogger logger, string idc, int count);
}
