using System.Text;
using LpmOs.Boot.Files;
using LpmOs.Boot.Tftp;

namespace LpmOs.Boot.Tests.Tftp;

public sealed class SendWindowTests
{
    private static SendWindow Window(int bytes, int blockSize, int windowSize)
    {
        Assert.True(TftpRequest.TryParse([0, 1, .. Encoding.ASCII.GetBytes($"f|octet|blksize|{blockSize}|windowsize|{windowSize}|".Replace('|', '\0'))], out var request));
        var content = Enumerable.Range(0, bytes).Select(i => (byte)(i / blockSize)).ToArray();
        return new SendWindow(new BlockSource(new RenderedFile(content), false), TftpTerms.Negotiate(request!, bytes, 65508));
    }

    /// <summary>"block:length" of all that goes out.</summary>
    private static string Sent(SendWindow window)
    {
        var sent = new List<string>();
        while (window.TryTake(1, out var datagram))
            sent.Add($"{datagram.Span[2] << 8 | datagram.Span[3]}:{datagram.Length - 4}");
        return string.Join(' ', sent);
    }

    [Fact]
    public void A_file_of_whole_blocks_ends_with_an_empty_one()
    {
        var window = Window(16, 8, 1);
        Assert.Equal("1:8", Sent(window));
        Assert.Equal(WindowStep.Advance, window.Acknowledge(1));
        Assert.Equal("2:8", Sent(window));
        Assert.Equal(WindowStep.Advance, window.Acknowledge(2));
        Assert.Equal("3:0", Sent(window));
        Assert.Equal(WindowStep.Finished, window.Acknowledge(3));
    }

    [Fact]
    public void A_duplicate_acknowledgement_without_a_window_moves_nothing()
    {
        var window = Window(100, 8, 1);
        Sent(window);
        window.Acknowledge(1);
        Sent(window);
        Assert.Equal(WindowStep.Ignore, window.Acknowledge(1));
        Assert.Equal("", Sent(window));
    }

    [Fact]
    public void An_acknowledgement_in_the_middle_sends_the_rest_again_and_more()
    {
        var window = Window(100, 8, 4);
        Assert.Equal("1:8 2:8 3:8 4:8", Sent(window));
        Assert.Equal(WindowStep.Resend, window.Acknowledge(2));
        Assert.Equal("3:8 4:8 5:8 6:8", Sent(window));
        Assert.Equal(WindowStep.Ignore, window.Acknowledge(1));
        Assert.Equal(WindowStep.Ignore, window.Acknowledge(7));
        Assert.Equal(WindowStep.Advance, window.Acknowledge(6));
    }

    [Fact]
    public void A_lost_first_block_is_sent_again_once_however_often_the_client_says_so()
    {
        var window = Window(100, 8, 4);
        Sent(window);
        window.Acknowledge(4);
        Assert.Equal("5:8 6:8 7:8 8:8", Sent(window));
        Assert.Equal(WindowStep.Resend, window.Acknowledge(4));
        Assert.Equal("5:8 6:8 7:8 8:8", Sent(window));
        Assert.Equal(WindowStep.Ignore, window.Acknowledge(4));
        Assert.Equal(WindowStep.Advance, window.Acknowledge(8));
        Assert.Equal("9:8 10:8 11:8 12:8", Sent(window));
        Assert.Equal(WindowStep.Resend, window.Acknowledge(8));
    }

    [Fact]
    public void Numbers_go_on_after_65535_with_0()
    {
        var window = Window(8 * 65_540 + 1, 8, 16);
        var wire = new List<string>();
        for (var step = WindowStep.Advance; step != WindowStep.Finished;)
        {
            var sent = Sent(window).Split(' ');
            wire.AddRange(sent);
            step = window.Acknowledge(ushort.Parse(sent[^1].Split(':')[0]));
            Assert.NotEqual(WindowStep.Ignore, step);
        }
        Assert.Equal(65_541, wire.Count);
        Assert.Equal("65535:8 0:8 1:8", string.Join(' ', wire[65_534..65_537]));
        Assert.Equal("5:1", wire[^1]);
    }

    [Fact]
    public void After_silence_the_window_goes_again_unchanged()
    {
        var window = Window(30, 8, 8);
        Assert.Equal("1:8 2:8 3:8 4:6", Sent(window));
        window.Rewind();
        Assert.Equal("1:8 2:8 3:8 4:6", Sent(window));
        Assert.Equal(WindowStep.Finished, window.Acknowledge(4));
    }

    [Theory]
    [InlineData("a\nb", "a\r\nb")]
    [InlineData("\r\n", "\r\0\r\n")]
    [InlineData("x\r", "x\r\0")]
    public void Netascii_turns_line_ends(string text, string wire)
    {
        using var source = new BlockSource(new RenderedFile(Encoding.ASCII.GetBytes(text)), netAscii: true);
        var all = new List<byte>();
        var block = new byte[2]; // Pairs straddle blocks.
        for (var n = 1; (n = source.Read(block)) > 0;)
            all.AddRange(block[..n]);
        Assert.Equal(wire, Encoding.ASCII.GetString([.. all]));
    }
}
