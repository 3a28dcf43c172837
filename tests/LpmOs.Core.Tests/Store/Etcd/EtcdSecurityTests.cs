using LpmOs.Core.Store;
using LpmOs.Core.Store.Etcd;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Store.Etcd;

public sealed class EtcdSecurityTests
{
    private static readonly StoreTransaction PutA = new() { Writes = [StoreWrite.Put("/os/a", new byte[] { 1 })] };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tokens_that_expire_are_renewed_unnoticed()
    {
        await using var etcd = await EtcdProcess.StartAsync(new() { Flags = ["--auth-token-ttl", "1", "--bcrypt-cost", "4"] });
        await EnableAuthAsync(etcd);
        using var store = EtcdStores.Open(As(etcd, "lpmos", "secret"));
        Assert.True((await store.CommitAsync(PutA, Cancellation)).Applied);
        await ExpireAsync();
        Assert.NotNull(await store.GetAsync("/os/a", Cancellation));
        await ExpireAsync();
        Assert.True((await store.CommitAsync(PutA, Cancellation)).Applied);
        await ExpireAsync();
        var lease = await store.GrantLeaseAsync(TimeSpan.FromSeconds(30), Cancellation);
        await ExpireAsync();
        Assert.True(await store.KeepLeaseAliveAsync(lease, Cancellation));
        await ExpireAsync();
        await using var watch = store.WatchAsync("/os/", 1, Cancellation).GetAsyncEnumerator(Cancellation);
        do
            Assert.True(await watch.MoveNextAsync());
        while (watch.Current.Events.Count == 0);
        Assert.Equal(2, watch.Current.Events.Count);
    }

    [Fact]
    public async Task A_restart_that_forgets_all_tokens_costs_no_event()
    {
        await using var etcd = await EtcdProcess.StartAsync(new() { Flags = ["--bcrypt-cost", "4"] });
        await EnableAuthAsync(etcd);
        using var store = EtcdStores.Open(As(etcd, "lpmos", "secret"));
        var counter = new SharedCounter("/os/counter", 2);
        var watch = counter.WatchAsync(store, 1, 60, async sum =>
        {
            if (sum is not (20 or 40))
                return;
            await etcd.KillAsync();
            await etcd.StartAsync();
        }, Cancellation);
        await counter.WriteAllAsync([store], 30, Cancellation);
        Assert.Equal(60, (await watch).Count);
    }

    [Fact]
    public async Task A_user_configured_where_authentication_is_off_does_no_harm_and_works_when_it_is_turned_on()
    {
        await using var etcd = await EtcdProcess.StartAsync(new() { Flags = ["--bcrypt-cost", "4"] });
        using var store = EtcdStores.Open(As(etcd, "lpmos", "secret"));
        Assert.True((await store.CommitAsync(PutA, Cancellation)).Applied);
        await EnableAuthAsync(etcd);
        Assert.True((await store.CommitAsync(PutA, Cancellation)).Applied);
    }

    [Theory]
    [InlineData("lpmos", "wrong", "Store:Etcd:Password")]
    [InlineData("nobody", "secret", "Store:Etcd:Username")]
    [InlineData(null, null, "set Store:Etcd:Username")]
    [InlineData("guest", "secret", "readwrite on the prefix /os/")]
    public async Task A_refusal_says_what_to_do(string? user, string? password, string advice)
    {
        await using var etcd = await EtcdProcess.StartAsync(new() { Flags = ["--bcrypt-cost", "4"] });
        await EnableAuthAsync(etcd);
        using var store = EtcdStores.Open(As(etcd, user, password));
        var write = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(PutA, Cancellation));
        var read = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetAsync("/os/a", Cancellation));
        Assert.Contains(advice, write.Message, StringComparison.Ordinal);
        Assert.Contains(advice, read.Message, StringComparison.Ordinal);
        Assert.False(write.OutcomeUnknown);
    }

    [Fact]
    public async Task Tls_with_client_certificates()
    {
        using var certificates = new TestCertificates();
        await using var etcd = await EtcdProcess.StartAsync(new() { Certificates = certificates });
        using var store = EtcdStores.Open(With(etcd, certificates));
        var put = await store.CommitAsync(PutA, Cancellation);
        Assert.True(put.Applied);
        Assert.StartsWith("/os/a", await etcd.CtlAsync("get", "/os/a"), StringComparison.Ordinal);
        await using var watch = store.WatchAsync("/os/", 1, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(put.Revision, watch.Current.Revision);
    }

    [Fact]
    public async Task Tls_refuses_strangers_on_both_sides()
    {
        using var certificates = new TestCertificates();
        using var foreign = new TestCertificates();
        await using var etcd = await EtcdProcess.StartAsync(new() { Certificates = certificates });
        var ours = With(etcd, certificates) with { CallTimeout = TimeSpan.FromSeconds(1) };
        EtcdOptions[] strangers =
        [
            ours with { CaFile = foreign.Authority },
            ours with { CaFile = null },
            ours with { CertFile = null, KeyFile = null },
            ours with { CertFile = foreign.ClientCertificate, KeyFile = foreign.ClientKey },
        ];
        foreach (var options in strangers)
        {
            using var store = EtcdStores.Open(options);
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(PutA, Cancellation));
        }

        Assert.Equal("", await etcd.CtlAsync("get", "/os/a"));
    }

    private static EtcdOptions As(EtcdProcess etcd, string? user, string? password) => new() { Endpoints = [etcd.Endpoint], Username = user, Password = password };

    private static EtcdOptions With(EtcdProcess etcd, TestCertificates certificates) => new()
    {
        Endpoints = [etcd.Endpoint],
        CaFile = certificates.Authority,
        CertFile = certificates.ClientCertificate,
        KeyFile = certificates.ClientKey,
    };

    private static async Task EnableAuthAsync(EtcdProcess etcd)
    {
        await etcd.CtlAsync("user", "add", "root:secret");
        await etcd.CtlAsync("user", "grant-role", "root", "root");
        await etcd.CtlAsync("user", "add", "lpmos:secret");
        await etcd.CtlAsync("user", "add", "guest:secret");
        await etcd.CtlAsync("role", "add", "lpmos");
        await etcd.CtlAsync("role", "grant-permission", "lpmos", "--prefix=true", "readwrite", "/os/");
        await etcd.CtlAsync("user", "grant-role", "lpmos", "lpmos");
        await etcd.CtlAsync("auth", "enable");
    }

    /// <summary>etcd forgets a token of one second when its own clock says so; it looks once a second.</summary>
    private static Task ExpireAsync() => Task.Delay(TimeSpan.FromSeconds(2.5), Cancellation);
}
