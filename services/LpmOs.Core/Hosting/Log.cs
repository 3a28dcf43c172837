using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Hosting;

internal static partial class Log
{
    [LoggerMessage(40, LogLevel.Information, "[{Idc}] Registered as {Kind} service {Instance} at {Address}")]
    public static partial void Registered(ILogger logger, string idc, string kind, string instance, string? address);

    [LoggerMessage(41, LogLevel.Warning, "[{Idc}] The {Kind} service {Instance} shows as gone until the store answers: {Reason}")]
    public static partial void RegistrationDelayed(ILogger logger, string idc, string kind, string instance, string reason);

    [LoggerMessage(42, LogLevel.Information, "The certificate in {File} is in use now: serial {Serial}, until {NotAfter:u}")]
    public static partial void CertificateChanged(ILogger logger, string file, string serial, DateTimeOffset notAfter);

    [LoggerMessage(43, LogLevel.Error, "The new certificate cannot be used, the one before is (serial {Serial}): {Reason}")]
    public static partial void CertificateNotTaken(ILogger logger, string serial, string reason);

    [LoggerMessage(44, LogLevel.Warning, "{Text}")]
    public static partial void KeyInClear(ILogger logger, string text);
}
