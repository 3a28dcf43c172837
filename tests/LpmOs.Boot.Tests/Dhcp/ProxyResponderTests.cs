using System.Net;
using LpmOs.Boot.Dhcp;

namespace LpmOs.Boot.Tests.Dhcp;

public sealed class ProxyResponderTests
{
    private static readonly DhcpArrival Broadcast = new(new IPEndPoint(IPAddress.Any, 68), 67);
    private static readonly DhcpArrival BootServer = new(new IPEndPoint(IPAddress.Parse("10.77.0.150"), 68), 4011);

    private static async Task<DhcpReply?> Answer(DhcpPacket request, DhcpArrival arrival) =>
        await new ProxyResponder(Packets.Identity()).AnswerAsync(request, arrival, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(0, "undionly.kpxe")]
    [InlineData(7, "snponly.efi")]
    public async Task Offers_the_boot_file_and_no_address(ushort architecture, string file)
    {
        var reply = await Answer(Packets.Request(DhcpMessageType.Discover, Packets.Pxe(architecture)), Broadcast);
        var packet = Packets.Parse(DhcpWriter.Write(reply!.Packet, reply.MaximumLength));
        Assert.Equal(new IPEndPoint(IPAddress.Broadcast, 68), reply.To);
        Assert.Equal(DhcpMessageType.Offer, packet.MessageType);
        Assert.Equal(IPAddress.Any, packet.YourAddress);
        Assert.Equal("10.77.0.1", packet.ServerAddress.ToString());
        Assert.Equal("10.77.0.1", packet.ServerName);
        Assert.Equal(file, packet.File);
        Assert.Equal(file, packet.Text(67));
        Assert.Equal("10.77.0.1", packet.Text(66));
        Assert.Equal("0a4d0001", packet.Hex(54));
        Assert.Equal("PXEClient", packet.Text(60));
        Assert.Equal(Convert.ToHexStringLower(Packets.Guid), packet.Hex(97));
        Assert.Equal("060108ff", packet.Hex(43));
        Assert.False(packet.Has(51));
        Assert.False(packet.Has(1));
    }

    [Fact]
    public async Task The_offer_is_byte_for_byte_this()
    {
        var reply = await Answer(Packets.Request(DhcpMessageType.Discover, Packets.Pxe(0)), Broadcast);
        var expected =
            "02010600" + "de000001" + "0000" + "0000" + "00000000" + "00000000" + "0a4d0001" + "00000000" + "525400770001" + new string('0', 20)
            + Hex("10.77.0.1", 64) + Hex("undionly.kpxe", 128) + "63825363"
            + "350102" + "36040a4d0001" + "3c09" + Hex("PXEClient", 9) + "6111" + Convert.ToHexStringLower(Packets.Guid)
            + "2b04060108ff" + "4209" + Hex("10.77.0.1", 9) + "430d" + Hex("undionly.kpxe", 13) + "ff";
        Assert.Equal(expected, Convert.ToHexStringLower(DhcpWriter.Write(reply!.Packet, reply.MaximumLength)));

        static string Hex(string text, int length) => Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(text)).PadRight(length * 2, '0');
    }

    [Fact]
    public async Task Uefi_http_boot_gets_its_own_class_back_and_no_pxe_options()
    {
        var reply = await Answer(Packets.Request(DhcpMessageType.Discover, Packets.Http(16)), Broadcast);
        Assert.Equal("HTTPClient", reply!.Packet.Text(60));
        Assert.Equal("http://10.77.0.1:8082/files/ipxe/snponly.efi", reply.Packet.File);
        Assert.False(reply.Packet.Has(43));
    }

    [Fact]
    public async Task Answers_again_on_the_boot_server_port_and_echoes_the_boot_item()
    {
        var request = Packets.Request(DhcpMessageType.Request, [.. Packets.Pxe(0), Packets.Option(43, 71, 4, 0, 0, 0, 0, 255)]);
        var reply = await Answer(request, BootServer);
        Assert.Equal(BootServer.From, reply!.To);
        Assert.Equal(DhcpMessageType.Ack, reply.Packet.MessageType);
        Assert.Equal("060108" + "470400000000" + "ff", reply.Packet.Hex(43));
        Assert.Equal("undionly.kpxe", reply.Packet.File);
    }

    [Fact]
    public async Task Is_silent_where_another_server_is_meant()
    {
        Assert.Null(await Answer(Packets.Request(DhcpMessageType.Request, Packets.Pxe(0)), Broadcast));
        Assert.Null(await Answer(Packets.Request(DhcpMessageType.Discover, Packets.Option(60, "MSFT 5.0")), Broadcast));
        Assert.Null(await Answer(Packets.Request(DhcpMessageType.Discover), Broadcast));
        Assert.Null(await Answer(Packets.Request(DhcpMessageType.Discover, Packets.Pxe(0)), BootServer));
        Assert.Null(await Answer(Packets.Request(DhcpMessageType.Request, [.. Packets.Pxe(0), Packets.Option(54, IPAddress.Parse("10.77.0.2"))]), BootServer));
    }

    [Fact]
    public async Task Answers_through_the_relay_and_returns_its_information()
    {
        var raw = Packets.Raw(DhcpMessageType.Discover, [.. Packets.Pxe(0), Packets.Option(82, 1, 2, 7, 7)], giaddr: "10.9.0.1");
        var reply = await Answer(Packets.Parse(raw), Broadcast);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.9.0.1"), 67), reply!.To);
        Assert.Equal("01020707", reply.Packet.Hex(82));
        Assert.Equal("10.9.0.1", reply.Packet.RelayAddress.ToString());
    }
}
