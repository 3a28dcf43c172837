using LpmOs.Core.Store;
using LpmOs.Core.Store.Etcd;

namespace LpmOs.Core.Tests.Store.Etcd;

public sealed class EtcdStoreConformanceTests(EtcdFixture fixture) : StateStoreConformance, IClassFixture<EtcdFixture>, IDisposable
{
    private readonly EtcdStore _store = EtcdStores.Open(fixture.Etcd.Endpoint);

    private protected override IStateStore Store => _store;

    public void Dispose() => _store.Dispose();
}
