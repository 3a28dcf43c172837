using System.Buffers.Binary;
using System.Text;

namespace LpmOs.Cli.Session;

/// <summary>
/// Finds a file within an ISO 9660 image (ECMA-119), by its Rock Ridge name (IEEE P1282, entry NM), its Joliet name, or its plain one, in any letter case. All of the image is taken for hostile:
/// nothing is read outside of it, and folders are followed only as deep as the path that was asked for.
/// </summary>
internal sealed class IsoImage(Stream image)
{
    private const int SectorBytes = 2048;
    private const int FirstDescriptor = 16;
    private const int MostDescriptors = 32;
    /// <summary>Larger folders are no installation media.</summary>
    private const int LargestFolder = 32 << 20;

    /// <returns>Where the file begins and how long it is; null where there is none.</returns>
    /// <exception cref="InvalidDataException">It is no ISO image, a broken one, or one whose files are in UDF.</exception>
    public (long Offset, long Length)? Find(string path)
    {
        var isIso = false;
        var descriptor = new byte[SectorBytes];
        for (var number = FirstDescriptor; number < FirstDescriptor + MostDescriptors; number++)
        {
            Read((long)number * SectorBytes, descriptor);
            if (!descriptor.AsSpan(1, 5).SequenceEqual("CD001"u8))
                break;
            isIso = true;
            if (descriptor[0] == 255)
                break;
            // ECMA-119 8.5.6: escape sequences of UCS-2, levels 1 to 3, are Joliet's mark.
            var joliet = descriptor[0] == 2 && descriptor[88] == '%' && descriptor[89] == '/' && descriptor[90] is (byte)'@' or (byte)'C' or (byte)'E';
            if ((descriptor[0] == 1 || joliet) && Follow(descriptor.AsSpan(156, 34).ToArray(), path.Split('/', StringSplitOptions.RemoveEmptyEntries), joliet) is { } found)
                return found;
        }
        if (HasUdf())
            throw new InvalidDataException("its files are in UDF (Windows media are such), which is not read here: mount the image, and give the file itself without --member");
        return isIso ? null : throw new InvalidDataException("it is no ISO 9660 image");
    }

    /// <summary>Whether the volume recognition sequence (ECMA-167 3/9.1), which stands behind the descriptors of ISO 9660 where there are both, names UDF.</summary>
    private bool HasUdf()
    {
        var descriptor = new byte[SectorBytes];
        for (var number = FirstDescriptor; number < FirstDescriptor + MostDescriptors && (number + 1L) * SectorBytes <= image.Length; number++)
        {
            Read((long)number * SectorBytes, descriptor);
            if (descriptor.AsSpan(1, 5) is var mark && (mark.SequenceEqual("NSR02"u8) || mark.SequenceEqual("NSR03"u8)))
                return true;
        }
        return false;
    }

    private (long Offset, long Length)? Follow(byte[] record, string[] parts, bool joliet)
    {
        foreach (var (part, last) in parts.Select((part, index) => (part, index == parts.Length - 1)))
        {
            if (Entry(record, part, last, joliet) is not { } next)
                return null;
            record = next;
        }
        return (Extent(record), Length(record));
    }

    private byte[]? Entry(byte[] folder, string name, bool isFile, bool joliet)
    {
        var length = Length(folder);
        if (length > LargestFolder)
            throw new InvalidDataException("a folder in it is too large");
        var data = new byte[length];
        Read(Extent(folder), data);
        for (var at = 0; at < data.Length;)
        {
            int size = data[at];
            if (size == 0)
            {
                // A record does not cross a sector's border; what is left of the sector is zeros.
                at = ((at / SectorBytes) + 1) * SectorBytes;
                continue;
            }
            if (size < 34 || at + size > data.Length || data[at + 32] > size - 33)
                throw new InvalidDataException("a folder in it is broken");
            var record = data.AsSpan(at, size).ToArray();
            if ((record[25] & 2) == 0 == isFile && Names(record, joliet).Any(one => string.Equals(one, name, StringComparison.OrdinalIgnoreCase)))
                return record;
            at += size;
        }
        return null;
    }

    private static List<string> Names(byte[] record, bool joliet)
    {
        var identifier = record.AsSpan(33, record[32]);
        var name = (joliet ? Encoding.BigEndianUnicode : Encoding.ASCII).GetString(identifier);
        List<string> names = [name.Split(';')[0], name.Split(';')[0].TrimEnd('.')];
        var rockRidge = new StringBuilder();
        // System use entries (IEEE P1281): two letters, length, version, data.
        for (var at = 33 + record[32] + (record[32] % 2 == 0 ? 1 : 0); at + 4 <= record.Length && record[at + 2] >= 4 && at + record[at + 2] <= record.Length; at += record[at + 2])
        {
            if (record[at] == 'N' && record[at + 1] == 'M' && record[at + 2] > 5)
                rockRidge.Append(Encoding.UTF8.GetString(record, at + 5, record[at + 2] - 5));
        }
        if (rockRidge.Length > 0)
            names.Add(rockRidge.ToString());
        return names;
    }

    private static long Extent(byte[] record) => (long)BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(2)) * SectorBytes;

    private static long Length(byte[] record) => BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(10));

    private void Read(long offset, byte[] into)
    {
        if (offset + into.Length > image.Length)
            throw new InvalidDataException("it is cut short, or no ISO 9660 image");
        image.Position = offset;
        image.ReadExactly(into);
    }
}
