using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Boot.Tests.Lab;

/// <summary>A real dnsmasq on the cable that nobody told us of.</summary>
[Collection("lab")]
public sealed class SentinelTests : IAsyncLifetime
{
    private readonly BootNetwork _network = new();

    public ValueTask InitializeAsync() => _network.InitializeAsync();

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    /// <summary>What the store holds once the service has ended.</summary>
    private async Task<Dictionary<string, ForeignDhcpServer>> StoredAsync()
    {
        await _network.StopServiceAsync();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Store:Embedded:Path", $"{_network.Folder}/store.db")]).Build();
        await using var services = new ServiceCollection().AddLogging().AddStateStore(settings, StoreProvider.Embedded).BuildServiceProvider();
        var page = await services.GetRequiredService<IStateStore>().ListAsync(Keys.DhcpServers("dc1"), null, 100, 0, TestContext.Current.CancellationToken);
        return page.Entries.ToDictionary(entry => entry.Key.Split('/')[^1], entry => JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.ForeignDhcpServer)!);
    }

    [Fact]
    public async Task Another_DHCP_server_is_found_by_asking_and_one_that_is_allowed_is_not_called_rogue()
    {
        BootNetwork.RequirePossible();
        await Command.Run("ip", "-n", _network.Client, "addr", "add", "10.88.0.2/24", "dev", "c0");
        using var rogue = Command.Start("ip", "netns", "exec", _network.Client, "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=c0", "--bind-interfaces", "--no-ping",
            "--dhcp-range=10.88.0.50,10.88.0.50,255.255.255.0,1h", "--dhcp-option=3,10.88.0.2", "--dhcp-boot=pxelinux.0", $"--dhcp-leasefile={_network.Folder}/leases", "--dhcp-broadcast");
        _ = rogue.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await _network.StartServiceAsync("full", "--Boot:Dhcp:Range=10.88.0.100-10.88.0.110", "--Boot:Sentinel:Interval=1s");
            var line = await _network.LineAsync("Another DHCP server answers on s0");
            Assert.Contains("10.88.0.2", line);
            var servers = await StoredAsync();
            var found = servers["10.88.0.2"];
            var (_, mac) = await Command.Try("ip", "netns", "exec", _network.Client, "cat", "/sys/class/net/c0/address");
            Assert.Equal((mac.Trim(), "addresses", "rogue", "10.88.0.0/24", "pxelinux.0", "10.88.0.2"), (found.Mac, found.Kind, found.Verdict, found.Network, found.BootFile, found.Router));
            Assert.Equal("10.88.0.50", found.Offered);
            Assert.Equal("own", servers["10.88.0.1"].Verdict);
            // It asked, and took nothing.
            Assert.False(File.Exists($"{_network.Folder}/leases") && (await File.ReadAllTextAsync($"{_network.Folder}/leases", TestContext.Current.CancellationToken)).Contains("10.88.0.50", StringComparison.Ordinal));

            await _network.StartServiceAsync("full", "--Boot:Dhcp:Range=10.88.0.100-10.88.0.110", "--Boot:Sentinel:Interval=1s", $"--Boot:Sentinel:Allowed={mac.Trim()}");
            await _network.LineAsync("which is allowed there");
            Assert.Equal("allowed", (await StoredAsync())["10.88.0.2"].Verdict);

            await _network.StartServiceAsync("full", "--Boot:Dhcp:Range=10.88.0.100-10.88.0.110", "--Boot:Sentinel:Interval=1s");
            await _network.LineAsync("and must not: 10.88.0.2");
            rogue.Kill(entireProcessTree: true);
            await _network.LineAsync("answers no more: 10.88.0.2");
            Assert.Equal(("gone", "pxelinux.0"), (await StoredAsync()) is var last ? (last["10.88.0.2"].Verdict, last["10.88.0.2"].BootFile) : default);
        }
        finally
        {
            rogue.Kill(entireProcessTree: true);
            await rogue.WaitForExitAsync(CancellationToken.None);
        }
    }
}
