using System.Runtime.InteropServices;
using LpmOs.Contracts.Hardware;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Agent.Discovery.Ipmi;

/// <summary>The kernel's <c>/dev/ipmi0</c> (<c>linux/ipmi.h</c>), which ipmitool would ask too, at a megabyte more in the boot image.</summary>
internal static partial class IpmiDevice
{
    // _IOR('i', 13, struct ipmi_req) and _IOWR('i', 11, struct ipmi_recv) with the 64-bit layouts below.
    private const nuint SendCommand = 0x8028690D, ReceiveTruncated = 0xC030690B;
    private const int SystemInterface = 0x0C;
    private const short BmcChannel = 0x0F;
    private const short PollIn = 1;
    private const int AnswerMilliseconds = 3000;
    private const int LongestAnswer = 272;
    private static readonly string[] Devices = ["/dev/ipmi0", "/dev/ipmi/0", "/dev/ipmidev/0"];
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>What the controller tells; null where the machine has none, its driver is not there, or it does not answer in time.</summary>
    public static async Task<Bmc?> ReadAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || Devices.FirstOrDefault(File.Exists) is not { } device)
            return null;
        try
        {
            return await Task.Run(() =>
            {
                using var handle = File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                var dead = false;
                // One that did not answer once will not answer the next thirty questions.
                return BmcReader.Read((netFunction, command, data) => dead || cancellationToken.IsCancellationRequested ? null : Call(handle, netFunction, command, data, out dead));
            }, cancellationToken).WaitAsync(Longest, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            return null;
        }
    }

    private static unsafe byte[]? Call(SafeFileHandle device, byte netFunction, byte command, ReadOnlySpan<byte> data, out bool dead)
    {
        dead = false;
        var address = new SystemAddress { Type = SystemInterface, Channel = BmcChannel };
        fixed (byte* bytes = data)
        {
            var request = new Request { Address = &address, AddressLength = (uint)sizeof(SystemAddress), Id = 1, Message = new() { NetFunction = netFunction, Command = command, Length = (ushort)data.Length, Data = bytes } };
            if (IoControl(device, SendCommand, (nint)(&request)) != 0)
                return null;
        }
        var wait = new PollFd { Descriptor = (int)device.DangerousGetHandle(), Events = PollIn };
        if (Poll(&wait, 1, AnswerMilliseconds) <= 0)
        {
            dead = true;
            return null;
        }
        var buffer = stackalloc byte[LongestAnswer];
        var from = default(SystemAddress);
        var answer = new Answer { Address = &from, AddressLength = (uint)sizeof(SystemAddress), Message = new() { Data = buffer, Length = LongestAnswer } };
        if (IoControl(device, ReceiveTruncated, (nint)(&answer)) != 0 || answer.Message.Length is < 1 or > LongestAnswer || buffer[0] != 0)
            return null;
        return new ReadOnlySpan<byte>(buffer + 1, answer.Message.Length - 1).ToArray();
    }

    // struct ipmi_system_interface_addr
    [StructLayout(LayoutKind.Sequential)]
    private struct SystemAddress
    {
        public int Type;
        public short Channel;
        public byte Lun;
    }

    // struct ipmi_msg
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Message
    {
        public byte NetFunction;
        public byte Command;
        public ushort Length;
        public byte* Data;
    }

    // struct ipmi_req
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Request
    {
        public SystemAddress* Address;
        public uint AddressLength;
        public nint Id;
        public Message Message;
    }

    // struct ipmi_recv
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Answer
    {
        public int Type;
        public SystemAddress* Address;
        public uint AddressLength;
        public nint Id;
        public Message Message;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(SafeHandle device, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollFd* descriptors, nuint count, int milliseconds);
}
