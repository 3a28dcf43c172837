using System.Text;
using LpmOs.Boot.Dhcp;

namespace LpmOs.Boot.Sentinel;

/// <summary>The question that makes other servers show themselves: a DISCOVER of a PXE client that never requests, so nothing is given to it.</summary>
internal static class Probe
{
    /// <summary>By this user class (option 77) boot services of LpmOs know each other's probes, and leave them unanswered.</summary>
    public static ReadOnlySpan<byte> UserClass => "LpmOs-sentinel"u8;

    public static DhcpPacket Discover(ReadOnlyMemory<byte> mac, uint transaction) => new()
    {
        Operation = DhcpPacket.BootRequest,
        TransactionId = transaction,
        // The answers are broadcast, so that they can be heard without an address.
        Flags = DhcpPacket.BroadcastFlag,
        HardwareAddress = mac,
        Options =
        [
            new DhcpOption(DhcpOptionCode.MessageType, new[] { (byte)DhcpMessageType.Discover }),
            new DhcpOption(DhcpOptionCode.VendorClass, Encoding.ASCII.GetBytes("PXEClient:Arch:00007:UNDI:003016")),
            new DhcpOption(DhcpOptionCode.ClientArchitecture, new byte[] { 0, 7 }),
            new DhcpOption(94, new byte[] { 1, 3, 16 }), // Network interface identifier, RFC 4578 section 2.2.
            new DhcpOption(DhcpOptionCode.ClientMachineIdentifier, new byte[17]),
            new DhcpOption(DhcpOptionCode.UserClass, UserClass.ToArray()),
            new DhcpOption(DhcpOptionCode.ParameterRequestList, new byte[] { 1, 3, 6, 15, 28, 43, 54, 60, 66, 67 }),
        ],
    };

    public static bool Is(DhcpPacket packet) => packet.Option(DhcpOptionCode.UserClass) is { } userClass && userClass.Span.SequenceEqual(UserClass);
}
