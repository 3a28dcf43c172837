using System.Net;
using System.Threading.RateLimiting;
using LpmOs.Core.Hosting;
using LpmOs.Core.Hosting.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Core.Tests.Hosting.Limits;

public sealed class RateLimitsTests
{
    [Theory]
    [InlineData(10_000, 25)]
    [InlineData(5_000, 15)]
    public void The_power_on_of_2000_machines_behind_one_address_passes_even_in_one_moment(int rate, int requestsEach)
    {
        using var limiter = RateLimits.PerSecond(rate, RateLimits.Address);
        var relay = Request("10.0.0.254");
        for (var request = 0; request < 2000 * requestsEach; request++)
            Assert.True(limiter.AttemptAcquire(relay).IsAcquired, $"request {request}");
    }

    [Fact]
    public void Who_asks_too_often_is_told_when_to_come_again_and_is_alone_in_it()
    {
        using var limiter = RateLimits.PerSecond(1, RateLimits.Address);
        var refused = Enumerable.Range(0, 10_000).Select(_ => limiter.AttemptAcquire(Request("10.0.0.1"))).First(lease => !lease.IsAcquired);
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var pause) && pause > TimeSpan.Zero);
        Assert.True(limiter.AttemptAcquire(Request("10.0.0.2")).IsAcquired);
        Assert.True(limiter.AttemptAcquire(Request("10.0.0.1", "/readyz")).IsAcquired);
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_are_one_and_mapped_ones_are_what_they_are()
    {
        Assert.Equal(RateLimits.Address(Request("2001:db8:0:1::1")), RateLimits.Address(Request("2001:db8:0:1:ffff::2")));
        Assert.NotEqual(RateLimits.Address(Request("2001:db8:0:1::1")), RateLimits.Address(Request("2001:db8:0:2::1")));
        Assert.Equal("10.0.0.1", RateLimits.Address(Request("::ffff:10.0.0.1")));
    }

    [Fact]
    public void At_once_means_until_one_ends()
    {
        using var limiter = RateLimits.AtOnce(2, RateLimits.Address);
        var (first, second) = (limiter.AttemptAcquire(Request("10.0.0.1")), limiter.AttemptAcquire(Request("10.0.0.1")));
        Assert.True(first.IsAcquired && second.IsAcquired);
        Assert.False(limiter.AttemptAcquire(Request("10.0.0.1")).IsAcquired);
        Assert.True(limiter.AttemptAcquire(Request("10.0.0.2")).IsAcquired);
        first.Dispose();
        Assert.True(limiter.AttemptAcquire(Request("10.0.0.1")).IsAcquired);
    }

    [Fact]
    public void No_limit_is_none_and_what_is_no_number_is_named()
    {
        using var limiter = RateLimits.PerSecond(0, RateLimits.Address);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(limiter.AttemptAcquire(Request("10.0.0.1")).IsAcquired));
        foreach (var wrong in (string[])["-1", "many", "1000001", "1.5"])
            Assert.Contains("Tasks:Limits:PerUser", Assert.Throws<SettingException>(() => RateLimits.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Tasks:Limits:PerUser", wrong)]).Build(), "Tasks:Limits:PerUser", 7)).Message, StringComparison.Ordinal);
        Assert.Equal(7, RateLimits.Read(new ConfigurationBuilder().Build(), "Tasks:Limits:PerUser", 7));
    }

    private static DefaultHttpContext Request(string address, string path = "/api/v1/report") =>
        new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) }, Request = { Path = path } };
}
