using System.Net;
using LpmOs.Boot.Dhcp;

namespace LpmOs.Boot.Tests.Dhcp;

public sealed class DhcpParserTests
{
    [Fact]
    public void Reads_every_field()
    {
        var raw = Packets.Raw(DhcpMessageType.Request, [Packets.Option(50, IPAddress.Parse("10.77.0.100"))], ciaddr: "10.77.0.9", giaddr: "10.78.0.1", flags: 0x8000);
        var packet = Packets.Parse(raw);
        Assert.Equal(0xde000001u, packet.TransactionId);
        Assert.Equal(DhcpMessageType.Request, packet.MessageType);
        Assert.Equal("52:54:00:77:00:01", packet.Mac);
        Assert.Equal("10.77.0.9", packet.ClientAddress.ToString());
        Assert.Equal("10.78.0.1", packet.RelayAddress.ToString());
        Assert.True(packet.WantsBroadcast);
        Assert.Equal("10.77.0.100", packet.AddressOption(50)!.ToString());
        Assert.Equal("hw:01525400770001", packet.ClientKey);
    }

    [Fact]
    public void Joins_the_parts_of_a_long_option_in_order()
    {
        var packet = Packets.Parse(Packets.Raw(DhcpMessageType.Discover, [Packets.Option(43, 1, 2), Packets.Option(12, "x"), Packets.Option(43, 3)]));
        Assert.Equal("010203", packet.Hex(43));
        Assert.Single(packet.Options, o => o.Code == 43);
    }

    [Fact]
    public void Reads_overloaded_fields_the_file_before_the_name()
    {
        var raw = Packets.Raw(DhcpMessageType.Discover, [Packets.Option(52, 3)]);
        Packets.Option(77, "iP").CopyTo(raw, 108);
        raw[112] = 255;
        Packets.Option(77, "XE").CopyTo(raw, 44);
        raw[48] = 255;
        var packet = Packets.Parse(raw);
        Assert.Equal("iPXE", packet.Text(77));
        Assert.Equal("", packet.File);
        Assert.Equal("", packet.ServerName);
        Assert.Equal(BootProgram.Ipxe, BootClient.Of(packet).Program);
    }

    [Fact]
    public void Skips_padding_and_takes_a_missing_end()
    {
        var raw = Packets.Raw(DhcpMessageType.Discover, [[0, 0, 0], Packets.Option(12, "h")]);
        Assert.Equal("h", Packets.Parse(raw[..^1]).Text(12));
    }

    [Theory]
    [InlineData(0, "too few")]
    [InlineData(239, "too few")]
    [InlineData(241, "no length")]
    [InlineData(242, "says 1 bytes, 0 are left")]
    public void Refuses_what_is_cut_off(int length, string reason)
    {
        Assert.False(DhcpParser.TryParse(Packets.Raw(DhcpMessageType.Discover, []).AsSpan(0, length), out _, out var error));
        Assert.Contains(reason, error);
    }

    [Theory]
    [InlineData(0, 7, "operation")]
    [InlineData(2, 17, "hardware address length")]
    [InlineData(238, 0, "magic cookie")]
    public void Refuses_an_impossible_header(int at, byte value, string reason)
    {
        var raw = Packets.Raw(DhcpMessageType.Discover, []);
        raw[at] = value;
        Assert.False(DhcpParser.TryParse(raw, out _, out var error));
        Assert.Contains(reason, error);
    }

    [Fact]
    public void Every_mutation_of_a_real_request_is_read_or_refused_and_never_throws()
    {
        var seed = Packets.Raw(DhcpMessageType.Discover, [.. Packets.Pxe(7), Packets.Option(52, 3), Packets.Option(61, 1, 2, 3), Packets.Option(82, 1, 1, 9)]);
        var random = new Random(20_26);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 60_000; i++)
        {
            var raw = seed[..random.Next(200, seed.Length + 1)];
            for (var n = random.Next(0, 12); n > 0; n--)
                raw[random.Next(raw.Length)] = (byte)random.Next(256);
            if (DhcpParser.TryParse(raw, out var packet, out _))
            {
                read++;
                BootClient.Of(packet);
                Assert.NotEmpty(packet.ClientKey);
                Assert.True(DhcpWriter.Write(packet, 548).Length is >= 300 and <= 548);
            }
            else
            {
                refused++;
            }
        }
        Assert.True(read > 1000 && refused > 1000, $"{read} read, {refused} refused: the corpus no longer reaches both");
    }
}
