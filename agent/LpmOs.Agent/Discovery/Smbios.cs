using System.Buffers.Binary;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>What the firmware says about the machine (DMTF DSP0134), through the kernel's <c>/sys/class/dmi</c>.</summary>
internal sealed class Smbios(SystemTree tree)
{
    private const string Folder = "sys/class/dmi/id/";
    private const string SecureBootVariable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    private const byte MemoryDevice = 17;
    private const byte EndOfTable = 127;

    /// <summary>A field, or null where the vendor left a placeholder.</summary>
    public string? Field(string name) => tree.Line(Folder + name) is { } text && !Placeholders.IsPlaceholder(text) ? text : null;

    public string? Company => Field("sys_vendor") ?? Field("board_vendor") ?? Field("chassis_vendor");
    public string? Product => Field("product_name") ?? Field("board_name");
    public string? ModelName => Field("product_version") ?? Field("product_family") ?? Product;
    public string? Uuid => Field("product_uuid")?.ToLowerInvariant();

    public Firmware Firmware
    {
        get
        {
            var uefi = tree.Exists("sys/firmware/efi");
            // Four bytes of attributes precede the variable's data (efivarfs); UEFI 2.10 section 3.3: 1 is enabled.
            var secure = uefi && tree.Bytes(SecureBootVariable, 16) is { Length: >= 5 } variable ? variable[4] == 1 : (bool?)null;
            return new() { Vendor = Field("bios_vendor"), Version = Field("bios_version"), Date = Field("bios_date"), BootMode = uefi ? "uefi" : "bios", SecureBoot = secure };
        }
    }

    /// <summary>Bytes of all memory modules (type 17), which the kernel's MemTotal is less than; null where the table does not tell.</summary>
    public long? InstalledMemoryBytes()
    {
        ReadOnlySpan<byte> table = tree.Bytes("sys/firmware/dmi/tables/DMI");
        long total = 0;
        while (table.Length >= 4 && table[1] >= 4 && table[1] <= table.Length)
        {
            var structure = table[..table[1]];
            if (structure[0] == EndOfTable)
                break;
            if (structure[0] == MemoryDevice)
                total += ModuleBytes(structure);
            // The strings follow, ended by two zeros.
            var end = table[structure.Length..].IndexOf("\0\0"u8);
            if (end < 0)
                break;
            table = table[(structure.Length + end + 2)..];
        }
        return total > 0 ? total : null;
    }

    // DSP0134 7.18.5: 0 empty, 0xFFFF unknown, 0x7FFF see Extended Size (MiB), bit 15 set: KiB, else MiB.
    private static long ModuleBytes(ReadOnlySpan<byte> structure)
    {
        if (structure.Length < 0x0E)
            return 0;
        var size = BinaryPrimitives.ReadUInt16LittleEndian(structure[0x0C..]);
        return size switch
        {
            0 or 0xFFFF => 0,
            0x7FFF when structure.Length >= 0x20 => (long)(BinaryPrimitives.ReadUInt32LittleEndian(structure[0x1C..]) & 0x7FFFFFFF) << 20,
            0x7FFF => 0,
            _ => (size & 0x8000) != 0 ? (long)(size & 0x7FFF) << 10 : (long)size << 20,
        };
    }
}
