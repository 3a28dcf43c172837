using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LpmOs.Boot.Dhcp;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Hosting;

namespace LpmOs.Boot;

/// <summary>Reads single settings; what is not allowed becomes a <see cref="SettingException"/> that names key, value and what is.</summary>
internal sealed class SettingReader(IConfiguration configuration)
{
    /// <summary>Agents take no more.</summary>
    private const int LongestAuthorities = 64 * 1024;

    public string? Text(string key) => configuration[key]?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>A folder that holds that file: what is missing shows at start, not at the first machine.</summary>
    public string FolderWith(string key, string fallback, string file)
    {
        var folder = Text(key) ?? fallback;
        return File.Exists(Path.Combine(folder, file)) ? folder
            : throw new SettingException(key, folder, $"a folder that holds {file}; this one, {Path.GetFullPath(folder)}, does not");
    }

    public bool Bool(string key, bool fallback) =>
        Text(key) is not { } text ? fallback : bool.TryParse(text, out var value) ? value : throw new SettingException(key, text, "true or false");

    public int Port(string key, int fallback) =>
        Text(key) is not { } text ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port
        : throw new SettingException(key, text, "a port from 1 to 65535");

    /// <summary>An http URL that firmware can use, without the slash at its end.</summary>
    public string? Url(string key)
    {
        if (Text(key) is not { } text)
            return null;
        // Old iPXE and most firmware speak no TLS; a path in front is fine.
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" } && url.AbsoluteUri.All(c => c is > ' ' and <= '~' and not ('$' or '"' or '\\')))
            return text.TrimEnd('/');
        throw new SettingException(key, text, "http://address:port or https://address:port as machines reach it, without user, query or spaces");
    }

