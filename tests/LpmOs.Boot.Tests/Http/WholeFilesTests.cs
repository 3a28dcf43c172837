using System.Net.Sockets;
using System.Text;

namespace LpmOs.Boot.Tests.Http;

/// <summary>Bytes on a connection to the real service.</summary>
public sealed class WholeFilesTests(HttpFixture boot) : IClassFixture<HttpFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(boot.Client.BaseAddress!.Host, boot.Client.BaseAddress.Port, Cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task WriteAsync(Stream stream, string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), Cancellation);

    private static async Task<(string Head, byte[] Body)> AnswerAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Cancellation);
            head.Append((char)one[0]);
        }
        var text = head.ToString();
        var at = text.IndexOf("Content-Length: ", StringComparison.Ordinal) + 16;
        var body = new byte[int.Parse(text[at..text.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, Cancellation);
        return (text, body);
    }

    private const string Get = "GET /files/boot/initramfs HTTP/1.1\r\nHost: b\r\n";

    [Fact]
    public async Task Requests_in_one_connection_are_answered_in_order_whoever_answers_them()
    {
        await using var stream = await ConnectAsync();
        // All at once, as HTTP allows: two whole files, a part, a script, a whole file again.
        await WriteAsync(stream, $"{Get}\r\n{Get}Connection: keep-alive\r\n\r\n{Get}Range: bytes=1000000-\r\n\r\nGET /boot.ipxe HTTP/1.1\r\nHost: b\r\n\r\n{Get}Connection: close\r\n\r\n");
        var first = await AnswerAsync(stream);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", first.Head);
        Assert.Equal(boot.Content, first.Body);
        Assert.Equal(boot.Content, (await AnswerAsync(stream)).Body);
        var part = await AnswerAsync(stream);
        Assert.StartsWith("HTTP/1.1 206 ", part.Head);
        Assert.Equal(boot.Content[1_000_000..], part.Body);
        Assert.StartsWith("#!ipxe", Encoding.ASCII.GetString((await AnswerAsync(stream)).Body));
        Assert.Equal(boot.Content, (await AnswerAsync(stream)).Body);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task The_head_is_that_of_the_slower_way()
    {
        static string[] Fields(string head) => [.. head.Split("\r\n").Where(line => line.Length > 0 && !line.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        await using var stream = await ConnectAsync();
        await WriteAsync(stream, $"{Get}\r\n");
        var quick = await AnswerAsync(stream);
        await WriteAsync(stream, $"{Get}X-Unknown: 1\r\n\r\n");
        var slow = await AnswerAsync(stream);
        Assert.Equal(Fields(slow.Head), Fields(quick.Head));
        Assert.Equal(slow.Body, quick.Body);
    }

    [Fact]
    public async Task A_request_may_come_byte_by_byte()
    {
        await using var stream = await ConnectAsync();
        foreach (var c in $"{Get}\r\n")
        {
            await WriteAsync(stream, c.ToString());
            await stream.FlushAsync(Cancellation);
        }
        Assert.Equal(boot.Content, (await AnswerAsync(stream)).Body);
    }

    [Fact]
    public async Task With_connection_close_the_connection_ends_after_the_file()
    {
        await using var stream = await ConnectAsync();
        await WriteAsync(stream, $"{Get}Connection: close\r\n\r\n");
        var (head, body) = await AnswerAsync(stream);
        Assert.Contains("\r\nConnection: close\r\n", head);
        Assert.Equal(boot.Content, body);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task An_empty_file_is_sent_too()
    {
        await File.WriteAllBytesAsync(Path.Combine(boot.Folder, "files", "boot", "empty"), [], Cancellation);
        await using var stream = await ConnectAsync();
        await WriteAsync(stream, $"GET /files/boot/empty HTTP/1.1\r\nHost: b\r\n\r\n{Get}\r\n");
        Assert.Empty((await AnswerAsync(stream)).Body);
        Assert.Equal(boot.Content, (await AnswerAsync(stream)).Body);
    }

    [Fact]
    public async Task The_metrics_count_what_goes_past_aspnet_core()
    {
        async Task<(double Requests, double Bytes)> CountsAsync()
        {
            var lines = (await boot.Client.GetStringAsync("/metrics", Cancellation)).Split('\n');
            double Of(params string[] parts) => lines.Where(line => parts.All(part => line.Contains(part, StringComparison.Ordinal))).Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
            return (Of("http_server_request_duration_seconds_count", "http_route=\"/files/{**path}\"", "200\""), Of("lpmos_boot_file_bytes_total", "way=\"sendfile\""));
        }
        var before = await CountsAsync();
        await using var stream = await ConnectAsync();
        for (var n = 0; n < 3; n++)
        {
            await WriteAsync(stream, $"{Get}\r\n");
            await AnswerAsync(stream);
        }
        // The file is counted after its last byte has left.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var after = before;
        while (after.Requests < before.Requests + 3 || after.Bytes < before.Bytes + 3 * boot.Content.Length)
        {
            await Task.Delay(20, limit.Token);
            after = await CountsAsync();
        }
        var family = (await boot.Client.GetStringAsync("/metrics", Cancellation)).Split('\n').Where(line => line.StartsWith("# TYPE http_server_request_duration_seconds ", StringComparison.Ordinal));
        Assert.Single(family);
    }

    [Fact]
    public async Task A_file_that_shrinks_while_it_is_sent_ends_the_connection_and_nothing_else()
    {
        var path = Path.Combine(boot.Folder, "files", "boot", "shrinking");
        await using (var file = File.Create(path))
            file.SetLength(64L << 20);
        await using var stream = await ConnectAsync();
        await WriteAsync(stream, "GET /files/boot/shrinking HTTP/1.1\r\nHost: b\r\n\r\n");
        await stream.ReadExactlyAsync(new byte[100_000], Cancellation);
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
            file.SetLength(1 << 20);
        var rest = 0L;
        try
        {
            var buffer = new byte[1 << 20];
            while (await stream.ReadAsync(buffer, Cancellation) is > 0 and var read)
                rest += read;
        }
        catch (IOException)
        {
            // Reset: it could not be finished.
        }
        Assert.InRange(rest, 0, (64L << 20) - 100_000);
        Assert.Equal(boot.Content, await boot.Client.GetByteArrayAsync("/files/boot/initramfs", Cancellation));
    }

    [Fact]
    public async Task Clients_that_leave_in_the_middle_harm_no_other()
    {
        for (var n = 0; n < 300; n++)
        {
            using var stream = await ConnectAsync();
            await WriteAsync(stream, $"{Get}\r\n");
        }
        Assert.Equal(boot.Content, await boot.Client.GetByteArrayAsync("/files/boot/initramfs", Cancellation));
    }
}
