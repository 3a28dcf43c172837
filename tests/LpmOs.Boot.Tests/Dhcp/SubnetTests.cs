using System.Net;
using LpmOs.Boot.Dhcp;
using LpmOs.Core.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using static LpmOs.Boot.Tests.Dhcp.Packets;

namespace LpmOs.Boot.Tests.Dhcp;

/// <summary>Several networks, relays, reservations and the further options, by their bytes.</summary>
public sealed class SubnetTests
{
    private static readonly DhcpArrival Broadcast = new(new IPEndPoint(IPAddress.Any, 68), 67);
    private readonly MemoryStore _store = new();
    private readonly ManualTime _time = new();
    private readonly LeaseTable _table = new();
    private readonly FullResponder _responder;

    public SubnetTests()
    {
        var reservations = new Reservations(
            new Dictionary<string, IPAddress> { ["52:54:00:00:00:01"] = IPAddress.Parse("10.77.0.5"), ["SN-9"] = IPAddress.Parse("10.78.0.101") },
            mac => mac == "52:54:00:00:00:09" ? ["SN-9"] : []);
        _responder = new FullResponder(Identity(), [Subnet("10.77.0", reservations), Subnet("10.78.0", reservations)], reservations, null, NullLogger<FullResponder>.Instance);
    }

    private DhcpSubnet Subnet(string prefix, Reservations reservations)
    {
        Assert.True(ClasslessRoute.TryParse("10.9.0.0/17 via 10.77.0.253", out var route));
        var network = new DhcpNetwork
        {
            Range = new AddressRange(AddressRange.ToNumber(IPAddress.Parse(prefix + ".100")), AddressRange.ToNumber(IPAddress.Parse(prefix + ".102"))),
            Netmask = IPAddress.Parse("255.255.255.0"), Routers = [IPAddress.Parse(prefix + ".254")], NtpServers = [IPAddress.Parse("10.77.0.123")], Domain = "dc1.example", Mtu = 9000,
            Routes = [route.Value], LeaseTime = TimeSpan.FromHours(1),
        };
        return new DhcpSubnet(network, new LeasePool(_store, "dc1", network.Range, [Server, .. reservations.Addresses], _time, _table));
    }

    private async Task<DhcpPacket?> Ask(DhcpMessageType type, byte last, string? giaddr, params byte[][] options) =>
        (await _responder.AnswerAsync(Parse(Raw(type, options, giaddr: giaddr, mac: [0x52, 0x54, 0, 0, 0, last])), Broadcast, TestContext.Current.CancellationToken))?.Packet;

    [Fact]
    public async Task The_further_options_are_there()
    {
        var ack = await Ask(DhcpMessageType.Request, 7, null, Option(54, Server), Option(50, IPAddress.Parse("10.77.0.100")));
        Assert.Equal(("dc1.example", "0a4d007b", "2328"), (ack!.Text(15), ack!.Hex(42), ack!.Hex(26)));
        // 10.9.0.0/17 via 10.77.0.253, then the default route (RFC 3442).
        Assert.Equal("11" + "0a0900" + "0a4d00fd" + "00" + "0a4d00fe", ack!.Hex(121));
    }

    [Theory]
    [InlineData(null, null, "10.77.0.")]
    [InlineData("10.78.0.254", null, "10.78.0.")]
    [InlineData("10.78.0.254", "05040a4d0001", "10.77.0.")] // Link selection, RFC 3527.
    [InlineData("192.0.2.1", "01020304" + "05040a4e0001", "10.78.0.")]
    [InlineData("192.0.2.1", null, null)]
    public async Task The_relay_says_which_network(string? giaddr, string? relayInformation, string? network)
    {
        var information = relayInformation is null ? null : Convert.FromHexString(relayInformation);
        var offer = await Ask(DhcpMessageType.Discover, 7, giaddr, information is null ? [] : [Option(82, information)]);
        if (network is null)
        {
            Assert.Null(offer);
            return;
        }
        Assert.StartsWith(network, offer!.YourAddress.ToString(), StringComparison.Ordinal);
        Assert.Equal(relayInformation ?? "(absent)", offer.Hex(82)); // RFC 3046: echoed, to the bit.
    }

