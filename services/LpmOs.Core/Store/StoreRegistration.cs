using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Store.Etcd;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LpmOs.Core.Store;

public static class StoreRegistration
{
    private const string BareStore = "bare";

    /// <summary>
    /// Registers <see cref="IStateStore"/> as the section <c>Store</c> of the configuration says; a wrong setting stops the host at start
    /// (<see cref="OptionsValidationException"/>). The store opens when it is first asked for.
    /// </summary>
    /// <param name="defaultProvider">Used when <c>Store:Provider</c> is not set: embedded in standalone, etcd elsewhere.</param>
    public static IServiceCollection AddStateStore(this IServiceCollection services, IConfiguration configuration, StoreProvider defaultProvider)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IOptionsFactory<StoreOptions>>(new StoreSettings(configuration, defaultProvider));
        services.AddOptions<StoreOptions>().ValidateOnStart();
        services.AddSingleton<IStateStore>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<StoreOptions>>().Value;
            var time = provider.GetRequiredService<TimeProvider>();
            var loggers = provider.GetRequiredService<ILoggerFactory>();
            return options.Provider switch
            {
                StoreProvider.Etcd => new EtcdStore(options.Etcd, time, loggers.CreateLogger<EtcdStore>()),
                _ => new EmbeddedStore(options.Embedded, time, loggers.CreateLogger<EmbeddedStore>()),
            };
        });
        return services;
    }

    /// <summary>Ties every audit record that is written through the registered <see cref="IStateStore"/> to the one before it. Once is enough: a store that does so already stays.</summary>
    public static IServiceCollection ChainAudit(this IServiceCollection services)
    {
        var bare = services.Last(service => service.ServiceType == typeof(IStateStore) && !service.IsKeyedService);
        if (bare.ImplementationInstance is AuditChains chained)
            return services.AddSingleton(chained);
        services.Remove(bare);
        services.Add(bare.ImplementationInstance is { } instance ? new ServiceDescriptor(typeof(IStateStore), BareStore, instance)
            : new ServiceDescriptor(typeof(IStateStore), BareStore, (provider, _) => bare.ImplementationFactory!(provider), bare.Lifetime));
        services.AddSingleton(provider => new AuditChains(provider.GetRequiredKeyedService<IStateStore>(BareStore), provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IStateStore>(provider => provider.GetRequiredService<AuditChains>());
    }
}
