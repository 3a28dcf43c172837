using LpmOs.Core.Store;
using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Tests.Store.Etcd;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Store.Embedded;

public sealed class EmbeddedStoreConformanceTests : StateStoreConformance, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedStore _store;

    public EmbeddedStoreConformanceTests() =>
        _store = new(new EmbeddedOptions { Path = _folder.File("store.db") }, TimeProvider.System, new TestLogger<EmbeddedStore>());

    private protected override IStateStore Store => _store;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
