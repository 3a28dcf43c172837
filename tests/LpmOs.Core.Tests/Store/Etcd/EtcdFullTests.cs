using System.Globalization;
using System.Text.Json;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Store.Etcd;

/// <summary>A real etcd whose space is used up (its NOSPACE alarm).</summary>
public sealed class EtcdFullTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_full_store_is_told_to_need_is_what_makes_it_write_again()
    {
        await using var etcd = await EtcdProcess.StartAsync(new() { Flags = ["--quota-backend-bytes", "200000"] });
        using var store = EtcdStores.Open(etcd.Endpoint);
        var put = new StoreTransaction { Writes = [StoreWrite.Put("/os/a", new byte[20_000])] };
        var full = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            for (var puts = 0; puts < 1000; puts++)
                await store.CommitAsync(put, Cancellation);
        });
        Assert.True(full.Refused);
        Assert.False(full.OutcomeUnknown);
        Assert.Contains("NOSPACE", await etcd.CtlAsync("alarm", "list"), StringComparison.Ordinal);
        // Read it can.
        Assert.NotNull(await store.GetAsync("/os/a", Cancellation));

        Assert.Contains("etcdctl compact REVISION, then etcdctl defrag", full.Message, StringComparison.Ordinal);
        Assert.Contains("etcdctl alarm disarm", full.Message, StringComparison.Ordinal);
        using var status = JsonDocument.Parse(await etcd.CtlAsync("endpoint", "status", "--write-out", "json"));
        var revision = status.RootElement[0].GetProperty("Status").GetProperty("header").GetProperty("revision").GetInt64();
        await etcd.CtlAsync("compact", "--physical", revision.ToString(CultureInfo.InvariantCulture));
        await etcd.CtlAsync("defrag");
        await etcd.CtlAsync("alarm", "disarm");
        Assert.True((await store.CommitAsync(put, Cancellation)).Applied);
    }
}
