using System.Net;
using LpmOs.Boot.Dhcp;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Boot.Tests.Dhcp;

public sealed class FullResponderTests
{
    private static readonly DhcpArrival Broadcast = new(new IPEndPoint(IPAddress.Any, 68), 67);
    private static readonly IPEndPoint ToAll = new(IPAddress.Broadcast, 68);

    private readonly MemoryStore _store = new();
    private readonly ManualTime _time = new();
    private readonly LeasePool _pool;
    private readonly FullResponder _responder;

    public FullResponderTests() => (_responder, _pool) = Service("10.77.0.100", "10.77.0.103");

    private (FullResponder, LeasePool) Service(string first, string last)
    {
        var network = new DhcpNetwork
        {
            Range = new AddressRange(AddressRange.ToNumber(IPAddress.Parse(first)), AddressRange.ToNumber(IPAddress.Parse(last))),
            Netmask = IPAddress.Parse("255.255.255.0"),
            Routers = [IPAddress.Parse("10.77.0.254")],
            DnsServers = [IPAddress.Parse("10.77.0.53"), IPAddress.Parse("10.77.0.54")],
            LeaseTime = TimeSpan.FromHours(1),
        };
        var pool = new LeasePool(_store, "dc1", network.Range, [Packets.Server], _time);
        return (new FullResponder(Packets.Identity(), [new DhcpSubnet(network, pool)], Reservations.None, null, NullLogger<FullResponder>.Instance), pool);
    }

    private async Task<DhcpReply?> Ask(byte[] raw, FullResponder? responder = null) =>
        await (responder ?? _responder).AnswerAsync(Packets.Parse(raw), Broadcast, TestContext.Current.CancellationToken);

    private static byte[] MacOf(byte n) => [0x52, 0x54, 0, 0, 0, n];

    private async Task<IPAddress> Offered(byte n, FullResponder? responder = null) =>
        (await Ask(Packets.Raw(DhcpMessageType.Discover, [], mac: MacOf(n)), responder))!.Packet.YourAddress;

    private async Task<DhcpReply?> Take(byte n, IPAddress address, FullResponder? responder = null) =>
        await Ask(Packets.Raw(DhcpMessageType.Request, [Packets.Option(54, Packets.Server), Packets.Option(50, address)], mac: MacOf(n)), responder);

    [Fact]
    public async Task A_client_gets_an_address_with_all_that_belongs_to_it()
    {
        var address = await Offered(1);
        var reply = await Take(1, address);
        Assert.Equal(ToAll, reply!.To);
        Assert.Equal(DhcpMessageType.Ack, reply.Packet.MessageType);
        Assert.Equal(address, reply.Packet.YourAddress);
        Assert.Equal("00000e10", reply.Packet.Hex(51));
        Assert.Equal("00000708", reply.Packet.Hex(58));
        Assert.Equal("00000c4e", reply.Packet.Hex(59));
        Assert.Equal("ffffff00", reply.Packet.Hex(1));
        Assert.Equal("0a4d00fe", reply.Packet.Hex(3));
        Assert.Equal("0a4d00350a4d0036", reply.Packet.Hex(6));
        Assert.Equal("0a4d00ff", reply.Packet.Hex(28));
        Assert.Equal(IPAddress.Any, reply.Packet.ServerAddress);
        Assert.False(reply.Packet.Has(67));
        var entry = await _store.GetAsync($"/os/dc1/dhcp/leases/{address}", TestContext.Current.CancellationToken);
        Assert.Contains("\"mac\":\"52:54:00:00:00:01\"", System.Text.Encoding.UTF8.GetString(entry!.Value.Span));
    }

    /// <summary>UEFI's PXE sends no client identifier, iPXE and udhcpc the hardware address as one, systemd-networkd a DUID: all are one machine.</summary>
    [Theory]
    [InlineData("01525400000001")]
    [InlineData("ff525400010002000000ab11")]
    public async Task One_machine_has_one_address_whatever_its_programs_call_themselves(string identifier)
    {
        var firmware = await Offered(1);
        Assert.Equal(DhcpMessageType.Ack, (await Take(1, firmware))!.Packet.MessageType);
        var id = Packets.Option(61, Convert.FromHexString(identifier));
        var asked = (await Ask(Packets.Raw(DhcpMessageType.Discover, [id], mac: MacOf(1))))!.Packet.YourAddress;
        Assert.Equal(firmware, asked);
        Assert.Equal(DhcpMessageType.Ack, (await Ask(Packets.Raw(DhcpMessageType.Request, [id, Packets.Option(54, Packets.Server), Packets.Option(50, asked)], mac: MacOf(1))))!.Packet.MessageType);
        // And its firmware again, after the system had its lease.
        Assert.Equal(firmware, await Offered(1));
        Assert.Equal(DhcpMessageType.Ack, (await Take(1, firmware))!.Packet.MessageType);
        // Another card is another machine.
        Assert.NotEqual(firmware, await Offered(2));
        Assert.Equal(DhcpMessageType.Nak, (await Take(2, firmware))!.Packet.MessageType);
    }

    [Fact]
    public async Task A_boot_client_gets_its_file_with_the_address_and_http_boot_its_class()
    {
        var pxe = await Ask(Packets.Raw(DhcpMessageType.Discover, Packets.Pxe(7)));
        Assert.Equal("snponly.efi", pxe!.Packet.File);
        Assert.Equal(Packets.Server, pxe.Packet.ServerAddress);
        Assert.False(pxe.Packet.Has(60));
        var http = await Ask(Packets.Raw(DhcpMessageType.Discover, Packets.Http(16)));
        Assert.Equal("HTTPClient", http!.Packet.Text(60));
    }

    [Fact]
    public async Task Discover_writes_nothing()
    {
        await Offered(1);
        Assert.Equal(0, _store.Commits);
    }

