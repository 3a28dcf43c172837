using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LpmOs.Core.Hosting;

/// <summary>Runs a service to its end and turns what stops it at start into words.</summary>
public static class ServiceRunner
{
    private const int PartFailed = 70; // sysexits.h EX_SOFTWARE

    public static async Task<int> RunAsync(Func<IReadOnlyList<WebApplication>> build)
    {
        IReadOnlyList<WebApplication> apps = [];
        Task? starting = null;
        try
        {
            apps = build();
            starting = Task.WhenAll(apps.Select(app => app.StartAsync()));
            await starting.ConfigureAwait(false);
            // One signal ends them all, since each has the console lifetime; and so does one that ends by itself: a process that
            // goes on with two services of three looks alive to whoever would start it again.
            var ends = apps.Select(app => app.WaitForShutdownAsync()).ToList();
            await Task.WhenAny(ends).ConfigureAwait(false);
            foreach (var app in apps)
                app.Lifetime.StopApplication();
            await Task.WhenAll(ends).ConfigureAwait(false);
            return apps.SelectMany(app => app.Services.GetServices<IHostedService>()).OfType<BackgroundService>().Any(part => part.ExecuteTask is { IsFaulted: true }) ? PartFailed : 0;
        }
        catch (Exception e) when (InWords(starting, e) is { } told)
        {
            // The others, and parts of it that began before the one that failed, may have told the store already that they are there.
            foreach (var app in apps)
                await app.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var line in told.Select(one => one.Text).Distinct())
                await Console.Error.WriteLineAsync($"LpmOs cannot start: {line}").ConfigureAwait(false);
            return told.Max(one => one.ExitCode);
        }
    }

    /// <returns>Null where one of them is unforeseen, or where all had started.</returns>
    private static List<(string Text, int ExitCode)>? InWords(Task? starting, Exception thrown)
    {
        if (starting is { IsCompletedSuccessfully: true })
            return null;
        Exception[] failures = starting?.Exception is { } several ? [.. several.InnerExceptions] : [thrown];
        var told = failures.Select(StartFailure.InWords).OfType<(string, int)>().ToList();
        return told.Count == failures.Length ? told : null;
    }
}
