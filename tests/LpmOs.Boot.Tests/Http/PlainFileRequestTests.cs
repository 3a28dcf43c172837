using System.Buffers;
using System.Text;
using LpmOs.Boot.Http;

namespace LpmOs.Boot.Tests.Http;

public sealed class PlainFileRequestTests
{
    private const string Head = "GET /files/boot/initramfs HTTP/1.1\r\nHost: boot\r\n";

    private static (PlainFileRequest? Request, bool More) Read(string text) => PlainFileRequest.Read(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text)), out _);

    [Theory]
    [InlineData("", false)]
    [InlineData("User-Agent: iPXE/1.0\r\nConnection: keep-alive\r\nAccept: */*\r\n", false)]
    [InlineData("connection: close\r\n", true)]
    public void A_plain_request_is_taken(string more, bool close) => Assert.Equal((new PlainFileRequest("boot/initramfs", close), false), Read(Head + more + "\r\n"));

    [Fact]
    public void The_next_request_stays_in_the_buffer()
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(Head + "\r\nGET /next"));
        Assert.NotNull(PlainFileRequest.Read(buffer, out var end).Request);
        Assert.Equal("GET /next", Encoding.Latin1.GetString(buffer.Slice(end).ToArray()));
    }

    [Fact]
    public void An_unfinished_request_waits_for_its_rest_wherever_it_is_cut()
    {
        for (var length = 0; length < Head.Length + 1; length++)
            Assert.Equal((null, true), Read((Head + "\r\n")[..length]));
    }

    [Theory]
    [InlineData("GET /files/a HTTP/1.0\r\nHost: b\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost: b\r\nHost: c\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost: b\r\nRange: bytes=1-\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost: b\r\nIf-None-Match: \"x\"\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost: b\r\nConnection: upgrade\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost: b\r\n folded: x\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost: b\nX: y\r\n\r\n")]
    [InlineData("GET /files/a HTTP/1.1\r\nHost : b\r\n\r\n")]
    [InlineData("GET /files/a?x HTTP/1.1\r\nHost: b\r\n\r\n")]
    [InlineData("GET /files/%2e%2e/a HTTP/1.1\r\nHost: b\r\n\r\n")]
    [InlineData("GET  /files/a HTTP/1.1\r\nHost: b\r\n\r\n")]
    [InlineData("HEAD /files/a HTTP/1.1\r\nHost: b\r\n\r\n")]
    [InlineData("GET /ipxe?mac=1 HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002")]
    public void Anything_else_is_left_to_the_real_server(string text) => Assert.Equal((null, false), Read(text));

    [Fact]
    public void A_head_without_end_is_left_to_the_real_server() => Assert.Equal((null, false), Read(Head + "User-Agent: " + new string('a', 5000)));
}
