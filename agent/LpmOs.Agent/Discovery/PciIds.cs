namespace LpmOs.Agent.Discovery;

/// <summary>
/// Names of PCI vendors, devices and classes from <c>pci.ids</c> (the public list of the PCI ID repository, which Debian has as a package); one pass finds all that are asked for.
/// Without the file the classes that matter have their names still.
/// </summary>
internal sealed class PciIds
{
    private const int LongestFile = 8 << 20;
    private const int LongestName = 120;
    private static readonly string[] Places = ["usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids"];

    // PCI Code and ID Assignment Specification: base class and sub-class.
    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["0100"] = "SCSI storage controller", ["0101"] = "IDE interface", ["0104"] = "RAID bus controller", ["0106"] = "SATA controller", ["0107"] = "Serial Attached SCSI controller", ["0108"] = "Non-Volatile memory controller",
        ["0180"] = "Mass storage controller", ["0200"] = "Ethernet controller", ["0207"] = "Infiniband controller", ["0280"] = "Network controller", ["0300"] = "VGA compatible controller", ["0302"] = "3D controller",
        ["0380"] = "Display controller", ["0b40"] = "Co-processor", ["0c03"] = "USB controller", ["0c04"] = "Fibre Channel", ["0c06"] = "InfiniBand", ["1000"] = "Network and computing encryption device", ["1080"] = "Encryption controller",
        ["1200"] = "Processing accelerators", ["1300"] = "Non-Essential Instrumentation",
    };

    private readonly Dictionary<string, string> _vendors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _devices = new(StringComparer.Ordinal);

    /// <param name="ids"><c>vendor:device</c> of all that will be asked for.</param>
    public PciIds(SystemTree tree, IEnumerable<string> ids)
    {
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0 || Places.Select(tree.PathOf).FirstOrDefault(File.Exists) is not { } path)
            return;
        var vendors = wanted.Select(id => id.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16));
            Read(reader, vendors, wanted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Names are for people; ids are there without them.
        }
    }

    /// <summary>Maker and model; only the maker where the model is not known; null where neither is.</summary>
    public string? Name(string id)
    {
        var vendor = _vendors.GetValueOrDefault(id.Split(':')[0]);
        return _devices.TryGetValue(id, out var device) ? $"{vendor} {device}" : vendor is not null ? $"{vendor} [{id}]" : null;
    }

    /// <param name="code">Six hexadecimal digits.</param>
    public static string? Class(string code) => code.Length >= 4 ? Classes.GetValueOrDefault(code[..4]) : null;

    // "vvvv  name", below it "<tab>dddd  name", below that subsystems with two tabs; classes follow with "C ".
    private void Read(StreamReader reader, HashSet<string> vendors, HashSet<string> wanted)
    {
        string? vendor = null;
        var left = LongestFile;
        while (reader.ReadLine() is { } line && (left -= line.Length + 1) > 0)
        {
            if (line.Length < 7 || line[0] == '#')
                continue;
            if (line[0] != '\t')
            {
                if (line.StartsWith("C ", StringComparison.Ordinal))
                    return;
                vendor = vendors.Contains(line[..4]) ? line[..4] : null;
                if (vendor is not null)
                    _vendors[vendor] = Printable.Clean(line[4..], LongestName);
            }
            else if (vendor is not null && line[1] != '\t' && wanted.Contains($"{vendor}:{line[1..5]}"))
                _devices[$"{vendor}:{line[1..5]}"] = Printable.Clean(line[5..], LongestName);
        }
    }
}
