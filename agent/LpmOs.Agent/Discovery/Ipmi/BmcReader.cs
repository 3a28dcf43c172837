using System.Globalization;
using System.Net;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery.Ipmi;

/// <summary>One request to the management controller; its answer without the completion code, null where there is none or the code is not 0.</summary>
internal delegate byte[]? IpmiCall(byte netFunction, byte command, ReadOnlySpan<byte> data);

/// <summary>Asks the management controller who and where it is (IPMI 2.0, sections 20.1, 22.24 and 23.2).</summary>
internal static class BmcReader
{
    private const byte Application = 0x06, Transport = 0x0C;
    private const byte GetDeviceId = 0x01, GetChannelInfo = 0x42, GetLanConfiguration = 0x02;
    private const byte Ethernet = 4, LastChannel = 11;
    // Table 23-4.
    private const byte Ipv4Address = 3, AddressSource = 4, MacAddress = 5, VlanId = 20, StaticIpv6 = 56, DynamicIpv6 = 59;

    // IANA private enterprise numbers.
    private static readonly Dictionary<int, string> Makers = new()
    {
        [2] = "IBM", [11] = "HP", [42] = "Sun", [343] = "Intel", [674] = "Dell", [2011] = "Huawei", [7244] = "Quanta", [10368] = "Fujitsu", [10876] = "Supermicro", [15370] = "Gigabyte", [19046] = "Lenovo", [20301] = "IBM", [37945] = "Inspur", [47196] = "HPE", [47488] = "Supermicro",
    };

    /// <summary>Null where none answers.</summary>
    public static Bmc? Read(IpmiCall call)
    {
        if (call(Application, GetDeviceId, []) is not { Length: >= 9 } device)
            return null;
        var maker = device[6] | device[7] << 8 | (device[8] & 0x0F) << 16;
        var bmc = new Bmc
        {
            // The major number is binary, the minor one BCD.
            Version = string.Create(CultureInfo.InvariantCulture, $"{device[2] & 0x7F}.{device[3]:x2}"),
            IpmiVersion = string.Create(CultureInfo.InvariantCulture, $"{device[4] & 0x0F}.{device[4] >> 4}"),
            Manufacturer = Makers.GetValueOrDefault(maker) ?? (maker is 0 or 0xFFFFF ? null : string.Create(CultureInfo.InvariantCulture, $"enterprise {maker}")),
        };
        // Vendors number their LAN channel differently (1 mostly, 3 or 8 some), and shared ports have one beside the own port.
        Bmc? first = null;
        for (byte channel = 1; channel <= LastChannel; channel++)
        {
            if (call(Application, GetChannelInfo, [channel]) is not { Length: >= 2 } info || (info[1] & 0x7F) != Ethernet)
                continue;
            var found = WithLan(bmc, call, channel);
            if (found.Address is not null)
                return found;
            first ??= found;
        }
        return first ?? bmc;
    }

    private static Bmc WithLan(Bmc bmc, IpmiCall call, byte channel) => bmc with
    {
        Channel = channel,
        Address = Parameter(call, channel, Ipv4Address) is { Length: >= 4 } address && address.AsSpan(0, 4).ContainsAnyExcept((byte)0) ? new IPAddress(address.AsSpan(0, 4)).ToString() : null,
        Ipv6Address = Ipv6(call, channel, StaticIpv6) ?? Ipv6(call, channel, DynamicIpv6),
        Mac = Parameter(call, channel, MacAddress) is { Length: >= 6 } mac && mac.AsSpan(0, 6).ContainsAnyExcept((byte)0) ? string.Join(':', mac.Take(6).Select(b => b.ToString("x2", CultureInfo.InvariantCulture))) : null,
        AddressSource = Parameter(call, channel, AddressSource) is { Length: >= 1 } source ? (source[0] & 0x0F) switch { 1 => "static", 2 => "dhcp", 3 => "bios", 4 => "other", _ => null } : null,
        Vlan = Parameter(call, channel, VlanId) is { Length: >= 2 } vlan && (vlan[1] & 0x80) != 0 ? vlan[0] | (vlan[1] & 0x0F) << 8 : null,
    };

    // Set selector, source and state, then the address.
    private static string? Ipv6(IpmiCall call, byte channel, byte parameter) =>
        Parameter(call, channel, parameter) is { Length: >= 18 } data && data.AsSpan(2, 16).ContainsAnyExcept((byte)0) ? new IPAddress(data.AsSpan(2, 16)).ToString() : null;

    // The first byte of an answer is the revision of the parameters.
    private static byte[]? Parameter(IpmiCall call, byte channel, byte parameter) => call(Transport, GetLanConfiguration, [channel, parameter, 0, 0]) is { Length: > 1 } answer ? answer[1..] : null;
}
