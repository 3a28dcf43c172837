using System.Diagnostics.CodeAnalysis;

namespace LpmOs.Core.Domain.Identity;

/// <summary>IEEE 802 MAC-48 address of one interface, kept as lower-case hexadecimal with colons.</summary>
public static class MacAddress
{
    /// <summary>What a person is told is allowed.</summary>
    public const string Allowed = "six bytes in hexadecimal such as 00:1a:2b:3c:4d:5e (also with '-', as 001a.2b3c.4d5e or without separators), not multicast and not all zeros";

    /// <summary>Accepts the ways vendors print it; refuses group addresses (IEEE 802-2014 8.2.2) and all zeros, which no interface has.</summary>
    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? mac)
    {
        mac = null;
        if (text is null || text.Length is < 12 or > 17)
            return false;
        Span<char> digits = stackalloc char[12];
        var n = 0;
        char separator = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiHexDigit(c))
            {
                if (n == 12)
                    return false;
                digits[n++] = char.ToLowerInvariant(c);
                continue;
            }
            var group = c == '.' ? 4 : 2;
            if (c is not (':' or '-' or '.') || (separator != '\0' && separator != c) || n == 0 || n % group != 0 || !char.IsAsciiHexDigit(text[i - 1]))
                return false;
            separator = c;
        }
        if (n != 12 || !char.IsAsciiHexDigit(text[^1]) || text.Length != Length(separator))
            return false;
        if ("13579bdf".Contains(digits[1], StringComparison.Ordinal) || !digits.ContainsAnyExcept('0'))
            return false;
        Span<char> normal = stackalloc char[17];
        for (int i = 0, j = 0; i < 17; i++)
            normal[i] = i % 3 == 2 ? ':' : digits[j++];
        mac = normal.SequenceEqual(text) ? text : normal.ToString();
        return true;
    }

    private static int Length(char separator) => separator switch { '\0' => 12, '.' => 14, _ => 17 };
}
