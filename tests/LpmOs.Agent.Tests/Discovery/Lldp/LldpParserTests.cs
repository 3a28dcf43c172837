using System.Text;
using LpmOs.Agent.Discovery.Lldp;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Tests.Discovery.Lldp;

/// <summary>Frames built byte by byte after IEEE 802.1AB-2016 clause 8.</summary>
public sealed class LldpParserTests
{
    private static readonly byte[] Chassis = Unit(1, [4, 0x00, 0x1C, 0x73, 0x0A, 0x0B, 0x0C]);
    private static readonly byte[] Port = Unit(2, [5, .. "Ethernet12"u8]);
    private static readonly byte[] Life = Unit(3, [0, 120]);

    [Fact]
    public void WhatASwitchTellsIsRead()
    {
        var found = LldpParser.Parse(Frame([
            .. Chassis, .. Port, .. Life, .. Unit(4, "rack a12 u7"u8), .. Unit(5, "leaf-a12-1"u8), .. Unit(6, "Arista Networks EOS version 4.31.2F"u8), .. Unit(7, [0, 0x14, 0, 0x14]),
            .. Unit(8, [5, 1, 10, 0, 8, 12, 2, 0, 0, 0, 1, 0]), .. Unit(127, [0x00, 0x80, 0xC2, 1, 0, 100]), .. Unit(127, [0x00, 0x12, 0x0F, 1, 3, 0x6C]), 0, 0]));

        Assert.Equal(new LldpNeighbour { SwitchName = "leaf-a12-1", ChassisId = "00:1c:73:0a:0b:0c", Port = "Ethernet12", PortDescription = "rack a12 u7", Vlan = 100, ManagementAddress = "10.0.8.12", Description = "Arista Networks EOS version 4.31.2F" }, found);
    }

    [Fact]
    public void PortsGoByMacAddressNameOrAnythingElse()
    {
        string? PortOf(byte[] id) => LldpParser.Parse(Frame([.. Chassis, .. Unit(2, id), .. Life, 0, 0]))?.Port;

        Assert.Equal("00:1c:73:00:00:01", PortOf([3, 0x00, 0x1C, 0x73, 0, 0, 1]));
        Assert.Equal("192.0.2.1", PortOf([4, 1, 192, 0, 2, 1]));
        Assert.Equal("Gi1/0/12", PortOf([5, .. "Gi1/0/12"u8]));
        Assert.Equal("518", PortOf([7, .. "518"u8]));
        Assert.Equal("0001ff", PortOf([7, 0, 1, 0xFF]));
        Assert.Null(PortOf([7]));
    }

    [Fact]
    public void FramesWithAVlanTagAreHeardAndOthersPassedOver()
    {
        byte[] units = [.. Chassis, .. Port, .. Life, 0, 0];
        byte[] addresses = [1, 0x80, 0xC2, 0, 0, 0x0E, 0, 0x1C, 0x73, 0, 0, 1];
        Assert.Equal("Ethernet12", LldpParser.Parse([.. addresses, 0x81, 0x00, 0, 1, 0x88, 0xCC, .. units])?.Port);
        Assert.Null(LldpParser.Parse([.. addresses, 0x08, 0x00, .. units]));
        // The first three come in their order (clause 8.2), and a time to live of 0 says goodbye.
        Assert.Null(LldpParser.Parse(Frame([.. Port, .. Chassis, .. Life, 0, 0])));
        Assert.Null(LldpParser.Parse(Frame([.. Chassis, .. Port, .. Unit(3, [0, 0]), 0, 0])));
        Assert.Null(LldpParser.Parse(Frame([.. Chassis, 0, 0])));
    }

    [Fact]
    public void TextsOfStrangersAreCleanedAndBounded()
    {
        var found = LldpParser.Parse(Frame([.. Chassis, .. Unit(2, [5, .. "Et\u001b[31m1"u8]), .. Life, .. Unit(5, Encoding.UTF8.GetBytes("a\r\nb\0" + new string('x', 400))), .. Unit(6, [0xFF, 0xFE, (byte)'z']), 0, 0]))!;

        Assert.DoesNotContain(found.SwitchName!, char.IsControl);
        Assert.StartsWith("a b x", found.SwitchName, StringComparison.Ordinal);
        Assert.Equal(200, found.SwitchName!.Length);
        Assert.Equal("z", found.Description);
        Assert.DoesNotContain(found.Port!, char.IsControl);
    }

    [Fact]
    public void AnyFrameIsSurvived()
    {
        var whole = Frame([.. Chassis, .. Port, .. Life, .. Unit(8, [5, 1, 10, 0, 8, 12, 2, 0, 0, 0, 1, 0]), .. Unit(127, [0x00, 0x80, 0xC2, 1, 0, 100]), 0, 0]);
        var random = new Random(20261122);
        for (var i = 0; i < 20_000; i++)
        {
            var frame = whole[..random.Next(whole.Length + 1)];
            for (var flips = random.Next(6); flips > 0 && frame.Length > 0; flips--)
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            LldpParser.Parse(frame);
        }
    }

    [Fact]
    public async Task OnlyNewsEndTheWait()
    {
        var listener = new LldpListener(new LpmOs.Agent.Discovery.SystemTree("/nonexistent"));
        var neighbour = new LldpNeighbour { ChassisId = "a", Port = "1" };
        var changed = listener.ChangedAsync(TestContext.Current.CancellationToken);
        listener.Note("eth0", neighbour);
        await changed;
        var next = listener.ChangedAsync(TestContext.Current.CancellationToken);
        listener.Note("eth0", neighbour with { });
        Assert.False(next.IsCompleted);
        listener.Note("eth0", neighbour with { Port = "2" });
        await next;
        Assert.Equal("2", listener.Heard["eth0"].Port);
    }

    private static byte[] Frame(byte[] units) => [1, 0x80, 0xC2, 0, 0, 0x0E, 0, 0x1C, 0x73, 0, 0, 1, 0x88, 0xCC, .. units];

    private static byte[] Unit(int type, ReadOnlySpan<byte> value) => [(byte)(type << 1 | value.Length >> 8), (byte)value.Length, .. value];
}
