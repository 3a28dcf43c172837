using System.Text;

namespace LpmOs.Agent.Discovery;

/// <summary>The name a machine goes by.</summary>
internal static class SerialNumber
{
    private const int Longest = 128;

    /// <summary>First field that a vendor really filled in: product, board, chassis serial, that of the device tree, then the UUID, then the boot interface's MAC.</summary>
    public static string Of(Smbios smbios, string mac) =>
        Fit(smbios.Field("product_serial")) ?? Fit(smbios.Field("board_serial")) ?? Fit(smbios.Field("chassis_serial")) ?? Fit(smbios.DeviceTreeSerial) ?? Fit(smbios.Uuid) ?? mac.Replace(":", "", StringComparison.Ordinal);

    /// <summary>
    /// As the services accept it: letters, digits, blanks and . _ : + - with a letter or digit at both ends. Board serials such as
    /// <c>/5XYZ/CN12/</c> hold slashes.
    /// </summary>
    public static string? Fit(string? text)
    {
        if (text is null)
            return null;
        var fit = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var next = char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or ':' or '+' or '-' ? c : '-';
            if (next == '.' && fit.Length > 0 && fit[^1] == '.')
                continue;
            fit.Append(next);
        }
        var trimmed = Trim(fit.ToString());
        if (trimmed.Length > Longest)
            trimmed = Trim(trimmed[..Longest]);
        return trimmed.Length > 0 ? trimmed : null;
    }

    private static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && !char.IsAsciiLetterOrDigit(text[start]))
            start++;
        while (end > start && !char.IsAsciiLetterOrDigit(text[end - 1]))
            end--;
        return text[start..end];
    }
}
