using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>Memory Device of DMTF DSP0134 section 7.18.</summary>
internal static class SmbiosMemory
{
    private const int NotInMainSpeed = 0xFFFF;

    /// <summary>Null where the socket is empty.</summary>
    public static MemoryModule? Module(SmbiosStructure device) => SizeBytes(device) is not (> 0 and var size) ? null : new()
    {
        Slot = device.Text(0x10),
        Bank = device.Text(0x11),
        SizeBytes = size,
        Type = device.Byte(0x12) is { } type ? SmbiosNames.MemoryType(type) : null,
        FormFactor = device.Byte(0x0E) is { } form ? SmbiosNames.FormFactor(form) : null,
        SpeedMts = Speed(device, 0x15, 0x54),
        ConfiguredSpeedMts = Speed(device, 0x20, 0x58),
        Manufacturer = Maker(device.Text(0x17)),
        SerialNumber = device.Text(0x18),
        PartNumber = device.Text(0x1A),
    };

    // 0 is empty, 0xFFFF unknown, 0x7FFF: see the extended size (MiB); bit 15 set: KiB, else MiB.
    private static long SizeBytes(SmbiosStructure device) => device.Word(0x0C) switch
    {
        null or 0 or 0xFFFF => 0,
        0x7FFF => ((device.DoubleWord(0x1C) ?? 0) & 0x7FFFFFFF) << 20,
        var size and >= 0x8000 => (long)(size & 0x7FFF) << 10,
        var size => (long)size << 20,
    };

    /// <summary>Some firmware writes the maker as its JEDEC number (JEP106: bank and code with parity), Dell with those of two more parts behind it: 00CE00B300CE, 0x80AD, 802C869D802C.</summary>
    public static string? Maker(string? text)
    {
        var digits = text?.StartsWith("0x", StringComparison.OrdinalIgnoreCase) == true ? text[2..] : text;
        return digits is not { Length: >= 4 and <= 12 } || !digits.All(char.IsAsciiHexDigit) ? text : digits[..4].ToUpperInvariant() switch
        {
            "00CE" or "80CE" or "CE00" => "Samsung",
            "00AD" or "80AD" or "AD00" => "SK Hynix",
            "002C" or "802C" or "2C00" => "Micron",
            "0198" or "9801" => "Kingston",
            "859B" or "059B" => "Crucial",
            _ => text,
        };
    }

    private static int? Speed(SmbiosStructure device, int at, int extended) => device.Word(at) switch
    {
        null or 0 => null,
        NotInMainSpeed => device.DoubleWord(extended) is > 0 and <= int.MaxValue and var speed ? (int)speed : null,
        var speed => speed,
    };
}
