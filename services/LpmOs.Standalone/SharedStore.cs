using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;

namespace LpmOs.Standalone;

/// <summary>The one store of the process: opened by the first service that is built, closed after the last has ended.</summary>
public sealed class SharedStore : IAsyncDisposable
{
    private ServiceProvider? _services;

    /// <summary>Gives the store to a service; it is embedded unless <c>Store:Provider</c> says otherwise.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is not allowed.</exception>
    public void ShareWith(WebApplicationBuilder builder)
    {
        if (_services is null)
        {
            var services = new ServiceCollection();
            services.AddLogging(logging => logging.AddServiceConsole());
            services.AddStateStore(builder.Configuration, StoreProvider.Embedded).ChainAudit();
            _services = services.BuildServiceProvider();
        }
        // As an instance, so that no service's container closes it under the others.
        builder.Services.AddSingleton<IStateStore>(_services.GetRequiredService<AuditChains>());
    }

    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? ValueTask.CompletedTask;
}
