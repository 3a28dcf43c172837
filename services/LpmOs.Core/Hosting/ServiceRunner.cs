using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LpmOs.Core.Hosting;

/// <summary>Runs a service to its end and turns what stops it at start into words.</summary>
public static class ServiceRunner
{
    private const int ConfigurationError = 78; // sysexits.h EX_CONFIG
    private const int PartFailed = 70; // sysexits.h EX_SOFTWARE

    public static async Task<int> RunAsync(Func<IReadOnlyList<WebApplication>> build)
    {
        try
        {
            var apps = build();
            await Task.WhenAll(apps.Select(app => app.StartAsync())).ConfigureAwait(false);
            // One signal ends them all, since each has the console lifetime; and so does one that ends by itself: a process that
            // goes on with two services of three looks alive to whoever would start it again.
            var ends = apps.Select(app => app.WaitForShutdownAsync()).ToList();
            await Task.WhenAny(ends).ConfigureAwait(false);
            foreach (var app in apps)
                app.Lifetime.StopApplication();
            await Task.WhenAll(ends).ConfigureAwait(false);
            return apps.SelectMany(app => app.Services.GetServices<IHostedService>()).OfType<BackgroundService>().Any(part => part.ExecuteTask is { IsFaulted: true }) ? PartFailed : 0;
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