    [Fact]
    public async Task A_client_finds_its_address_again()
    {
        var address = await Offered(1);
        await Take(1, address);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(address, await Offered(1));
    }

    [Fact]
    public async Task When_all_are_taken_nobody_is_promised_one_until_a_lease_ends()
    {
        for (byte n = 1; n <= 4; n++)
            await Take(n, await Offered(n));
        Assert.Null(await Ask(Packets.Raw(DhcpMessageType.Discover, [], mac: MacOf(5))));
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.True(_pool.Table.TryFind("hw:01525400000001", null, out _));
        var address = await Offered(5);
        Assert.Equal(DhcpMessageType.Ack, (await Take(5, address))!.Packet.MessageType);
    }

    [Fact]
    public async Task Two_boot_services_never_give_one_address_twice()
    {
        var (other, _) = Service("10.77.0.100", "10.77.0.100");
        var (mine, _) = Service("10.77.0.100", "10.77.0.100");
        var address = await Offered(1, mine);
        Assert.Equal(address, await Offered(2, other));
        var answers = new[] { await Take(1, address, mine), await Take(2, address, other) };
        Assert.Equal([DhcpMessageType.Ack, DhcpMessageType.Nak], answers.Select(a => a!.Packet.MessageType));
        Assert.Equal(ToAll, answers[1]!.To);
    }

    [Fact]
    public async Task A_lease_of_one_service_is_renewed_by_the_other()
    {
        var (other, _) = Service("10.77.0.100", "10.77.0.103");
        var address = await Offered(1);
        await Take(1, address);
        var reply = await Ask(Packets.Raw(DhcpMessageType.Request, [], ciaddr: address.ToString(), mac: MacOf(1)), other);
        Assert.Equal(DhcpMessageType.Ack, reply!.Packet.MessageType);
        Assert.Equal(new IPEndPoint(address, 68), reply.To);
        Assert.Equal(address, reply.Packet.ClientAddress);
    }

    [Fact]
    public async Task An_address_from_elsewhere_is_refused_at_once()
    {
        var reply = await Ask(Packets.Raw(DhcpMessageType.Request, [Packets.Option(50, IPAddress.Parse("192.168.1.5"))]));
        Assert.Equal(DhcpMessageType.Nak, reply!.Packet.MessageType);
        Assert.Equal(ToAll, reply.To);
        Assert.False(reply.Packet.Has(51));
    }

    [Fact]
    public async Task Through_a_relay_the_answer_goes_to_the_relay_and_a_refusal_asks_it_to_broadcast()
    {
        var discover = await Ask(Packets.Raw(DhcpMessageType.Discover, [Packets.Option(82, 1, 1, 5)], giaddr: "10.77.0.3"));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.77.0.3"), 67), discover!.To);
        Assert.Equal("010105", discover.Packet.Hex(82));
        var nak = await Ask(Packets.Raw(DhcpMessageType.Request, [Packets.Option(50, IPAddress.Parse("192.168.1.5"))], giaddr: "10.77.0.3"));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.77.0.3"), 67), nak!.To);
        Assert.True(nak.Packet.WantsBroadcast);
        Assert.Null(await Ask(Packets.Raw(DhcpMessageType.Discover, [], giaddr: "10.99.0.1")));
    }

    [Fact]
    public async Task The_choice_of_another_server_is_left_to_it()
    {
        Assert.Null(await Ask(Packets.Raw(DhcpMessageType.Request, [Packets.Option(54, IPAddress.Parse("10.77.0.9")), Packets.Option(50, IPAddress.Parse("10.77.0.100"))])));
        Assert.Equal(0, _store.Commits);
    }

    [Fact]
    public async Task Released_is_free_and_declined_is_nobodys()
    {
        var (single, _) = Service("10.77.0.100", "10.77.0.100");
        var address = await Offered(1, single);
        await Take(1, address, single);
        Assert.Null(await Ask(Packets.Raw(DhcpMessageType.Release, [Packets.Option(54, Packets.Server)], ciaddr: address.ToString(), mac: MacOf(2)), single));
        Assert.Null(await Ask(Packets.Raw(DhcpMessageType.Discover, [], mac: MacOf(2)), single));
        await Ask(Packets.Raw(DhcpMessageType.Release, [Packets.Option(54, Packets.Server)], ciaddr: address.ToString(), mac: MacOf(1)), single);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(address, await Offered(2, single));
        await Take(2, address, single);
        await Ask(Packets.Raw(DhcpMessageType.Decline, [Packets.Option(50, address)], mac: MacOf(2)), single);
        Assert.Null(await Ask(Packets.Raw(DhcpMessageType.Discover, [], mac: MacOf(2)), single));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(address, await Offered(2, single));
    }

    [Fact]
    public async Task Inform_is_answered_without_a_lease()
    {
        var reply = await Ask(Packets.Raw(DhcpMessageType.Inform, Packets.Pxe(0), ciaddr: "10.77.0.30"));
        Assert.Equal(DhcpMessageType.Ack, reply!.Packet.MessageType);
        Assert.Equal(IPAddress.Any, reply.Packet.YourAddress);
        Assert.False(reply.Packet.Has(51));
        Assert.Equal("undionly.kpxe", reply.Packet.File);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.77.0.30"), 68), reply.To);
        Assert.Equal(0, _store.Commits);
    }

    [Fact]
    public async Task While_the_store_is_away_holders_keep_and_others_wait()
    {
        var address = await Offered(1);
        await Take(1, address);
        var second = await Offered(2);
        _store.Away = true;
        Assert.Equal(DhcpMessageType.Ack, (await Take(1, address))!.Packet.MessageType);
        Assert.Null(await Take(2, second));
    }
}
