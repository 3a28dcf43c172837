using System.Net;
using System.Net.WebSockets;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;
using LpmOs.Cli.Watching;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests.Watching;

/// <summary>The operator's end of a rescue shell, against a service that writes down each message.</summary>
public sealed class ShellConnectionTests
{
    private const byte Data = 0, End = 2, Ready = 3, EndOfTransmission = 4;

    [Theory]
    [InlineData("touch x", true, new byte[] { Data, EndOfTransmission })]
    [InlineData("touch x", false, new byte[] { Data, (byte)'\n', EndOfTransmission })]
    [InlineData("touch x\n", false, new byte[] { Data, EndOfTransmission })]
    [InlineData("touch x\r", true, new byte[] { Data, EndOfTransmission })]
    public async Task A_line_half_typed_is_run_where_it_is_a_files_last_and_not_where_a_terminal_hangs_up(string typed, bool interactive, byte[] last)
    {
        using var service = new Listener();
        var settings = new ServerSettings { Server = new Uri(service.Address) };
        using var session = new CliSession(new Terminal { Out = TextWriter.Null, Error = TextWriter.Null, In = TextReader.Null, Interactive = false, Environment = _ => null }, new Words(chinese: false), settings, OutputFormat.Table);
        using var keys = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(typed));
        using var connection = new ShellConnection(session, keys, Stream.Null);
        Assert.Equal("as told", await connection.RunAsync("dc1", "SN-1", "1", interactive, () => null, TestContext.Current.CancellationToken));
        Assert.Equal([Data, .. System.Text.Encoding.ASCII.GetBytes(typed)], service.Messages[0]);
        Assert.Equal(last, service.Messages[1]);
    }

    /// <summary>Takes one terminal, and ends it when its input has ended.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly HttpListener _listener = new();

        public Listener()
        {
            Address = $"http://127.0.0.1:{LoopbackPorts.Next()}/";
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }
        public List<byte[]> Messages { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            var context = await _listener.GetContextAsync();
            using var socket = (await context.AcceptWebSocketAsync(null)).WebSocket;
            await SendAsync(socket, [Ready]);
            var buffer = new byte[1024];
            do
            {
                var message = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
                Messages.Add(buffer[..message.Count]);
            } while (Messages[^1] is not [.., EndOfTransmission]);
            await SendAsync(socket, [End, .. "as told"u8]);
        }

        private static Task SendAsync(WebSocket socket, byte[] message) => socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
    }
}
