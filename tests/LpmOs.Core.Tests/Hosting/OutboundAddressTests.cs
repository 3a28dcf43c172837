using System.Net;
using LpmOs.Core.Hosting;

namespace LpmOs.Core.Tests.Hosting;

public sealed class OutboundAddressTests
{
    [Theory]
    [InlineData("https://chat.example/hooks/1", true)]
    [InlineData("http://10.0.0.5:8080/x", true)]
    [InlineData("http://192.168.1.9/mirror/linux", true)]
    [InlineData("http://[2001:db8::1]/x", true)]
    [InlineData("http://[::ffff:10.0.0.5]/x", true)]
    [InlineData("http://127.0.0.1:9/x", false)]
    [InlineData("http://127.1/x", false)]
    [InlineData("http://2130706433/x", false)]
    [InlineData("http://[::1]/x", false)]
    [InlineData("http://[::]/x", false)]
    [InlineData("http://[::ffff:127.0.0.1]/x", false)]
    [InlineData("http://[::127.0.0.1]/x", false)]
    [InlineData("http://[64:ff9b::7f00:1]/x", false)]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/x", false)]
    [InlineData("http://169.254.169.254/latest/meta-data", false)]
    [InlineData("http://[fe80::1]/x", false)]
    [InlineData("http://[ff02::1]/x", false)]
    [InlineData("http://0.0.0.0/x", false)]
    [InlineData("http://224.0.0.1/x", false)]
    [InlineData("http://255.255.255.255/x", false)]
    [InlineData("http://localhost/x", false)]
    [InlineData("http://a.localhost/x", false)]
    [InlineData("ftp://chat.example/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("http://user:pw@chat.example/", false)]
    [InlineData("/hooks", false)]
    [InlineData("", false)]
    public void Only_other_hosts_over_http_are_allowed(string url, bool allowed) => Assert.Equal(allowed, OutboundAddress.IsUrl(url, allowLoopback: false));

    [Fact]
    public void Link_local_addresses_stay_forbidden_where_loopback_is_allowed()
    {
        Assert.True(OutboundAddress.IsUrl("http://127.0.0.1:9/x", allowLoopback: true));
        Assert.True(OutboundAddress.IsUrl("http://[::1]:9/x", allowLoopback: true));
        Assert.False(OutboundAddress.IsUrl("http://169.254.169.254/x", allowLoopback: true));
    }

    [Fact]
    public async Task A_name_that_leads_to_this_host_is_found_out_when_it_is_connected_to()
    {
        var refused = await Assert.ThrowsAsync<HttpRequestException>(async () => await OutboundAddress.ConnectAsync(new DnsEndPoint("localhost", 9), allowLoopback: false, TestContext.Current.CancellationToken));
        Assert.Contains("127.0.0.1", refused.Message, StringComparison.Ordinal);
    }
}
