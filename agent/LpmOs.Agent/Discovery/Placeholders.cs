namespace LpmOs.Agent.Discovery;

/// <summary>What board makers leave in SMBIOS fields that they never filled in.</summary>
internal static class Placeholders
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "To Be Filled By O.E.M.", "To Be Filled By OEM", "To be filled by O.E.M", "O.E.M.", "OEM", "OEM_Define", "Default string", "Default", "Default_string",
        "System Serial Number", "System manufacturer", "System Product Name", "System Version", "System Name", "Base Board Serial Number", "Board Serial Number",
        "Chassis Serial Number", "Serial Number", "SerialNumber", "Product Name", "Version", "Not Specified", "Not Applicable", "Not Available", "Not Present",
        "None", "N/A", "NA", "Null", "Unknown", "Undefined", "Empty", "Invalid", "INVALID", "No Asset Tag", "SKU", "Type1ProductConfigId", "Family",
        "0123456789", "1234567890", "123456789", "12345678", "1234567", "123456", "012345678", "0123456789ABCDEF", "03000200-0400-0500-0006-000700080009",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "..", "...",
    };

    /// <summary>Nobody's value: known filler, or the same character all along.</summary>
    public static bool IsPlaceholder(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0 || Known.Contains(trimmed))
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
}
