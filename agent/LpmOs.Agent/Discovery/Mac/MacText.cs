using System.Globalization;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery.Mac;

/// <summary>Reads what Apple's programs write for people.</summary>
internal static class MacText
{
    private const int MostLines = 20_000;

    /// <summary>Lines <c>name: value</c>.</summary>
    public static IReadOnlyDictionary<string, string> Pairs(string text, string separator)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n').Take(MostLines))
        {
            if (line.IndexOf(separator, StringComparison.Ordinal) is > 0 and var at && Printable.Clean(line[(at + separator.Length)..], 2000) is { Length: > 0 } value)
                found.TryAdd(line[..at].Trim(), value);
        }
        return found;
    }

    /// <summary>Lines <c>"name" = "value"</c> of ioreg; data that holds text is written as <c>&lt;"value"&gt;</c>.</summary>
    public static IReadOnlyDictionary<string, string> Registry(string text) =>
        Pairs(text, " = ").Where(pair => pair.Value.Contains('"', StringComparison.Ordinal)).Select(pair => (Name: pair.Key.Trim('|', ' ', '"'), Value: Printable.Clean(pair.Value.Trim('<', '>').Trim('"'))))
            .Where(pair => pair.Value.Length > 0).DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name, pair => pair.Value);

    /// <summary>Interfaces en0, en1… of <c>ifconfig -a</c> with an Ethernet address.</summary>
    public static IReadOnlyList<Nic> Interfaces(string text)
    {
        var found = new List<Nic>();
        Nic? nic = null;
        foreach (var line in text.Split('\n').Take(MostLines))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (line.Length > 0 && !char.IsWhiteSpace(line[0]))
            {
                Add();
                var name = line.Split(':')[0];
                nic = name.StartsWith("en", StringComparison.Ordinal) && name.Length is > 2 and < 16 && name.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0 ? new Nic { Name = name, Mac = "" } : null;
            }
            else if (nic is not null && line.TrimStart() is var told)
            {
                if (words is ["ether", { Length: 17 } mac, ..])
                    nic = nic with { Mac = mac.ToLowerInvariant() };
                else if (words is ["status:", var status, ..])
                    nic = nic with { Link = status == "active" };
                else if (told.StartsWith("media:", StringComparison.Ordinal))
                    nic = nic with { SpeedMbps = Speed(told) };
            }
        }
        Add();
        return found;

        void Add()
        {
            if (nic is { Mac.Length: > 0 } && found.Count < InventoryBounds.Nics)
                found.Add(nic with { SpeedMbps = nic.Link ? nic.SpeedMbps : null });
            nic = null;
        }
    }

    // "media: autoselect (1000baseT <full-duplex>)", "10Gbase-T".
    private static int? Speed(string media)
    {
        var at = media.IndexOf("base", StringComparison.OrdinalIgnoreCase);
        if (at <= 0)
            return null;
        var (end, giga) = media[at - 1] is 'G' or 'g' ? (at - 1, 1000) : (at, 1);
        var start = end;
        while (start > 0 && (char.IsAsciiDigit(media[start - 1]) || media[start - 1] == '.'))
            start--;
        return double.TryParse(media.AsSpan(start, end - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) && speed is > 0 and < 10_000_000 ? (int)(speed * giga) : null;
    }
}
