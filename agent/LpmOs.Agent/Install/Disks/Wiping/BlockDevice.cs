using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Agent.Install.Disks.Wiping;

/// <summary>A whole disk, opened by nobody else; read past the kernel's cache where asked.</summary>
internal sealed partial class BlockDevice : IDisposable
{
    // linux/fs.h: _IO(0x12, 97) and _IO(0x12, 119); linux/nvme_ioctl.h: _IOWR('N', 0x41, struct nvme_admin_cmd).
    private const nuint FlushBuffers = 0x1261;
    private const nuint DiscardRange = 0x1277;
    private const nuint NvmeAdmin = 0xC0484E41;

    private readonly SafeFileHandle _handle;

    private BlockDevice(string path, long sizeBytes, SafeFileHandle handle) => (Path, SizeBytes, _handle) = (path, sizeBytes, handle);

    public string Path { get; }
    public long SizeBytes { get; }

    /// <exception cref="IOException">It cannot be opened, or somebody uses it.</exception>
    public static BlockDevice Open(string path, long sizeBytes) =>
        new(path, sizeBytes, Kernel.OpenExclusively(path) ?? throw new IOException($"{path} is in use by this system"));

    /// <exception cref="IOException">The device failed.</exception>
    public void Read(long offset, Span<byte> buffer)
    {
        for (var done = 0; done < buffer.Length;)
        {
            var read = RandomAccess.Read(_handle, buffer[done..], offset + done);
            done += read > 0 ? read : throw new IOException($"{Path} ends at byte {offset + done}, before its size of {SizeBytes} bytes");
        }
    }

    /// <exception cref="IOException">The device failed.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    /// <summary>What was written is on the device, and what is read next comes from it.</summary>
    /// <exception cref="IOException">The device failed.</exception>
    public void Flush()
    {
        RandomAccess.FlushToDisk(_handle);
        // A file in the place of a disk has no such call, and no cache of its own.
        _ = Control(_handle, FlushBuffers, 0);
    }

    /// <exception cref="IOException">The device cannot discard, or failed.</exception>
    public unsafe void Discard(long offset, long bytes)
    {
        var range = stackalloc ulong[2];
        (range[0], range[1]) = ((ulong)offset, (ulong)bytes);
        if (Control(_handle, DiscardRange, (nint)range) != 0)
            throw new IOException($"{Path} does not discard blocks: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>An NVMe admin command on the controller of this namespace.</summary>
    /// <returns>0, or the controller's status code (NVM Express Base Specification 2.0, 3.3.3.2.1).</returns>
    /// <exception cref="IOException">The kernel refused.</exception>
    public unsafe int Admin(NvmeCommand command, Span<byte> data)
    {
        fixed (byte* buffer = data)
        {
            command.Address = (ulong)buffer;
            command.DataLength = (uint)data.Length;
            var result = Control(_handle, NvmeAdmin, (nint)(&command));
            return result >= 0 ? result : throw new IOException($"{Path} did not take an NVMe command: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, nuint request, nint argument);
}

/// <summary>struct nvme_admin_cmd of linux/nvme_ioctl.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NvmeCommand
{
    public byte Opcode;
    public byte Flags;
    public ushort Reserved;
    public uint Namespace;
    public uint Dword2;
    public uint Dword3;
    public ulong Metadata;
    public ulong Address;
    public uint MetadataLength;
    public uint DataLength;
    public uint Dword10;
    public uint Dword11;
    public uint Dword12;
    public uint Dword13;
    public uint Dword14;
    public uint Dword15;
    public uint TimeoutMilliseconds;
    public uint Result;
}
