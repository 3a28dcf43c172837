using System.Buffers;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Domain.Identity;

namespace LpmOs.Boot.Scripts;

/// <summary>What a machine says of itself when it asks for its script. All of it comes from the network and is cleaned here.</summary>
internal sealed record BootRequest
{
    private const int LongestText = 128;
    private static readonly SearchValues<char> Harmless = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._:+/,()@-");

    /// <summary>Of the interface that it boots from: lower case, colons.</summary>
    public string? Mac { get; private init; }
    /// <summary>SMBIOS serial number; null where the vendor left it blank or it cannot be one of ours.</summary>
    public string? Serial { get; private init; }
    public string? Uuid { get; private init; }
    /// <summary><c>pcbios</c> or <c>efi</c>.</summary>
    public string? Platform { get; private init; }
    /// <summary>iPXE's own: i386 (also on 64-bit processors), x86_64, arm64.</summary>
    public string? Architecture { get; private init; }
    public string? Manufacturer { get; private init; }
    public string? Product { get; private init; }

    /// <param name="error">Why nothing can be said to this machine; for the answer.</param>
    public static BootRequest? Create(string? mac, string? serial, string? uuid, string? platform, string? arch, string? manufacturer, string? product, out string? error)
    {
        error = null;
        string? normalized = null;
        var hasMac = !string.IsNullOrWhiteSpace(mac);
        if (hasMac && !MacAddress.TryNormalize(mac!.Trim(), out normalized))
            error = $"mac is not an address; allowed: {MacAddress.Allowed}.";
        var request = new BootRequest
        {
            Mac = normalized,
            Serial = KnownSerial(serial),
            Uuid = Clean(uuid)?.ToLowerInvariant(),
            Platform = Clean(platform),
            Architecture = Clean(arch),
            Manufacturer = Clean(manufacturer),
            Product = Clean(product),
        };
        if (error is null && request is { Mac: null, Serial: null })
            error = "mac or serial is needed to know the machine.";
        return error is null ? request : null;
    }

    private static string? KnownSerial(string? serial) =>
        serial?.Trim() is { Length: > 0 } text && Names.IsSn(text) && !Placeholders.IsPlaceholder(text) ? text : null;

    /// <summary>Printable ASCII that means nothing to iPXE: what is left may stand in a script and in a log.</summary>
    private static string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var kept = text.Trim();
        kept = kept.Length > LongestText ? kept[..LongestText] : kept;
        return kept.AsSpan().ContainsAnyExcept(Harmless) ? string.Concat(kept.Select(c => Harmless.Contains(c) ? c : '_')) : kept;
    }
}
