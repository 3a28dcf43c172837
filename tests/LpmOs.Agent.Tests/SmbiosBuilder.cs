using System.Text;

namespace LpmOs.Agent.Tests;

/// <summary>Writes an SMBIOS table from facts in words, by DMTF DSP0134 (3.7.0) and without any code of the agent; dmidecode judges it.</summary>
internal sealed class SmbiosBuilder
{
    private const int EntryPointLength = 24, DumpTableAt = 32;
    private readonly List<byte> _table = [];
    private ushort _handle = 0x0100;

    public byte[] Table => [.. _table, 127, 4, 0xFF, 0xFE, 0, 0];

    /// <summary>SMBIOS 3.2 (section 5.2.2).</summary>
    public byte[] EntryPoint
    {
        get
        {
            var entry = new byte[EntryPointLength];
            "_SM3_"u8.CopyTo(entry);
            (entry[6], entry[7], entry[8], entry[10]) = (EntryPointLength, 3, 2, 1);
            BitConverter.TryWriteBytes(entry.AsSpan(0x0C), Table.Length);
            BitConverter.TryWriteBytes(entry.AsSpan(0x10), (long)DumpTableAt);
            entry[5] = (byte)(256 - (entry.Sum(b => b) & 0xFF));
            return entry;
        }
    }

    /// <summary>As <c>dmidecode --dump-bin</c> writes it: the entry point, the table from byte 32.</summary>
    public byte[] Dump => [.. EntryPoint, .. new byte[DumpTableAt - EntryPointLength], .. Table];

    public void Bios(Fact fact) => Add(0, 0x1A, fact, (4, "vendor"), (5, "version"), (8, "date"));

    public void System(Fact fact) => Add(1, 0x1B, fact, (4, "manufacturer"), (5, "product"), (6, "version"), (7, "serial"), (0x19, "sku"), (0x1A, "family"), (-8, "uuid"));

    public void Board(Fact fact) => Add(2, 0x0F, fact, (4, "manufacturer"), (5, "product"), (6, "version"), (7, "serial"), (8, "asset"));

    public void Chassis(Fact fact)
    {
        var at = Add(3, 0x16, fact, (4, "manufacturer"), (6, "version"), (7, "serial"), (8, "asset"));
        Put8(at + 5, fact.Number("type"));
        Put8(at + 0x11, fact.Number("height"));
    }

    public void Processor(Fact fact)
    {
        var at = Add(4, 0x30, fact, (4, "socket"), (7, "manufacturer"), (0x10, "model"));
        Put8(at + 5, 3);
        Put16(at + 0x14, fact.Number("max"));
        Put8(at + 0x18, fact.Has("empty") ? 0 : 0x41);
        Put8(at + 0x23, fact.Number("cores"));
        Put8(at + 0x25, fact.Number("threads"));
    }

    public void MemoryArray(Fact fact)
    {
        var at = Add(16, 0x17, fact);
        (_table[at + 4], _table[at + 5]) = (3, (byte)(fact.Has("use") ? fact.Number("use") : 3));
        Put8(at + 6, fact.Number("ecc"));
        Put16(at + 0x0B, 0xFFFE);
        Put16(at + 0x0D, fact.Number("slots"));
    }

    public void Module(Fact fact)
    {
        var at = Add(17, 0x54, fact, (0x10, "slot"), (0x11, "bank"), (0x17, "manufacturer"), (0x18, "serial"), (0x19, "asset"), (0x1A, "part"));
        var mebibytes = fact.Number("mib");
        Put16(at + 6, 0xFFFE);
        Put16(at + 8, 72);
        Put16(at + 0x0A, 64);
        Put16(at + 0x0C, mebibytes >= 0x7FFF ? 0x7FFF : mebibytes);
        Put8(at + 0x0E, fact.Has("form") ? fact.Number("form") : 9);
        Put8(at + 0x12, fact.Number("type"));
        Put16(at + 0x15, fact.Number("speed"));
        if (mebibytes >= 0x7FFF)
            Put32(at + 0x1C, mebibytes);
        Put16(at + 0x20, fact.Number("running"));
    }

    public void Tpm(Fact fact)
    {
        var at = Add(43, 0x1F, fact);
        Encoding.ASCII.GetBytes(fact["vendor"] ?? "", global::System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_table)[(at + 4)..(at + 8)]);
        Put8(at + 8, fact["version"] == "2.0" ? 2 : 1);
        Put8(at + 9, fact["version"] == "2.0" ? 0 : 2);
    }

    public void Ipmi()
    {
        var at = Add(38, 0x12, new Fact("ipmi", "", new Dictionary<string, string>()));
        (_table[at + 4], _table[at + 5], _table[at + 6]) = (1, 0x20, 0x20);
    }

    // Returns where the structure begins.
    private int Add(byte type, byte length, Fact fact, params (int At, string Name)[] texts)
    {
        var at = _table.Count;
        _table.AddRange(new byte[length]);
        (_table[at], _table[at + 1]) = (type, length);
        Put16(at + 2, _handle++);
        var strings = new List<byte>();
        byte number = 0;
        foreach (var (place, name) in texts)
        {
            if (fact[name] is not { Length: > 0 })
                continue;
            if (name == "uuid")
            {
                var bytes = Guid.Parse(fact[name]!).ToByteArray();
                for (var i = 0; i < bytes.Length; i++)
                    _table[at - place + i] = bytes[i];
                continue;
            }
            _table[at + place] = ++number;
            strings.AddRange([.. Encoding.UTF8.GetBytes(fact[name]!), 0]);
        }
        _table.AddRange(strings.Count > 0 ? [.. strings, 0] : [0, 0]);
        return at;
    }

    private void Put8(int at, long value) => _table[at] = checked((byte)value);

    private void Put16(int at, long value) => (_table[at], _table[at + 1]) = ((byte)value, checked((byte)(value >> 8)));

    private void Put32(int at, long value)
    {
        for (var i = 0; i < 4; i++)
            _table[at + i] = (byte)(value >> (8 * i));
    }
}
