using System.Text;
using LpmOs.Boot.Assets;
using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Documents;
using LpmOs.Boot.Files;
using LpmOs.Boot.Http;
using LpmOs.Boot.Images;
using LpmOs.Boot.Recording;
using LpmOs.Boot.Scripts;
using LpmOs.Boot.Sentinel;
using LpmOs.Boot.Tftp;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Hosting.Limits;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Boot;

/// <summary>What servers of one IDC boot from: DHCP or proxyDHCP, TFTP, and HTTP with scripts and files.</summary>
public static class BootService
{
    public const string DefaultUrls = "http://0.0.0.0:8082";

    /// <param name="configure">Lets a host that runs several services share its store; without one, the settings <c>Store:*</c> decide, etcd by default.</param>
    /// <exception cref="SettingException">A setting is not allowed.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = ServiceDefaults.CreateBuilder(args, "Boot:Urls", DefaultUrls);
        configure?.Invoke(builder);
        builder.AddServiceDefaults(idc => [Keys.Machines(idc), $"/os/{idc}/servers/", Keys.Images(idc), Keys.Assets(idc), Keys.Templates(idc), Keys.Templates(SiteTemplates.Global), Keys.Secrets], ServiceInstance.Boot);
        builder.AddBootService();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseRateLimiter();
        app.UseMiddleware<FileTrace>();
        app.MapApiDocument();
        app.MapBootEndpoints();
        return app;
    }

    public static void AddBootService(this WebApplicationBuilder builder)
    {
        var options = BootOptions.Read(builder.Configuration);
        var services = builder.Services;
        if (services.All(service => service.ServiceType != typeof(IStateStore)))
            services.AddStateStore(builder.Configuration, StoreProvider.Etcd);
        services.AddSingleton(options);
        services.AddSingleton(new SiteTemplates(options.TemplatesPath));
        services.AddSingleton(OsCatalog.Load(options.TemplatesPath));
        services.AddSingleton(FirmwareQuirks.Load(options.TemplatesPath));
        services.AddSingleton<BootScripts>();
        services.AddSingleton<ScriptLog>();
        services.AddSingleton<GrubFiles>();
        services.AddSingleton(provider => Resolver(options, provider.GetRequiredService<BootScripts>(), provider.GetRequiredService<GrubFiles>()));
        services.AddSingleton(provider => new UefiLoaders(options.SecureBoot, provider.GetRequiredService<FirmwareQuirks>(), provider.GetRequiredService<WatchedState>(), provider.GetRequiredService<Site>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ScriptCall>();
        services.AddSingleton<BootRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<BootRecorder>());
        services.AddHostedService<BootRetention>();
        services.AddSingleton<BootTrace>();
        services.AddSingleton<BootMetrics>();
        services.AddSingleton<WholeFiles>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Use(next =>
        {
            var wholeFiles = kestrel.ApplicationServices.GetRequiredService<WholeFiles>();
            return connection => wholeFiles.RunAsync(connection, next);
        })));
        services.AddHostedService<TftpService>();
        services.AddHostedService<DhcpService>();
        services.AddHostedService<DhcpSentinel>();
        services.AddHostedService<ImagePublisher>();
        services.AddSingleton(provider => new AssetFiles(provider.GetRequiredService<FileResolver>().Root));
        services.AddHostedService<AssetKeeper>();
        services.AddInFlightLimits(RateLimits.Read(builder.Configuration, "Boot:Limits:PerAddress", 5_000));
        services.AddOpenApi(ApiDocument.Name, api => api.Describe("LpmOs boot service", ApiText.Description, ApiText.Tags));
    }

    public static void MapBootEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapScripts();
        routes.MapInstallers();
        routes.MapAssets();
        routes.MapAuthorities();
        routes.MapFiles();
    }

    private static FileResolver Resolver(BootOptions options, BootScripts scripts, GrubFiles grub) => new(
        options.FilesPath,
        (path, address) => path is "boot.ipxe" || (path is "autoexec.ipxe" && !scripts.LeavesAutoexecToDhcp) ? Encoding.ASCII.GetBytes(scripts.Entry(scripts.BaseUrl(address))) : grub.Find(path, address));
}
