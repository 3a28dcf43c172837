using LpmOs.Boot.Dhcp;

namespace LpmOs.Boot.Tests.Dhcp;

public sealed class DhcpWriterTests
{
    private static DhcpPacket With(params DhcpOption[] options) =>
        new() { Operation = 2, TransactionId = 1, HardwareAddress = Packets.Mac, Options = options };

    [Fact]
    public void Pads_to_the_length_of_a_bootp_message()
    {
        var raw = DhcpWriter.Write(With(new DhcpOption(53, new byte[] { 2 })), 548);
        Assert.Equal(300, raw.Length);
        Assert.Equal("350102ff00", Convert.ToHexStringLower(raw.AsSpan(240, 5)));
    }

    [Fact]
    public void Splits_a_long_option_and_reads_it_back()
    {
        var value = Enumerable.Range(0, 600).Select(i => (byte)i).ToArray();
        var raw = DhcpWriter.Write(With(new DhcpOption(43, value)), 1472);
        Assert.Equal(43, raw[240]);
        Assert.Equal(255, raw[241]);
        Assert.Equal(43, raw[240 + 257]);
        Assert.Equal(value, Packets.Parse(raw).Option(43)!.Value.ToArray());
    }

    [Fact]
    public void Leaves_out_what_does_not_fit_and_keeps_the_end()
    {
        var raw = DhcpWriter.Write(With(new DhcpOption(53, new byte[] { 2 }), new DhcpOption(43, new byte[400]), new DhcpOption(54, new byte[4])), 548);
        Assert.True(raw.Length <= 548);
        var packet = Packets.Parse(raw);
        Assert.False(packet.Has(43));
        Assert.True(packet.Has(54));
    }

    [Fact]
    public void A_relays_information_fits_before_everything_else_and_stands_last()
    {
        var relay = Enumerable.Range(0, 200).Select(i => (byte)i).ToArray();
        var raw = DhcpWriter.Write(With(new DhcpOption(53, new byte[] { 2 }), new DhcpOption(54, new byte[4]), new DhcpOption(15, new byte[120]), new DhcpOption(42, new byte[8]), new DhcpOption(82, relay)), 548);
        Assert.True(raw.Length <= 548);
        var packet = Packets.Parse(raw);
        Assert.Equal([53, 54, 42, 82], packet.Options.Select(option => option.Code));
        Assert.Equal(relay, packet.Option(82)!.Value.ToArray());
    }

    [Fact]
    public void A_name_that_would_fill_its_field_is_left_out_for_it_could_not_end_in_zero()
    {
        var raw = DhcpWriter.Write(With() with { File = new string('a', 128) }, 548);
        Assert.Equal(0, raw[108]);
        Assert.Equal((byte)'a', DhcpWriter.Write(With() with { File = new string('a', 127) }, 548)[108 + 126]);
    }
}