    [Theory]
    [InlineData("10.77.0.100-10.77.0.102", true, null)]
    [InlineData("10.79.0.100-10.79.0.102", true, "s0 (10.77.0.1, netmask 255.255.255.0) or s1 (10.78.0.1, netmask 255.255.255.128)")]
    [InlineData("10.77.0.100-10.77.0.102", false, "is in the network of s1 (10.78.0.1")] // Nothing to give there.
    [InlineData("10.78.0.100-10.78.0.200", true, "its ends are in two")] // The netmask is that of the interface whose network it is.
    public void On_several_interfaces_each_must_have_a_range(string range, bool second, string? complaint)
    {
        DhcpInterface[] links = [new("s0", 1, IPAddress.Parse("10.77.0.1"), IPAddress.Parse("255.255.255.0")), new("s1", 2, IPAddress.Parse("10.78.0.1"), IPAddress.Parse("255.255.255.128"))];
        Assert.True(AddressRange.TryParse(range, out var addresses, out _));
        var options = new BootOptions.DhcpOptions
        {
            Mode = DhcpMode.Full, Range = addresses, LeaseTime = TimeSpan.FromHours(1),
            Subnets = !second ? [] : [new DhcpNetwork { Range = new AddressRange(AddressRange.ToNumber(IPAddress.Parse("10.78.0.2")), AddressRange.ToNumber(IPAddress.Parse("10.78.0.9"))), Netmask = links[1].Netmask, LeaseTime = TimeSpan.FromHours(1) }],
        };
        DhcpNetworks Read() => DhcpNetworks.Of(options, links, new Reservations(new Dictionary<string, IPAddress>(), _ => []), (some, kept) => new LeasePool(_store, "dc1", some, kept, _time, _table));
        if (complaint is null)
            Assert.Equal(2, Read().Subnets.Count);
        else
            Assert.Contains(complaint, Assert.Throws<SettingException>(Read).Message);
    }

    [Fact]
    public async Task Without_a_relay_the_subnet_selection_option_counts() =>
        Assert.StartsWith("10.78.0.", (await Ask(DhcpMessageType.Discover, 7, null, Option(118, IPAddress.Parse("10.78.0.0"))))!.YourAddress.ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task A_reservation_is_its_machines_alone()
    {
        Assert.Equal("10.77.0.5", (await Ask(DhcpMessageType.Discover, 1, null))!.YourAddress.ToString());
        // By serial number, in its own network only.
        Assert.Equal("10.78.0.101", (await Ask(DhcpMessageType.Discover, 9, "10.78.0.254"))!.YourAddress.ToString());
        Assert.StartsWith("10.77.0.10", (await Ask(DhcpMessageType.Discover, 9, null))!.YourAddress.ToString(), StringComparison.Ordinal);
        var others = new List<string?>();
        for (byte n = 20; n < 24; n++)
            others.Add((await Ask(DhcpMessageType.Discover, n, "10.78.0.254", Option(50, IPAddress.Parse("10.78.0.101"))))?.YourAddress.ToString());
        Assert.Equal(["10.78.0.100", "10.78.0.102"], others.OfType<string>().Order());

        // Who asks for another address than the one kept for it starts afresh.
        Assert.Equal(DhcpMessageType.Nak, (await Ask(DhcpMessageType.Request, 1, null, Option(50, IPAddress.Parse("10.77.0.100"))))!.MessageType);
        Assert.Equal(DhcpMessageType.Ack, (await Ask(DhcpMessageType.Request, 1, null, Option(54, Server), Option(50, IPAddress.Parse("10.77.0.5"))))!.MessageType);
        Assert.NotNull(await _store.GetAsync("/os/dc1/dhcp/leases/10.77.0.5", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("10.9.0.0/16 via 10.0.0.254", true)]
    [InlineData("10.9.0.1/16 via 10.0.0.254", false)]
    [InlineData("10.9.0.0/33 via 10.0.0.254", false)]
    [InlineData("10.9.0.0/16", false)]
    [InlineData("0.0.0.0/0 via 10.0.0.254", true)]
    public void Routes_are_read(string text, bool allowed) => Assert.Equal(allowed, ClasslessRoute.TryParse(text, out _));
}
