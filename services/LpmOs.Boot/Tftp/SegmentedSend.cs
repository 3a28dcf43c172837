using System.Net.Sockets;

namespace LpmOs.Boot.Tftp;

/// <summary>
/// Sends a window in one call to the kernel, which cuts it into its datagrams (udp(7), UDP_SEGMENT, Linux 4.18). Where the kernel, or the link that the
/// route goes over, does not take that, each datagram is sent by itself.
/// </summary>
internal sealed class SegmentedSend
{
    private const int UdpLevel = 17, UdpSegment = 103;
    /// <summary>UDP_MAX_SEGMENTS of Linux, and the payload of the largest packet that it is cut from.</summary>
    private const int MostSegments = 64, MostBytes = 65_535 - 60 - 8;

    private readonly Socket _socket;
    private readonly int _datagram;

    /// <param name="datagram">Bytes of each; only the last may be shorter.</param>
    public SegmentedSend(Socket socket, int datagram, int windowSize)
    {
        (_socket, _datagram) = (socket, datagram);
        var most = Math.Min(MostSegments, MostBytes / datagram);
        if (windowSize > 1 && most > 1 && OperatingSystem.IsLinux() && TrySegment(datagram))
            Most = most;
    }

    /// <summary>Datagrams of one call.</summary>
    public int Most { get; private set; } = 1;

    public void Send(ReadOnlySpan<byte> datagrams)
    {
        if (Most > 1)
        {
            try
            {
                _socket.Send(datagrams);
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.HostUnreachable or SocketError.NetworkUnreachable))
            {
                // A link without checksums of its own, IPsec on the way, a path whose MTU is smaller than the first link's.
                Most = 1;
                TrySegment(0);
            }
        }
        for (; datagrams.Length > _datagram; datagrams = datagrams[_datagram..])
            _socket.Send(datagrams[.._datagram]);
        _socket.Send(datagrams);
    }

    private bool TrySegment(int size)
    {
        try
        {
            _socket.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(size));
            return true;
        }
        catch (SocketException)
        {
            return false; // An older kernel.
        }
    }
}
