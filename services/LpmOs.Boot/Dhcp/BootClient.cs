using System.Text;

namespace LpmOs.Boot.Dhcp;

/// <summary>Which boot program sent a request.</summary>
internal enum BootProgram
{
    /// <summary>An operating system asking for an address.</summary>
    None,
    /// <summary>PXE in a BIOS or UEFI firmware.</summary>
    Pxe,
    /// <summary>UEFI HTTP boot (UEFI specification, section 24.7).</summary>
    HttpBoot,
    /// <summary>iPXE, in ROM or loaded by us.</summary>
    Ipxe,
}

/// <summary>Option 93: RFC 4578 section 2.1 and the IANA registry of processor architecture types.</summary>
internal static class Architecture
{
    public const ushort Bios = 0;
    public const ushort EfiIa32 = 6;
    /// <summary>The registry's x64; RFC 4578's own text had 7 and 9 the other way round, and firmware of both readings exists.</summary>
    public const ushort EfiX64 = 7;
    public const ushort EfiByteCode = 9;
    public const ushort EfiArm64 = 11;
    public const ushort EfiX64Http = 16;
    public const ushort EfiArm64Http = 19;
}

/// <summary>The boot program behind a DHCP request, and the platform it runs on.</summary>
/// <param name="Https">Whether this iPXE says that it was built with HTTPS; null: it does not say what it was built with, or is none.</param>
internal readonly record struct BootClient(BootProgram Program, ushort Architecture, bool? Https = null)
{
    /// <summary>Codes within option 175 that name what iPXE was built with (iPXE, src/include/ipxe/features.h): each of length one, its value the version.</summary>
    private const byte FirstFeature = 0x10, LastFeature = 0x7F, HttpsFeature = 0x14;

    private static ReadOnlySpan<byte> IpxeName => "iPXE"u8;

    public static BootClient Of(DhcpPacket packet)
    {
        var vendorClass = packet.Option(DhcpOptionCode.VendorClass) is { } value ? Encoding.Latin1.GetString(value.Span) : "";
        var program = IsIpxe(packet) ? BootProgram.Ipxe
            : vendorClass.StartsWith("PXEClient", StringComparison.Ordinal) ? BootProgram.Pxe
            : vendorClass.StartsWith("HTTPClient", StringComparison.Ordinal) ? BootProgram.HttpBoot
            : BootProgram.None;
        return new BootClient(program, ArchitectureOf(packet, vendorClass), program == BootProgram.Ipxe ? HttpsOf(packet) : null);
    }

    private static bool? HttpsOf(DhcpPacket packet)
    {
        var rest = (packet.Option(DhcpOptionCode.IpxeEncapsulated) ?? default).Span;
        bool? https = null;
        while (rest.Length >= 2 && rest[1] <= rest.Length - 2)
        {
            if (rest[0] is >= FirstFeature and <= LastFeature)
                https = https == true || (rest[0] == HttpsFeature && rest[1] == 1 && rest[2] != 0);
            rest = rest[(2 + rest[1])..];
        }
        return https;
    }

    /// <summary>
    /// Option 175 alone is enough: only iPXE sends it. The user class comes bare from iPXE itself and with a length byte
    /// from relays and firmware that follow RFC 3004. Missing either would hand iPXE to iPXE for ever.
    /// </summary>
    private static bool IsIpxe(DhcpPacket packet)
    {
        if (packet.Has(DhcpOptionCode.IpxeEncapsulated))
            return true;
        if (packet.Option(DhcpOptionCode.UserClass) is not { } userClass)
            return false;
        var rest = userClass.Span;
        if (rest.SequenceEqual(IpxeName))
            return true;
        while (rest.Length > 1 && rest[0] > 0 && rest[0] < rest.Length)
        {
            if (rest.Slice(1, rest[0]).SequenceEqual(IpxeName))
                return true;
            rest = rest[(1 + rest[0])..];
        }
        return false;
    }

    /// <summary>Option 93 holds one or more types, the first is preferred; else what the vendor class says: "PXEClient:Arch:00007:UNDI:003016".</summary>
    private static ushort ArchitectureOf(DhcpPacket packet, string vendorClass)
    {
        if (packet.Option(DhcpOptionCode.ClientArchitecture) is { Length: >= 2 } types)
            return (ushort)(types.Span[0] << 8 | types.Span[1]);
        var at = vendorClass.IndexOf(":Arch:", StringComparison.Ordinal);
        return at >= 0 && vendorClass.Length >= at + 11 && ushort.TryParse(vendorClass.AsSpan(at + 6, 5), out var type) ? type : LpmOs.Boot.Dhcp.Architecture.Bios;
    }
}
