using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LpmOs.Boot.Sentinel;

namespace LpmOs.Boot.Dhcp;

/// <summary>
/// Asks whether somebody has an address before it is offered (RFC 2131 section 4.4.1 leaves it to the server): by ARP (RFC 826) on our own wire,
/// by an ICMP echo behind a relay.
/// </summary>
internal sealed class AddressProbe(PacketSocket socket, ReadOnlyMemory<byte> mac, IPAddress own, TimeSpan patience, TimeProvider time, ILogger<AddressProbe> logger)
{
    private const ushort EtherTypeArp = 0x0806;
    private const int FrameLength = 42;

    private readonly ConcurrentDictionary<uint, TaskCompletionSource<string>> _asked = new();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var frame = new byte[128];
        try
        {
            while (true)
            {
                int length;
                try
                {
                    length = await socket.ReceiveAsync(frame, cancellationToken);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.NetworkDown)
                {
                    // Once, when the link is set down; the socket hears again when it is up (packet(7)).
                    logger.NoConflictProbe(e.Message);
                    continue;
                }
                if (length >= FrameLength && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == EtherTypeArp
                    && _asked.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(28)), out var waiting))
                    waiting.TrySetResult(ServerFrame.Text(frame.AsSpan(22, 6)));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
        catch (SocketException e)
        {
            logger.NoConflictProbe(e.Message);
        }
    }

    /// <summary>True: somebody other than the client answers there.</summary>
    public async ValueTask<bool> IsTakenAsync(IPAddress address, string? client, bool relayed, CancellationToken cancellationToken)
    {
        try
        {
            return relayed ? await PingsAsync(address) : await AnswersAsync(address, cancellationToken) is { } holder && holder != client;
        }
        catch (Exception e) when (e is SocketException or PingException or InvalidOperationException)
        {
            logger.NoConflictProbe(e.Message);
            return false;
        }
    }

    private async Task<bool> PingsAsync(IPAddress address)
    {
        using var ping = new Ping();
        return (await ping.SendPingAsync(address, (int)patience.TotalMilliseconds)).Status == IPStatus.Success;
    }

    private async Task<string?> AnswersAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var number = AddressRange.ToNumber(address);
        var waiting = _asked.GetOrAdd(number, _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await socket.SendAsync(Question(address), cancellationToken);
            return await waiting.Task.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _asked.TryRemove(number, out _);
        }
    }

    private byte[] Question(IPAddress address)
    {
        var frame = new byte[60]; // Ethernet's shortest.
        frame.AsSpan(0, 6).Fill(0xff);
        mac.Span.CopyTo(frame.AsSpan(6));
        new byte[] { 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1 }.CopyTo(frame.AsSpan(12));
        mac.Span.CopyTo(frame.AsSpan(22));
        own.TryWriteBytes(frame.AsSpan(28), out _);
        address.TryWriteBytes(frame.AsSpan(38), out _);
        return frame;
    }
}
