using System.Text.Json;
using System.Text.Json.Serialization;
using LpmOs.Contracts;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Hosting.Limits;
using LpmOs.Core.Hosting.Tls;
using LpmOs.Core.Metrics;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Core.Store.Sealed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace LpmOs.Core.Hosting;

/// <summary>What the three services have in common: configuration, store, watched copy, problems, health, metrics.</summary>
public static class ServiceDefaults
{
    /// <summary>Longest request body in bytes, unless an endpoint says otherwise: a hardware report of a large machine has about 200 kB.</summary>
    public const long MaxRequestBodyBytes = 2 * 1024 * 1024;

    /// <summary>How many services share this process, and with it the files that it may have open.</summary>
    public const string ServersKey = "Hosting:Servers";

    /// <summary>So long a request waits for a service that has just started.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(5);

    /// <summary>A builder with the configuration rules of LpmOs; listens on the setting <paramref name="urlsKey"/>.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args, string urlsKey, string defaultUrls)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddEnvironmentVariables("LPMOS_").AddCommandLine(args);
        var urls = Urls(builder.Configuration, urlsKey, defaultUrls);
        builder.WebHost.UseUrls(urls);
        builder.AddTls(urlsKey.Split(':')[0], urls);
        var webSockets = RateLimits.Read(builder.Configuration, "Limits:WebSockets", 5_000);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentUpgradedConnections = webSockets == 0 ? null : webSockets;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
            (kestrel.Limits.MaxRequestLineSize, kestrel.Limits.MaxRequestHeadersTotalSize, kestrel.Limits.MaxRequestHeaderCount) = (8 * 1024, 16 * 1024, 100);
            // Slow on purpose or not: a head has to be there in 30 s, a body to come at 240 bytes a second after the first five.
            (kestrel.Limits.RequestHeadersTimeout, kestrel.Limits.KeepAliveTimeout) = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(130));
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        });
        var connections = OpenFiles.Connections() / builder.Configuration.GetValue(ServersKey, 1);
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new BoundedListenerFactory(ActivatorUtilities.CreateInstance<SocketTransportFactory>(services), urlsKey, new SemaphoreSlim(connections, connections)));
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Warning)
            // What it would begin for every request (an Activity, a scope of the log) is in no line of ours; faults are told by others.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
            // Whoever asks for /readyz has the answer; a line each time says nothing new.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddServiceConsole();
        return builder;
    }

    /// <summary>One line an event, times in UTC, without what a terminal or a log reader would take for more than text.</summary>
    public static void AddServiceConsole(this ILoggingBuilder logging) => logging
        .AddConsole(console => console.FormatterName = ServiceConsoleFormatter.FormatterName)
        .AddConsoleFormatter<ServiceConsoleFormatter, ConsoleFormatterOptions>();

    /// <summary>Adds store and watched copy, unless a host shares its own store with several services.</summary>
    /// <param name="prefixes">What the service follows, given its IDC.</param>
    /// <param name="kind"><see cref="ServiceInstance.Regional"/> or <see cref="ServiceInstance.Boot"/>: registers as a service of its IDC. Null: belongs to none.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, Func<string, IReadOnlyList<string>> prefixes, string? kind = null)
    {
        var idc = builder.Configuration["Idc"] ?? "dc1";
        if (!Names.IsIdc(idc))
            throw new SettingException("Idc", idc, Names.IdcAllowed);

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        if (!services.Any(service => service.ServiceType == typeof(IStateStore)))
            services.AddStateStore(builder.Configuration, StoreProvider.Etcd);
        services.ChainAudit();
        services.AddSingleton(new Site(idc));
        services.AddSingleton(new WatchedPrefixes(prefixes(idc)) { PackHardware = kind == ServiceInstance.Regional });
        services.AddSingleton<WatchedState>();
        services.AddHostedService(provider => provider.GetRequiredService<WatchedState>());
        services.AddHostedService<MachineTokenKeyMaker>();
        if (kind is not null)
        {
            services.AddSingleton(new ServiceKind(kind));
            services.AddHostedService<ServiceRegistration>();
            services.AddSingleton<TokenLedger>();
            services.AddSingleton<TpmBindings>();
            services.AddSingleton<SecretReads>();
        }
        services.AddSingleton<TaskStore>();
        services.AddSingleton<MetricsPage>();
        services.AddProblems();
        services.ReadBodiesOfAnyContentType();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", tags: ["ready"]).AddCheck<StoreKeyHealthCheck>("store_key", tags: ["ready"]);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.MaxDepth = 32;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, CoreJson.Default);
        });
    }

    /// <summary>Error pages, <c>/healthz</c> (the process lives), <c>/readyz</c> (its copy of the store is up to date), <c>/metrics</c>.</summary>
    /// <param name="metrics">What <c>/metrics</c> asks for.</param>
    public static void UseServiceDefaults(this WebApplication app, Permission metrics = Permission.Anonymous)
    {
        app.UseProblems();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"), api => api.Use(AfterFirstListingAsync));
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false }).Allow(Permission.Anonymous);
        app.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = WriteHealthAsync }).Allow(Permission.Anonymous);
        app.MapGet("/metrics", (MetricsPage page) => Results.Text(page.Render(), MetricsPage.ContentType)).ExcludeFromDescription().Allow(metrics);
        app.Services.GetRequiredService<MetricsPage>();
    }

    private static Task WriteHealthAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(string.Join('\n', [report.Status.ToString(), .. report.Entries.Values.Select(entry => entry.Description).OfType<string>()]) + "\n", context.RequestAborted);
    }

    /// <summary>
    /// A service that has just started knows no task yet: until it has listed the store it says nothing about them, least of all that there is none.
    /// </summary>
    private static Task AfterFirstListingAsync(HttpContext context, RequestDelegate next)
    {
        var ready = context.RequestServices.GetRequiredService<WatchedState>().Ready;
        return ready.IsCompleted ? next(context) : AfterAsync(ready, context, next);
    }

    private static async Task AfterAsync(Task ready, HttpContext context, RequestDelegate next)
    {
        await ready.WaitAsync(LongestStart, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ready.IsCompleted)
            throw new StoreUnavailableException("This service has not read the store yet since it was started.", outcomeUnknown: false);
        await next(context).ConfigureAwait(false);
    }

    private static string[] Urls(ConfigurationManager configuration, string key, string fallback)
    {
        var urls = (configuration[key] ?? fallback).Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var url in urls)
        {
            // Kestrel's wildcards are no host names of RFC 3986.
            if (!Uri.TryCreate(url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var parsed)
                || parsed.Scheme is not ("http" or "https"))
                throw new SettingException(key, url, "http://address:port or https://address:port, several separated by ';'");
        }
        return urls.Length > 0 ? urls : throw new SettingException(key, "", "http://address:port or https://address:port, several separated by ';'");
    }

    private sealed class StoreHealthCheck(WatchedState state) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(Fault(state) is { } fault ? new HealthCheckResult(context.Registration.FailureStatus, fault) : HealthCheckResult.Healthy());

        private static string? Fault(WatchedState state) =>
            !state.Ready.IsCompleted ? "This service has not read the store yet since it was started: it knows no task and no machine. Check that etcd runs and that Store:Etcd:Endpoints names it."
            : state.StaleSince is { } since ? $"The store is away since {since:yyyy-MM-ddTHH:mm:ssZ}: what is read here is as of then (revision {state.Current.Revision}), and nothing can be changed. Check etcd and the way to it."
            : state.Current.MachineTokenKey.IsEmpty ? $"The key that seals secrets and signs machines' tokens ({Keys.MachineTokenSecret}) has not been made yet: nothing with a secret is taken, and no machine is given a boot script. The first service that may write it makes it; with packaging/etcd-roles.sh that is the tasks service."
            : null;
    }

    /// <summary>No fault of a service, and nothing that a load balancer should act on: a line for whoever reads it.</summary>
    private sealed class StoreKeyHealthCheck(IConfiguration configuration) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(HealthCheckResult.Healthy(StoreKeyFile.IsSet(configuration) ? null : KeyInClear));
    }

    private const string KeyInClear = "Store:KeyFile is not set: the key that seals the store's secrets lies in the store in clear, so whoever can read the store or a backup of it can open them (docs/security.md).";

    private sealed class MachineTokenKeyMaker(IStateStore store, WatchedState state, IConfiguration configuration, ILogger<MachineTokenKeyMaker> logger) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await state.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            if (!StoreKeyFile.IsSet(configuration))
                Log.KeyInClear(logger, KeyInClear);
            while (true)
            {
                try
                {
                    // Also where it is known: one that lies in the store in clear is sealed when it is read.
                    await MachineTokenKey.EnsureAsync(store, stoppingToken).ConfigureAwait(false);
                    return;
                }
                catch (StoreUnavailableException)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken).ConfigureAwait(false);
                }
            }
        }
    }
}
