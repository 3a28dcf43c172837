using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LpmOs.Boot.Dhcp;

/// <summary>A UDP socket that hears and speaks on one interface only.</summary>
internal sealed class DhcpSocket : IDisposable
{
    // Linux <asm-generic/socket.h>; .NET has no names for these.
    private const int SolSocket = 1, SoReuseAddress = 2, SoBindToDevice = 25;
    private const int SoReceiveBufferForce = 33;
    /// <summary>A room of machines that is switched on asks within one second; the kernel counts some 800 bytes a datagram.</summary>
    private const int ReceiveBuffer = 2 * 1024 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <param name="shared">Beside another DHCP server on this machine, which must then share the port too (dnsmasq does). Broadcasts reach both.</param>
    /// <exception cref="InvalidOperationException">The port cannot be had; the message says why and what to do.</exception>
    public DhcpSocket(string interfaceName, int port, bool shared)
    {
        Port = port;
        try
        {
            _socket.EnableBroadcast = true;
            _socket.ReceiveBufferSize = ReceiveBuffer;
            ForceReceiveBuffer();
            // Bound to the device, the limited broadcast needs no route, leaves by this interface alone and takes its address as source.
            _socket.SetRawSocketOption(SolSocket, SoBindToDevice, Encoding.ASCII.GetBytes(interfaceName + '\0'));
            if (shared)
                _socket.SetRawSocketOption(SolSocket, SoReuseAddress, BitConverter.GetBytes(1));
            _socket.Bind(new IPEndPoint(IPAddress.Any, port));
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new InvalidOperationException($"a mode whose port can be listened on. UDP port {port} of {interfaceName} cannot: {Advice(e)}", e);
        }
    }

    public int Port { get; }

    public ValueTask<SocketReceiveFromResult> ReceiveAsync(Memory<byte> buffer, EndPoint from, CancellationToken cancellationToken) =>
        _socket.ReceiveFromAsync(buffer, SocketFlags.None, from, cancellationToken);

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint to, CancellationToken cancellationToken) =>
        _socket.SendToAsync(datagram, SocketFlags.None, to, cancellationToken);

    public void Dispose() => _socket.Dispose();

    /// <summary>Beyond the system's limit for programs (net.core.rmem_max), where we may.</summary>
    private void ForceReceiveBuffer()
    {
        try
        {
            _socket.SetRawSocketOption(SolSocket, SoReceiveBufferForce, BitConverter.GetBytes(ReceiveBuffer));
        }
        catch (SocketException)
        {
            // Without CAP_NET_ADMIN the limit holds.
        }
    }

    private static string Advice(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AccessDenied => "not permitted. Run as root or with CAP_NET_BIND_SERVICE and CAP_NET_RAW, or set Boot:Dhcp:Mode to off",
        SocketError.AddressAlreadyInUse => "another program has it, perhaps dnsmasq, libvirt or another DHCP server. Stop that one, or set Boot:Dhcp:Mode to proxy to work beside a server elsewhere, or to off",
        _ => e.Message,
    };
}
