using LpmOs.Core.Store;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LpmOs.Core.Hosting;

/// <summary>What keeps a service from starting and is known well enough for one line instead of a stack trace.</summary>
internal static class StartFailure
{
    private const int ConfigurationError = 78; // sysexits.h EX_CONFIG: starting it again would help nothing (packaging/systemd).
    private const int PerhapsLater = 1;

    /// <returns>The line and the exit code; null: nobody foresaw it, and its stack trace must be seen.</returns>
    public static (string Text, int ExitCode)? InWords(Exception failure) => failure switch
    {
        SettingException or OptionsValidationException => (failure.Message, ConfigurationError),
        // The embedded store: no file, no rights, or another process has it. etcd is waited for.
        StoreUnavailableException or CannotListenException => (failure.Message, PerhapsLater),
        IOException { InnerException: AddressInUseException taken } => (taken.Message, PerhapsLater),
        // Of a name, such as localhost, every address failed.
        IOException { InnerException: AggregateException addresses } when addresses.InnerExceptions.OfType<CannotListenException>().FirstOrDefault() is { } first => (first.Message, PerhapsLater),
        _ => null,
    };
}
