namespace LpmOs.Contracts.Hardware;

/// <summary>What board makers leave in SMBIOS fields that they never filled in.</summary>
public static class Placeholders
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "To Be Filled By O.E.M.", "To Be Filled By OEM", "To be filled by O.E.M", "O.E.M.", "OEM", "OEM_Define", "Default string", "Default", "Default_string",
        "System Serial Number", "System manufacturer", "System Product Name", "System Version", "System Name", "Base Board Serial Number", "Board Serial Number",
        "Chassis Serial Number", "Serial Number", "SerialNumber", "Product Name", "Version", "Not Specified", "Not Applicable", "Not Available", "Not Present",
        "None", "N/A", "NA", "Null", "Unknown", "Undefined", "Empty", "Invalid", "INVALID", "No Asset Tag", "SKU", "Type1ProductConfigId", "Family",
        "0123456789", "1234567890", "123456789", "12345678", "1234567", "123456", "012345678", "0123456789ABCDEF", "03000200-0400-0500-0006-000700080009",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "..", "...", "To be filled", "Filled By O.E.M.", "Not Filled", "Not Set", "Not Settable", "No Serial", "No Serial Number", "SystemSerialNumb", "System Serial No", "System SKUNumber", "Serial", "S/N", "SN",
        "Chassis Manufacture", "Chassis Manufacturer", "Chassis Version", "Board Manufacturer", "Base Board Manufacturer", "Base Board Product Name", "Base Board Version", "Asset Tag", "Asset-1234567890", "No Asset Information", "Chassis Asset Tag", "Base Board Asset Tag",
        "NO DIMM", "No Module Installed", "[Empty]", "Unspecified", "<BAD INDEX>", "Default string Default string", "empty", "TBD", "xxx", "-", "--",
    };

    // What AMI's and others' firmware calls the parts of a memory module that it could not read: SerNum0, Array1_PartNumber0, Manufacturer00.
    private static readonly string[] Stems = ["SerNum", "PartNum", "AssetTagNum", "ModulePartNumber", "ModuleManufacturer"];

    /// <summary>Nobody's value: known filler, or the same character all along.</summary>
    public static bool IsPlaceholder(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0 || Known.Contains(trimmed) || IsCounted(trimmed) || Stems.Any(stem => trimmed.Contains(stem, StringComparison.OrdinalIgnoreCase)))
            return true;
        var first = '\0';
        foreach (var c in trimmed)
        {
            if (!char.IsLetterOrDigit(c))
                continue;
            if (first == '\0')
                first = char.ToUpperInvariant(c);
            else if (char.ToUpperInvariant(c) != first)
                return false;
        }
        return first is '\0' or '0' or 'X' or 'F' or '1' || trimmed.Length > 3;
    }

    // 0123456789AB, 12345678901234, 123456789ABCDEFGH: typed to fill the field.
    private static bool IsCounted(string text)
    {
        const string letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        if (text.Length < 6 || text[0] is not ('0' or '1'))
            return false;
        for (var i = 1; i < text.Length; i++)
        {
            var (before, now) = (letters.IndexOf(char.ToUpperInvariant(text[i - 1]), StringComparison.Ordinal), letters.IndexOf(char.ToUpperInvariant(text[i]), StringComparison.Ordinal));
            if (before < 0 || now < 0 || (now != before + 1 && !(before == 9 && now is 0 or 10)))
                return false;
        }
        return true;
    }
}
