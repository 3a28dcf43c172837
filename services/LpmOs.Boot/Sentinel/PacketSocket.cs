using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LpmOs.Boot.Sentinel;

/// <summary>
/// A Linux packet socket (packet(7)) on one interface that hears only ARP, or only what DHCP and PXE servers send. It takes no port, so DHCP clients and servers
/// of this host are not disturbed, and what it sends does not reach this host's own server.
/// </summary>
internal sealed class PacketSocket : IDisposable
{
    // <linux/if_ether.h>, <asm-generic/socket.h>
    public const ushort EtherTypeIp = 0x0800, EtherTypeArp = 0x0806;
    private const int SolSocket = 1, SoAttachFilter = 26;

    /// <summary>Classic BPF over an Ethernet frame: IPv4, UDP, no later fragment, source port 67 or 4011.</summary>
    private static readonly (ushort Code, byte True, byte False, uint K)[] Filter =
    [
        (0x28, 0, 0, 12), (0x15, 0, 8, EtherTypeIp), // ldh [12]; IPv4?
        (0x30, 0, 0, 23), (0x15, 0, 6, 17), // ldb [23]; UDP?
        (0x28, 0, 0, 20), (0x45, 4, 0, 0x1fff), // ldh [20]; fragment offset?
        (0xb1, 0, 0, 14), (0x48, 0, 0, 14), // x = header length; ldh [x + 14]
        (0x15, 2, 0, 67), (0x15, 1, 0, 4011),
        (0x06, 0, 0, 0), (0x06, 0, 0, 0xffff),
    ];

    private readonly Socket _socket;

    /// <exception cref="SocketException">Not permitted (CAP_NET_RAW), or no such interface.</exception>
    public PacketSocket(int interfaceIndex, ushort etherType = EtherTypeIp)
    {
        // Protocol 0: nothing arrives before the filter is in place and the socket is bound.
        _socket = new Socket(AddressFamily.Packet, SocketType.Raw, 0);
        try
        {
            if (etherType == EtherTypeIp)
                Attach();
            _socket.Bind(new LinkEndPoint(interfaceIndex, etherType));
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> frame, CancellationToken cancellationToken) => _socket.ReceiveAsync(frame, SocketFlags.None, cancellationToken);

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) => _socket.SendAsync(frame, SocketFlags.None, cancellationToken);

    public void Dispose() => _socket.Dispose();

    private void Attach()
    {
        var program = new byte[Filter.Length * 8];
        foreach (var (i, (code, yes, no, k)) in Filter.Index())
        {
            var at = program.AsSpan(i * 8);
            MemoryMarshal.Write(at, code);
            (at[2], at[3]) = (yes, no);
            MemoryMarshal.Write(at[4..], k);
        }
        var pinned = GCHandle.Alloc(program, GCHandleType.Pinned);
        try
        {
            // struct sock_fprog: the number of instructions, and where they are.
            var description = new byte[2 * IntPtr.Size];
            MemoryMarshal.Write(description, (ushort)Filter.Length);
            MemoryMarshal.Write(description.AsSpan(IntPtr.Size), pinned.AddrOfPinnedObject());
            _socket.SetRawSocketOption(SolSocket, SoAttachFilter, description);
        }
        finally
        {
            pinned.Free();
        }
    }

    /// <summary>struct sockaddr_ll: family, protocol (network order), interface index, and 12 bytes that do not matter here.</summary>
    private sealed class LinkEndPoint(int interfaceIndex, ushort etherType) : EndPoint
    {
        private const int Length = 20;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, Length);
            BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], etherType);
            MemoryMarshal.Write(address.Buffer.Span[4..], interfaceIndex);
            return address;
        }
    }
}
