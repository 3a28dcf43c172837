using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LpmOs.Boot.Tests.Tftp;

/// <summary>A TFTP client that does only what the test says, datagram by datagram.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly UdpClient _udp;

    public RawClient(IPAddress? local = null) => _udp = new UdpClient(new IPEndPoint(local ?? IPAddress.Loopback, 0));

    public IPEndPoint? Peer { get; private set; }

    public void Dispose() => _udp.Dispose();

    public static byte[] Request(string text, byte operation = 1) => [0, operation, .. Encoding.Latin1.GetBytes(text.Replace('|', '\0'))];

    public Task SendAsync(byte[] datagram, IPEndPoint to) => _udp.SendAsync(datagram, datagram.Length, to);

    public Task AckAsync(int block) => SendAsync([0, 4, (byte)(block >> 8), (byte)block], Peer!);

    /// <summary>The next datagram; fails the test after a minute.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var result = await _udp.ReceiveAsync(limit.Token);
        Peer = result.RemoteEndPoint;
        return result.Buffer;
    }

    /// <summary>What has come in by now, without waiting: only where the server's last word is known to be here.</summary>
    public int Pending => _udp.Available;

    public static int Block(byte[] data)
    {
        Assert.Equal(3, data[1]);
        return data[2] << 8 | data[3];
    }
}
