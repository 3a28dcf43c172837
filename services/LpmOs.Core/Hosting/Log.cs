using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Hosting;

internal static partial class Log
{
    [LoggerMessage(40, LogLevel.Information, "[{Idc}] Registered as {Kind} service {Instance} at {Address}")]
    public static partial void Registered(ILogger logger, string idc, string kind, string instance, string? address);

    [LoggerMessage(41, LogLevel.Warning, "[{Idc}] The {Kind} service {Instance} shows as gone until the store answers: {Reason}")]
    public static partial void RegistrationDelayed(ILogger logger, string idc, string kind, string instance, string reason);
}
