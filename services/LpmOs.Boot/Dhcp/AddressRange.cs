using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LpmOs.Boot.Dhcp;

/// <summary>IPv4 addresses from first to last, both included.</summary>
internal readonly record struct AddressRange(uint First, uint Last)
{
    /// <summary>A /16; a site that needs more has more than one boot service.</summary>
    public const int MaximumCount = 65_536;

    public int Count => (int)(Last - First + 1);

    public bool Contains(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork && ToNumber(address) is var n && n >= First && n <= Last;

    /// <summary>Reads <c>10.0.0.100-10.0.0.199</c>.</summary>
    public static bool TryParse(string? text, out AddressRange range, [NotNullWhen(false)] out string? error)
    {
        range = default;
        error = null;
        var ends = (text ?? "").Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length != 2 || !TryParseAddress(ends[0], out var first) || !TryParseAddress(ends[1], out var last))
            error = "it must be two IPv4 addresses with a hyphen, as in 10.0.0.100-10.0.0.199";
        else if (ToNumber(first) > ToNumber(last))
            error = "its first address is above its last";
        else if (ToNumber(last) - ToNumber(first) >= MaximumCount)
            error = string.Create(CultureInfo.InvariantCulture, $"it holds more than {MaximumCount} addresses");
        else
            range = new AddressRange(ToNumber(first), ToNumber(last));
        return error is null;
    }

    /// <summary>Four decimal numbers: .NET alone would also take "10" for 0.0.0.10.</summary>
    public static bool TryParseAddress(string? text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;

    public override string ToString() => $"{ToAddress(First)}-{ToAddress(Last)}";

    public static uint ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out _) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
    }

    public static IPAddress ToAddress(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
