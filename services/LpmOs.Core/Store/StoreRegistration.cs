using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Store.Etcd;
using LpmOs.Core.Store.Sealed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LpmOs.Core.Store;

public static class StoreRegistration
{
    private const string BareStore = "bare";
    private const string ClearStore = "clear";

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
        if (StoreKeyFile.Of(configuration) is { } outside)
            services.SealSecrets(outside);
        return services;
    }

    /// <summary>Ties every audit record that is written through the registered <see cref="IStateStore"/> to the one before it. Once is enough: a store that does so already stays.</summary>
    public static IServiceCollection ChainAudit(this IServiceCollection services)
    {
        var bare = services.Last(service => service.ServiceType == typeof(IStateStore) && !service.IsKeyedService);
        if (bare.ImplementationInstance is AuditChains chained)
            return services.AddSingleton(chained);
        services.Rename(bare, BareStore);
        services.AddSingleton(provider => new AuditChains(provider.GetRequiredKeyedService<IStateStore>(BareStore), provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IStateStore>(provider => provider.GetRequiredService<AuditChains>());
    }

    private static void SealSecrets(this IServiceCollection services, StoreKeyFile key)
    {
        services.AddSingleton(key);
        services.Rename(services.Last(service => service.ServiceType == typeof(IStateStore) && !service.IsKeyedService), ClearStore);
        services.AddSingleton<IStateStore>(provider => new SealedSecrets(provider.GetRequiredKeyedService<IStateStore>(ClearStore), key));
    }

    /// <summary>The container goes on closing what it made.</summary>
    private static void Rename(this IServiceCollection services, ServiceDescriptor store, string name)
    {
        services.Remove(store);
        services.Add(store.ImplementationInstance is { } instance ? new ServiceDescriptor(typeof(IStateStore), name, instance)
            : new ServiceDescriptor(typeof(IStateStore), name, (provider, _) => store.ImplementationFactory!(provider), store.Lifetime));
    }
}
