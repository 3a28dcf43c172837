namespace LpmOs.Agent.Discovery;

/// <summary>The SMBIOS table as firmware hands it over (<c>/sys/firmware/dmi/tables/DMI</c>); one that is cut short counts as far as it goes.</summary>
internal sealed class SmbiosTable
{
    private const byte EndOfTable = 127;
    private const int HeaderLength = 4;
    private const int MostStructures = 8192;

    private SmbiosTable(IReadOnlyList<SmbiosStructure> structures, bool isCutShort, bool swapsUuid) => (Structures, IsCutShort, SwapsUuid) = (structures, isCutShort, swapsUuid);

    public IReadOnlyList<SmbiosStructure> Structures { get; }

    /// <summary>It ended within a structure, or without the structure that says that it ends.</summary>
    public bool IsCutShort { get; }

    /// <summary>Since 2.6 the first three fields of a UUID are little-endian (section 7.2.1).</summary>
    public bool SwapsUuid { get; }

    public IEnumerable<SmbiosStructure> OfType(byte type) => Structures.Where(structure => structure.Type == type);

    /// <param name="entryPoint"><c>smbios_entry_point</c>, for the version; may be empty.</param>
    public static SmbiosTable Parse(ReadOnlyMemory<byte> table, ReadOnlySpan<byte> entryPoint = default)
    {
        var found = new List<SmbiosStructure>();
        var ended = table.Length == 0;
        while (table.Length >= HeaderLength && found.Count < MostStructures)
        {
            int length = table.Span[1];
            if (length < HeaderLength)
                break;
            if (length > table.Length)
            {
                found.Add(new(table, default));
                break;
            }
            var strings = table[length..];
            // The strings end with two zeros; where there are none, two zeros stand in their place.
            var end = strings.Span.IndexOf("\0\0"u8);
            found.Add(new(table[..length], end < 0 ? strings : strings[..end]));
            if (table.Span[0] == EndOfTable)
            {
                ended = true;
                break;
            }
            if (end < 0)
                break;
            table = strings[(end + 2)..];
        }
        return new(found, !ended, SwapsBy(entryPoint));
    }

    // Section 5.2: "_SM_" has the version at 6 and 7, "_SM3_" at 7 and 8. Without an entry point the firmware is taken for a recent one.
    private static bool SwapsBy(ReadOnlySpan<byte> entryPoint) => entryPoint switch
    {
        _ when entryPoint.StartsWith("_SM3_"u8) => true,
        _ when entryPoint.StartsWith("_SM_"u8) && entryPoint.Length >= 8 => (entryPoint[6], entryPoint[7]) is ( > 2, _) or (2, >= 6),
        _ => true,
    };
}
