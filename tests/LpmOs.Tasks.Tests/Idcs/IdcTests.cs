using System.Net;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Tests.Idcs;

public sealed class IdcTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task An_IDC_whose_services_are_gone_is_shown_as_such_and_stays_listed()
    {
        var regional = await RegisterAsync("g1", "regional", "a-8081");
        var second = await RegisterAsync("g1", "regional", "b-8081");
        var boot = await RegisterAsync("g1", "boot", "a-8082");
        Assert.Equal("up", (await IdcAsync("g1")).GetProperty("status").GetString());

        await EndAsync("g1", regional);
        var idc = await IdcAsync("g1");
        Assert.Equal("up", idc.GetProperty("status").GetString());
        Assert.Equal([("boot", "a-8082", true), ("regional", "a-8081", false), ("regional", "b-8081", true)], Services(idc));

        await EndAsync("g1", second);
        Assert.Equal("degraded", (await IdcAsync("g1")).GetProperty("status").GetString());
        await EndAsync("g1", boot);
        idc = await IdcAsync("g1");
        Assert.Equal("down", idc.GetProperty("status").GetString());
        Assert.Equal(3, idc.GetProperty("services").GetArrayLength());
        Assert.Equal("http://a:1", idc.GetProperty("services")[0].GetProperty("address").GetString());
    }

    [Fact]
    public async Task An_IDC_without_services_of_its_own_is_unknown()
    {
        var (sn, mac) = Samples.Machine();
        await tasks.CreateAsync(sn, mac, "g2");
        Assert.Equal("unknown", (await IdcAsync("g2")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_service_that_is_gone_for_good_can_be_forgotten_and_a_live_one_not()
    {
        var lease = await RegisterAsync("g3", "boot", "a-8082");
        Assert.Equal(HttpStatusCode.Conflict, await DeleteAsync("/api/v1/idcs/g3/services/boot/a-8082"));
        await EndAsync("g3", lease);
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync("/api/v1/idcs/g3/services/boot/a-8082"));
        Assert.Null(await tasks.Store.GetAsync(Keys.KnownService("g3", "boot", "a-8082"), CancellationToken.None));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync("/api/v1/idcs/g3/services/boot/a-8082"));
        Assert.Equal(HttpStatusCode.BadRequest, await DeleteAsync("/api/v1/idcs/g3/services/oven/a-8082"));
    }

    private async Task<long> RegisterAsync(string idc, string kind, string instance)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(new ServiceInstance
        {
            Kind = kind, Instance = instance, Version = "1", Address = "http://a:1", StartedAt = DateTimeOffset.UnixEpoch, HeartbeatAt = DateTimeOffset.UnixEpoch,
        }, CoreJson.Default.ServiceInstance);
        var lease = await tasks.Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        await tasks.PutAsync(StoreWrite.Put(Keys.Service(idc, kind, instance), value, lease), StoreWrite.Put(Keys.KnownService(idc, kind, instance), value));
        return lease;
    }

    private async Task EndAsync(string idc, long lease)
    {
        await tasks.Store.RevokeLeaseAsync(lease, CancellationToken.None);
        await tasks.PutAsync(StoreWrite.Put($"/os/{idc}/x", "{}"u8.ToArray()));
    }

    private async Task<HttpStatusCode> DeleteAsync(string path) => (await tasks.Http.DeleteAsync(path, TestContext.Current.CancellationToken)).StatusCode;

    private async Task<JsonElement> IdcAsync(string idc) =>
        Assert.Single((await tasks.JsonAsync("/api/v1/idcs")).GetProperty("items").EnumerateArray(), item => item.GetProperty("idc").GetString() == idc);

    private static IEnumerable<(string?, string?, bool)> Services(JsonElement idc) => idc.GetProperty("services").EnumerateArray()
        .Select(service => (service.GetProperty("kind").GetString(), service.GetProperty("instance").GetString(), service.GetProperty("alive").GetBoolean()));
}
