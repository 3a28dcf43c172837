using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Store.Etcd;

namespace LpmOs.Core.Store;

/// <summary>Which store, and where; configuration section <c>Store</c>.</summary>
public sealed record StoreOptions
{
    public required StoreProvider Provider { get; init; }
    public EtcdOptions Etcd { get; init; } = new();
    public EmbeddedOptions Embedded { get; init; } = new();
}

public enum StoreProvider
{
    /// <summary>SQLite in this process: standalone, one site.</summary>
    Embedded,

    /// <summary>An etcd cluster that all services share.</summary>
    Etcd,
}
