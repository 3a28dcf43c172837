using System.Buffers.Binary;
using System.Text;

namespace LpmOs.Agent.Install.Target.Efi;

/// <summary>A boot entry: EFI_LOAD_OPTION (UEFI 2.10, 3.1.3). What firmware wrote is hostile until parsed.</summary>
/// <param name="DevicePath">Its first device path, as bytes.</param>
internal sealed record LoadOption(uint Attributes, string Description, byte[] DevicePath)
{
    /// <summary>LOAD_OPTION_ACTIVE.</summary>
    public const uint Active = 1;
    private const int LongestDescription = 512;

    private const byte Hardware = 1, Messaging = 3, Media = 4, End = 0x7F;

    /// <summary>The loader at this path of a GPT partition (UEFI 2.10, 10.3.5.1 and 10.3.5.4).</summary>
    public static LoadOption OfFile(string description, EspPlace esp, string path)
    {
        var drive = new byte[42];
        (drive[0], drive[1]) = (Media, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(drive.AsSpan(2), 42);
        BinaryPrimitives.WriteUInt32LittleEndian(drive.AsSpan(4), esp.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(drive.AsSpan(8), esp.StartSector);
        BinaryPrimitives.WriteUInt64LittleEndian(drive.AsSpan(16), esp.Sectors);
        esp.Id.TryWriteBytes(drive.AsSpan(24));
        // A GPT, known by the partition's GUID.
        (drive[40], drive[41]) = (2, 2);
        var name = Encoding.Unicode.GetBytes(path.Replace('/', '\\') + "\0");
        var file = new byte[4 + name.Length];
        (file[0], file[1]) = (Media, 4);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(2), (ushort)file.Length);
        name.CopyTo(file.AsSpan(4));
        return new(Active, description, [.. drive, .. file, End, 0xFF, 4, 0]);
    }

    /// <returns>Null for what is none.</returns>
    public static LoadOption? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 6)
            return null;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        var rest = bytes[6..];
        for (var at = 0; at + 1 < rest.Length && at <= 2 * LongestDescription; at += 2)
        {
            if (rest[at] != 0 || rest[at + 1] != 0)
                continue;
            var path = rest[(at + 2)..];
            return path.Length < length ? null : new(BinaryPrimitives.ReadUInt32LittleEndian(bytes), Encoding.Unicode.GetString(rest[..at]), path[..length].ToArray());
        }
        return null;
    }

    public byte[] Bytes()
    {
        var description = Encoding.Unicode.GetBytes(Description + "\0");
        var bytes = new byte[6 + description.Length + DevicePath.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Attributes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)DevicePath.Length);
        description.CopyTo(bytes.AsSpan(6));
        DevicePath.CopyTo(bytes.AsSpan(6 + description.Length));
        return bytes;
    }

    /// <summary>It boots over the network: there is an interface's address, an IP or a URI in its path.</summary>
    public bool IsNetwork => Nodes().Any(node => node is (Messaging, 11 or 12 or 13 or 24));

    /// <summary>It boots from a disk of the machine: a partition of one, or the whole of it. Optical drives and sticks are not meant.</summary>
    public bool IsDisk
    {
        get
        {
            var nodes = Nodes().ToList();
            if (nodes.Any(node => node is (Messaging, 5 or 11 or 12 or 13 or 15 or 16 or 24) or (Media, 2 or 6 or 7)))
                return false;
            // A partition; NVMe, SATA, SCSI, ATAPI, UFS, SD, eMMC; a paravirtual disk ends with its PCI device.
            return nodes.Any(node => node is (Media, 1) or (Messaging, 1 or 2 or 18 or 23 or 25 or 26 or 29)) || nodes is [.., (Hardware, 1)];
        }
    }

    /// <summary>Type and subtype of each node of the path (UEFI 2.10, 10.3.1), as far as they are whole.</summary>
    private IEnumerable<(byte Type, byte SubType)> Nodes()
    {
        for (var at = 0; at + 4 <= DevicePath.Length && DevicePath[at] != End;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(DevicePath.AsSpan(at + 2));
            if (length < 4 || at + length > DevicePath.Length)
                yield break;
            yield return (DevicePath[at], DevicePath[at + 1]);
            at += length;
        }
    }
}

/// <summary>Where an EFI system partition is.</summary>
/// <param name="Number">Of the partition, from 1.</param>
/// <param name="Id">The partition's own GUID.</param>
internal sealed record EspPlace(uint Number, ulong StartSector, ulong Sectors, Guid Id);
