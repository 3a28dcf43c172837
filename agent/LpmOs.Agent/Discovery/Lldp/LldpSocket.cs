using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LpmOs.Agent.Discovery.Lldp;

/// <summary>A packet socket of Linux (packet(7)) that hears LLDP on one interface.</summary>
internal static partial class LldpSocket
{
    private const int PacketFamily = 17, PacketLevel = 263, AddMembership = 1;
    private const int AddressLength = 20, MembershipLength = 16;
    // Nearest bridge, nearest non-TPMR bridge, nearest customer bridge (clause 7.1).
    private static readonly byte[][] Groups = [[0x01, 0x80, 0xC2, 0, 0, 0x0E], [0x01, 0x80, 0xC2, 0, 0, 0x03], [0x01, 0x80, 0xC2, 0, 0, 0x00]];

    /// <exception cref="SocketException">Not root, or the kernel has no packet sockets.</exception>
    public static Socket Open(int interfaceIndex)
    {
        // The kernel takes the protocol in network order.
        var protocol = BinaryPrimitives.ReverseEndianness(LldpParser.EtherType);
        var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)protocol);
        try
        {
            var address = new byte[AddressLength];
            BitConverter.TryWriteBytes(address, (ushort)PacketFamily);
            BitConverter.TryWriteBytes(address.AsSpan(2), protocol);
            BitConverter.TryWriteBytes(address.AsSpan(4), interfaceIndex);
            if (Bind(socket.SafeHandle, address, AddressLength) != 0)
                throw new SocketException((int)SocketError.AccessDenied, $"bind of a packet socket failed: {Marshal.GetLastPInvokeErrorMessage()}");
            foreach (var group in Groups)
            {
                // struct packet_mreq: interface, type 0 (multicast), length, address.
                var membership = new byte[MembershipLength];
                BitConverter.TryWriteBytes(membership, interfaceIndex);
                membership[6] = 6;
                group.CopyTo(membership, 8);
                socket.SetRawSocketOption(PacketLevel, AddMembership, membership);
            }
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeHandle socket, byte[] address, int length);
}
