using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace LpmOs.Agent.Discovery;

/// <summary>What an interface's driver tells beyond sysfs.</summary>
internal sealed record NicIdentity(string? Firmware, string? PermanentMac);

/// <summary>The kernel's ethtool interface (<c>linux/ethtool.h</c>), as the program of that name uses it.</summary>
internal static partial class Ethtool
{
    private const uint SiocEthtool = 0x8946, GetDriverInfo = 3, GetPermanentAddress = 0x20;
    private const int NameLength = 16, DriverInfoLength = 196, FirmwareAt = 4 + 32 + 32, FirmwareLength = 32, MacLength = 6, LongestAddress = 32;

    /// <summary>Null where the kernel is another, or knows no such interface.</summary>
    public static NicIdentity? Ask(string name)
    {
        if (!OperatingSystem.IsLinux() || Encoding.UTF8.GetByteCount(name) >= NameLength)
            return null;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var info = new byte[DriverInfoLength];
        BitConverter.TryWriteBytes(info, GetDriverInfo);
        var firmware = Call(socket, name, info) ? Printable.Clean(UntilZero(info.AsSpan(FirmwareAt, FirmwareLength)), FirmwareLength) : null;
        var address = new byte[8 + LongestAddress];
        BitConverter.TryWriteBytes(address, GetPermanentAddress);
        BitConverter.TryWriteBytes(address.AsSpan(4), (uint)LongestAddress);
        var mac = Call(socket, name, address) && BitConverter.ToUInt32(address, 4) == MacLength && address.AsSpan(8, MacLength).ContainsAnyExcept((byte)0)
            ? string.Join(':', address.AsSpan(8, MacLength).ToArray().Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))) : null;
        return new(string.IsNullOrEmpty(firmware) || firmware == "N/A" ? null : firmware, mac);
    }

    private static ReadOnlySpan<byte> UntilZero(ReadOnlySpan<byte> text) => text.IndexOf((byte)0) is >= 0 and var end ? text[..end] : text;

    // struct ifreq: the name, then a pointer to what is asked and answered.
    private static unsafe bool Call(Socket socket, string name, byte[] data)
    {
        Span<byte> request = stackalloc byte[40];
        request.Clear();
        Encoding.UTF8.GetBytes(name, request);
        fixed (byte* target = data, pointer = request)
        {
            *(nint*)(pointer + NameLength) = (nint)target;
            return IoControl(socket.SafeHandle, SiocEthtool, (nint)pointer) == 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(SafeHandle socket, nuint request, nint argument);
}
