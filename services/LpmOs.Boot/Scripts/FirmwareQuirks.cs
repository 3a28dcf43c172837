using LpmOs.Contracts.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace LpmOs.Boot.Scripts;

/// <summary>What <c>firmware.yaml</c> says of machines whose firmware needs another way than the usual one.</summary>
public sealed record FirmwareQuirk
{
    /// <summary>SMBIOS manufacturer, without regard to case; <c>*</c> stands for anything.</summary>
    public string Manufacturer { get; init; } = "*";
    /// <summary>SMBIOS product name, likewise.</summary>
    public string Product { get; init; } = "*";
    /// <summary>First program by network on UEFI x64: <c>snponly</c>, <c>ipxe</c> or <c>signed</c>; null: the usual one.</summary>
    public string? Loader { get; init; }
    /// <summary>How the local disk is started: <c>disk</c> (look for a boot loader), <c>exit</c>, <c>sanboot</c> (BIOS); null: the usual one, <c>disk</c>.</summary>
    public string? Local { get; init; }
    /// <summary>False: an installer is not started from the running boot image (kexec), but by a restart.</summary>
    public bool Kexec { get; init; } = true;
    /// <summary>Where it is known from; for people.</summary>
    public string? Why { get; init; }
}

/// <summary>The table of firmware that needs another way, from <c>firmware.yaml</c> in the templates folder; the first entry that fits counts.</summary>
internal sealed class FirmwareQuirks
{
    public const string FileName = "firmware.yaml";
    private static readonly string[] Loaders = ["snponly", "ipxe", "signed"], Locals = ["disk", "exit", "sanboot"];

    private readonly IReadOnlyList<FirmwareQuirk> _quirks;

    public FirmwareQuirks(IReadOnlyList<FirmwareQuirk> quirks) => _quirks = quirks;

    /// <exception cref="SettingException">The file cannot be read, or names a way that there is not.</exception>
    public static FirmwareQuirks Load(string templatesPath)
    {
        var path = Path.Combine(templatesPath, FileName);
        if (!File.Exists(path))
            return new FirmwareQuirks([]);
        try
        {
            var file = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build().Deserialize<QuirksFile?>(File.ReadAllText(path));
            var quirks = file?.Quirks ?? [];
            foreach (var quirk in quirks)
            {
                Check(path, "loader", quirk.Loader, Loaders);
                Check(path, "local", quirk.Local, Locals);
            }
            return new FirmwareQuirks(quirks);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
        {
            throw new SettingException("Templates:Path", templatesPath, $"a folder whose {FileName} can be read ({e.Message})");
        }
    }

    /// <summary>By what the machine says of itself now, else by what its agent once reported.</summary>
    public FirmwareQuirk? For(StateSnapshot snapshot, string idc, BootRequest request) =>
        For(request.Manufacturer, request.Product) ?? (Reported(snapshot, idc, request) is { } inventory ? For(inventory.Company, inventory.Product) : null);

    public FirmwareQuirk? For(string? manufacturer, string? product)
    {
        if (manufacturer is null && product is null)
            return null;
        foreach (var quirk in _quirks)
        {
            if (Fits(quirk.Manufacturer, manufacturer) && Fits(quirk.Product, product))
                return quirk;
        }
        return null;
    }

    private static Inventory? Reported(StateSnapshot snapshot, string idc, BootRequest request) =>
        (request.Serial is { } serial ? snapshot.Machine(idc, serial)?.Inventory : null)
        ?? (request.Mac is { } mac ? snapshot.WithMac(idc, mac).FirstOrDefault(machine => machine.Hardware is not null)?.Inventory : null);

    private static bool Fits(string pattern, string? text) => pattern == "*" || System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, (text ?? "").Trim());

    private static void Check(string path, string key, string? value, string[] allowed)
    {
        if (value is not null && !allowed.Contains(value))
            throw new SettingException("Templates:Path", path, $"a {FileName} whose '{key}' is one of {string.Join(", ", allowed)}; it is '{value}'");
    }

    private sealed class QuirksFile
    {
        public List<FirmwareQuirk>? Quirks { get; set; }
    }
}