    /// <summary>Where a service listens, in the order given.</summary>
    public IReadOnlyList<Uri> Listening(string key, string fallback) =>
        [.. (Text(key) ?? fallback).Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text =>
            Uri.TryCreate(text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var url) && url.Port >= 0 ? url
                : throw new SettingException(key, text, "http://address:port or https://address:port, several separated by ';'"))];

    /// <summary>A PEM file of certificates, as it is; null where none is set.</summary>
    public byte[]? Authorities(string key)
    {
        if (Text(key) is not { } path)
            return null;
        try
        {
            var file = File.ReadAllBytes(path);
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(Encoding.Latin1.GetString(file));
            return authorities.Count > 0 && file.Length <= LongestAuthorities ? file : throw new SettingException(key, path, $"a PEM file of certificates, at most {LongestAuthorities} bytes; this one has {authorities.Count} in {file.Length} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException(key, path, $"a PEM file of certificates that can be read; {e.Message}");
        }
    }

    public IPAddress? AnyAddress(string key) =>
        Text(key) is not { } text ? null
        : IPAddress.TryParse(text, out var address) && (text.Contains(':') || address.ToString() == text) ? address
        : throw new SettingException(key, text, "an IPv4 or IPv6 address of this machine");

    public IReadOnlyList<IPAddress> Addresses(string key) =>
        Text(key) is not { } text ? []
        : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => AddressRange.TryParseAddress(part, out var address) ? address
            : throw new SettingException(key, text, "IPv4 addresses separated by commas"))];

    /// <summary>Addresses and MACs, each in its one form.</summary>
    public IReadOnlySet<string> Servers(string key) =>
        Text(key) is not { } text ? new HashSet<string>()
        : text.Split(',', StringSplitOptions.TrimEntries).Select(part => AddressRange.TryParseAddress(part, out _) ? part : MacAddress.TryNormalize(part, out var mac) ? mac
            : throw new SettingException(key, text, "IPv4 addresses and MACs separated by commas")).ToHashSet();

    /// <summary>Names of network interfaces, each once (Linux, <c>dev_valid_name</c>).</summary>
    public IReadOnlyList<string> Interfaces(string key)
    {
        string[] names = Text(key)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length && names.All(name => name.Length is > 0 and <= 15 && !name.Any(c => c is '/' or ':' || char.IsWhiteSpace(c))) ? names
            : throw new SettingException(key, Text(key), "names of network interfaces separated by commas, each once");
    }

    public AddressRange Range(string key) =>
        AddressRange.TryParse(Text(key), out var range, out var error) ? range : throw new SettingException(key, Text(key), $"the addresses to give out in mode full; {error}");

    /// <summary>Keys of a numbered list, <c>Key:0</c>, <c>Key:1</c> and so on.</summary>
    public IEnumerable<string> Numbered(string key) => configuration.GetSection(key).GetChildren().Select(child => child.Path);

    public string? Domain(string key) =>
        Text(key) is not { } text ? null
        : text.Length <= 253 && text.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-') ? text
        : throw new SettingException(key, text, "a domain name such as dc1.example.com");

    public ushort? Mtu(string key) =>
        Text(key) is not { } text ? null
        : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) && mtu >= 576 ? mtu : throw new SettingException(key, text, "bytes from 576 to 65535");

    public IReadOnlyList<ClasslessRoute> Routes(string key) =>
        Text(key) is not { } text ? []
        : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => ClasslessRoute.TryParse(part, out var route) ? route.Value
            : throw new SettingException(key, text, "routes as 10.9.0.0/16 via 10.0.0.254, separated by commas"))];

    /// <summary>MAC or serial number, <c>=</c>, address; an address once.</summary>
    public IReadOnlyDictionary<string, IPAddress> Reservations(string key)
    {
        var reservations = new Dictionary<string, IPAddress>(StringComparer.Ordinal);
        foreach (var part in Text(key)?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            var at = part.IndexOf('=');
            var name = at < 0 ? "" : part[..at].Trim();
            if (!AddressRange.TryParseAddress(part[(at + 1)..].Trim(), out var address) || !(MacAddress.TryNormalize(name, out var mac) || Names.IsSn(name))
                || reservations.ContainsValue(address) || !reservations.TryAdd(mac ?? name, address))
                throw new SettingException(key, part, "a MAC or serial number, '=', an IPv4 address, several separated by commas; each once");
        }
        return reservations;
    }

    public int? BlockSize(string key) =>
        Text(key) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 512 and <= 65464 ? size : throw new SettingException(key, text, "bytes from 512 to 65464");

    public IPAddress? Netmask(string key)
    {
        if (Text(key) is not { } text)
            return null;
        var inverse = AddressRange.TryParseAddress(text, out var mask) ? ~AddressRange.ToNumber(mask) : uint.MaxValue - 1;
        return (inverse & (inverse + 1)) == 0 ? mask : throw new SettingException(key, text, "a netmask such as 255.255.255.0");
    }

    public DhcpMode Mode(string key) => Text(key)?.ToLowerInvariant() switch
    {
        null or "off" => DhcpMode.Off,
        "proxy" => DhcpMode.Proxy,
        "full" => DhcpMode.Full,
        _ => throw new SettingException(key, Text(key), "off, proxy (beside the network's own DHCP server) or full (gives addresses)"),
    };

    public SecureBootMode SecureBoot(string key) => Text(key)?.ToLowerInvariant() switch
    {
        null or "auto" => SecureBootMode.Auto,
        "always" => SecureBootMode.Always,
        "never" => SecureBootMode.Never,
        _ => throw new SettingException(key, Text(key), "auto (signed loaders for machines that need them), always or never"),
    };

    /// <summary>Seconds, or a number with s, m, h or d, or hh:mm:ss.</summary>
    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text)
            return fallback;
        var time = Parse(text);
        return time >= least && time <= most ? time.Value : throw new SettingException(key, text, $"a time from {least:c} to {most:c}, as 3600, 90m, 12h, 7d or 01:00:00");
    }

    /// <summary>Words for a kernel command line; nothing that an iPXE script would expand or end at.</summary>
    public string KernelArguments(string key, string fallback)
    {
        var text = Text(key) ?? fallback;
        return text.All(c => char.IsAsciiLetterOrDigit(c) || " ._,:=/@+-".Contains(c, StringComparison.Ordinal)) ? text
            : throw new SettingException(key, text, "words of letters, digits and . _ , : = / @ + - separated by spaces");
    }

    private static TimeSpan? Parse(string text)
    {
        var unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (int.TryParse(unit == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return TimeSpan.FromSeconds((long)count * Math.Max(unit, 1));
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;
    }
}
