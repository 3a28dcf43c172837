using System.Buffers.Binary;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>One structure of the SMBIOS table (DMTF DSP0134 section 6.1.2): a header, fields at fixed places, then its strings. A field that lies behind its end is not there.</summary>
internal sealed class SmbiosStructure(ReadOnlyMemory<byte> formatted, ReadOnlyMemory<byte> strings)
{
    private const int LongestText = 200;

    public byte Type => formatted.Span[0];

    public int? Byte(int at) => at + 1 <= formatted.Length ? formatted.Span[at] : null;

    public int? Word(int at) => at + 2 <= formatted.Length ? BinaryPrimitives.ReadUInt16LittleEndian(formatted.Span[at..]) : null;

    public long? DoubleWord(int at) => at + 4 <= formatted.Length ? BinaryPrimitives.ReadUInt32LittleEndian(formatted.Span[at..]) : null;

    public ReadOnlySpan<byte> Bytes(int at, int count) => at + count <= formatted.Length ? formatted.Span.Slice(at, count) : [];

    /// <summary>The string whose number (from 1) stands in a field; null where the vendor left a placeholder, or the number leads nowhere.</summary>
    public string? Text(int at)
    {
        if (Byte(at) is not (> 0 and var number))
            return null;
        var rest = strings.Span;
        for (var i = 1; rest.Length > 0; i++)
        {
            var end = rest.IndexOf((byte)0);
            var text = end < 0 ? rest : rest[..end];
            if (i == number)
                return Printable.Clean(text, LongestText) is { Length: > 0 } clean && !Placeholders.IsPlaceholder(clean) ? clean : null;
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        return null;
    }
}
