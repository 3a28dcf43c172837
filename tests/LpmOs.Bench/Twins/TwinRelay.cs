using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LpmOs.Bench.Twins;

/// <summary>The switch that the machines are connected to: relays their DHCP (RFC 2131 section 4.1, RFC 3046) and loses a part of it where that is asked for.</summary>
internal sealed class TwinRelay : IAsyncDisposable
{
    private static readonly IPEndPoint Server = new(TwinNetwork.Server, 67);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(4); // RFC 2131 section 4.1: 4, 8, 16 s
    private const int Attempts = 4;

    private readonly Socket _socket;
    private readonly double _loss;
    private readonly FleetCounts _counts;
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<DhcpAnswer>> _waiting = new();
    private readonly Task _work;
    private int _transaction;

    private TwinRelay(Socket socket, double loss, FleetCounts counts)
    {
        (_socket, _loss, _counts) = (socket, loss, counts);
        _socket.ReceiveBufferSize = 8 << 20;
        _work = ReceiveAsync();
    }

    public static async Task<TwinRelay> StartAsync(TwinNetwork network, double loss, FleetCounts counts) => new(await network.UdpAsync(TwinNetwork.Relay, 67), loss / 100, counts);

    /// <summary>DISCOVER, OFFER, REQUEST, ACK.</summary>
    public async Task<DhcpAnswer> LeaseAsync(byte[] mac, Guid uuid, bool ipxe, CancellationToken cancellationToken)
    {
        var offer = await AskAsync(ipxe ? "dhcp discover (iPXE)" : "dhcp discover", transaction => DhcpMessage.Write(DhcpMessage.Discover, transaction, mac, uuid, ipxe), DhcpMessage.Offer, cancellationToken);
        return await AskAsync(ipxe ? "dhcp request (iPXE)" : "dhcp request", transaction => DhcpMessage.Write(DhcpMessage.Request, transaction, mac, uuid, ipxe, offer.Address, TwinNetwork.Server), DhcpMessage.Acknowledge, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _work;
    }

    private async Task<DhcpAnswer> AskAsync(string call, Func<uint, byte[]> write, byte expected, CancellationToken cancellationToken)
    {
        var transaction = (uint)Interlocked.Increment(ref _transaction);
        var packet = write(transaction);
        var answered = _waiting[transaction] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var wait = FirstWait;
            for (var attempt = 0; attempt < Attempts; attempt++, wait *= 2)
            {
                var sent = _counts.Begin(call);
                if (Random.Shared.NextDouble() >= _loss)
                    await _socket.SendToAsync(packet, SocketFlags.None, Server, cancellationToken);
                try
                {
                    var answer = await answered.Task.WaitAsync(wait, cancellationToken);
                    _counts.End(call, sent);
                    return answer.Type == expected ? answer : throw new TwinException($"{call} was answered with message type {answer.Type}.");
                }
                catch (TimeoutException)
                {
                    _counts.Repeat(call);
                }
            }
            throw new TwinException($"{call} was not answered {Attempts} times.");
        }
        finally
        {
            _waiting.TryRemove(transaction, out _);
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                if (Random.Shared.NextDouble() >= _loss && DhcpMessage.Read(buffer.AsSpan(0, received.ReceivedBytes)) is { } answer && _waiting.TryGetValue(answer.Transaction, out var waiting))
                    waiting.TrySetResult(answer);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            // Switched off.
        }
    }
}
