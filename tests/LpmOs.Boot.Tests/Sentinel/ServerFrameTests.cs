using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Sentinel;
using LpmOs.Boot.Tests.Dhcp;

namespace LpmOs.Boot.Tests.Sentinel;

public sealed class ServerFrameTests
{
    private static byte[] Offer()
    {
        var packet = Packets.Parse([2, 1, 6, 0, .. Packets.Raw(DhcpMessageType.Offer, [Packets.Option(54, Packets.Server)])[4..]]);
        var frame = ServerFrame.Write(Packets.Mac, packet);
        (frame[34], frame[35]) = (0, 67); // From a server's port.
        return frame;
    }

    [Fact]
    public void An_offer_is_read_with_the_MAC_it_came_from()
    {
        var reply = ServerFrame.Read(Offer())!;
        Assert.Equal(("52:54:00:77:00:01", Packets.Server), (reply.Mac, reply.Packet.AddressOption(54)));
    }

    [Fact]
    public void What_a_client_sends_is_not_a_servers() => Assert.Null(ServerFrame.Read(ServerFrame.Write(Packets.Mac, Probe.Discover(Packets.Mac, 1))));

    [Fact]
    public void Frames_cut_anywhere_or_with_wild_bytes_are_no_offers_or_whole_ones()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var frame = Offer();
            for (var n = random.Next(4); n > 0; n--)
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            var reply = ServerFrame.Read(frame.AsSpan(0, random.Next(frame.Length + 1)));
            Assert.True(reply is null || reply.Packet.Operation == DhcpPacket.BootReply);
        }
    }

    [Fact]
    public void Our_own_probe_is_known() => Assert.True(Probe.Is(Probe.Discover(Packets.Mac, 1)));
}
