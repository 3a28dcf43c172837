using LpmOs.Core.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Testing;

/// <summary>A store for one test, made as services make theirs.</summary>
public sealed class TemporaryStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly TemporaryFolder? _folder;

    private TemporaryStore(Dictionary<string, string?> settings, TimeProvider? time, TemporaryFolder? folder)
    {
        _folder = folder;
        var services = new ServiceCollection();
        services.AddLogging();
        if (time is not null)
            services.AddSingleton(time);
        services.AddStateStore(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), StoreProvider.Embedded);
        _services = services.BuildServiceProvider();
        Store = _services.GetRequiredService<IStateStore>();
    }

    public IStateStore Store { get; }

    /// <summary>An empty embedded store in a folder that vanishes with it.</summary>
    public static TemporaryStore Embedded(TimeProvider? time = null)
    {
        var folder = new TemporaryFolder();
        return new(new() { ["Store:Embedded:Path"] = folder.File("lpmos.db") }, time, folder);
    }

    /// <summary>An embedded store in a file that stays.</summary>
    public static TemporaryStore EmbeddedAt(string path) => new(new() { ["Store:Embedded:Path"] = path }, null, null);

    public static TemporaryStore Etcd(params IEnumerable<Uri> endpoints) =>
        new(new() { ["Store:Provider"] = "etcd", ["Store:Etcd:Endpoints"] = string.Join(',', endpoints) }, null, null);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder?.Dispose();
    }
}
