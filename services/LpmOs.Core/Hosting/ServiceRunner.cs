using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LpmOs.Core.Hosting;

/// <summary>Runs a service to its end and turns what stops it at start into words.</summary>
public static class ServiceRunner
{
    private const int ConfigurationError = 78; // sysexits.h EX_CONFIG

    public static async Task<int> RunAsync(Func<IReadOnlyList<WebApplication>> build)
    {
        try
        {
            var apps = build();
            await Task.WhenAll(apps.Select(app => app.StartAsync())).ConfigureAwait(false);
            // One signal ends them all: each has the console lifetime.
            await Task.WhenAll(apps.Select(app => app.WaitForShutdownAsync())).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is SettingException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync($"LpmOs cannot start: {e.Message}").ConfigureAwait(false);
            return ConfigurationError;
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"LpmOs cannot start: {e.Message} Another program listens there: stop it, or choose another port with Tasks:Urls, Regional:Urls or Boot:Urls.").ConfigureAwait(false);
            return 1;
        }
    }
}
