using System.Threading.RateLimiting;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Hosting.Limits;
using LpmOs.Core.Store;
using LpmOs.Regional.Assignments;
using LpmOs.Regional.Documents;
using LpmOs.Regional.Installed;
using LpmOs.Regional.Logs;
using LpmOs.Regional.Operations;
using LpmOs.Regional.Presence;
using LpmOs.Regional.Progress;
using LpmOs.Regional.Reports;
using LpmOs.Regional.Shells;
using LpmOs.Regional.Tpm;
using LpmOs.Regional.Wipes;
using Microsoft.AspNetCore.RateLimiting;

namespace LpmOs.Regional;

/// <summary>The agents' API of one IDC.</summary>
public static class RegionalService
{
    public const string DefaultUrls = "http://0.0.0.0:8081";

    /// <param name="configure">Lets a host that runs several services share its store.</param>
    /// <exception cref="SettingException">A setting is not allowed.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = ServiceDefaults.CreateBuilder(args, "Regional:Urls", DefaultUrls);
        configure?.Invoke(builder);
        builder.AddServiceDefaults(idc => [Keys.Machines(idc), $"/os/{idc}/servers/", Keys.Images(idc), Keys.Assets(idc), Keys.Templates(idc), Keys.Templates(SiteTemplates.Global), Keys.Settings(idc), Keys.Secrets], ServiceInstance.Regional);
        var options = RegionalOptions.Read(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(provider => new TrustedTpmMakers(options.TpmMakers, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TrustedTpmMakers>>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TrustedTpmMakers>());
        builder.Services.AddHealthChecks().AddCheck<TrustedTpmMakers>("tpm makers", tags: ["ready"]);
        builder.Services.AddSingleton(OsCatalog.Load(options.TemplatesPath));
        builder.Services.AddSingleton(new SiteTemplates(options.TemplatesPath));
        builder.Services.AddSingleton<InFlightLimits>();
        builder.Services.AddSingleton(provider => new StartPace(() => provider.GetRequiredService<InFlightLimits>().Crowded));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<StartPace>());
        builder.Services.AddRateLimiter(limits => limits.OnRejected = RateLimits.RefuseOrPutOffAsync);
        builder.Services.AddOptions<RateLimiterOptions>().Configure<InFlightLimits>((limits, inFlight) =>
            limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(RateLimits.PerSecond(options.PerAddress, RateLimits.Address), RateLimits.PerSecond(options.PerMachine, MachineTokenFilter.TokenMark), inFlight.Limiter));
        builder.Services.AddSingleton<MachinePresence>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MachinePresence>());
        builder.Services.AddSingleton<LogStore>();
        builder.Services.AddHostedService<OldGarbage>();
        builder.Services.AddSingleton<BootRecorder>();
        builder.Services.AddHostedService(services => services.GetRequiredService<BootRecorder>());
        builder.Services.AddSingleton<AgentTrace>();
        builder.Services.AddSingleton<Slots>();
        builder.Services.AddSingleton<Turns>();
        builder.Services.AddSingleton<InventoryStore>();
        builder.Services.AddSingleton<ShellSessions>();
        builder.Services.AddHostedService<StartupMessage>();
        builder.Services.AddOpenApi(ApiDocument.Name, options => options.Describe("LpmOs regional service", ApiText.Description, ApiText.Tags, AnswerExamples.Of(typeof(RegionalService).Assembly)));

        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseRateLimiter();
        app.UseWebSockets();
        app.MapApiDocument();
        var api = app.MapGroup("/api/v1").AddEndpointFilter<MachineTokenFilter>().Allow(Permission.Machine).WithTags(ApiText.Agents).ProducesProblem(401);
        api.MapTpm();
        api.MapReports();
        api.MapAssignments();
        api.MapProgress();
        api.MapDirectives();
        api.MapOperations();
        api.MapLogs();
        api.MapWipes();
        api.MapInstalled();
        api.MapShells();
        return app;
    }

    private sealed class StartupMessage(Site site, RegionalOptions options, IConfiguration configuration, ILogger<StartupMessage> logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            Log.Starting(logger, options.PublicUrl ?? configuration["Regional:Urls"] ?? DefaultUrls, site.Idc);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
