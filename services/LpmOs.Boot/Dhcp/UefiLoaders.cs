using LpmOs.Boot.Scripts;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;

namespace LpmOs.Boot.Dhcp;

/// <summary>First program of UEFI firmware on x64.</summary>
internal enum UefiLoader
{
    /// <summary>iPXE on the network driver that the firmware brought along.</summary>
    Snponly,
    /// <summary>iPXE with network drivers of its own.</summary>
    Ipxe,
    /// <summary>shim, signed by Microsoft, and GRUB, signed by Debian: the way that Secure Boot lets pass.</summary>
    Signed,
}

/// <summary>
/// Chooses the first program. DHCP tells nothing of Secure Boot, so beside settings and quirks count what the machine's agent reported,
/// and whether the firmware took iPXE, came back and was never iPXE in between: then it refused to start it. shim and GRUB start with
/// Secure Boot and without, so a wrong guess costs some seconds and nothing else. Bounded.
/// </summary>
internal sealed class UefiLoaders(SecureBootMode mode, FirmwareQuirks quirks, WatchedState state, Site site, TimeProvider time)
{
    private const int Most = 4096;
    /// <summary>No server starts again as fast as this: what asks sooner only lost our answer.</summary>
    private static readonly TimeSpan LoadingTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Offer> _offers = new(StringComparer.Ordinal);

    private sealed record Offer(DateTimeOffset Accepted, bool Refused);

    public UefiLoader For(string? mac)
    {
        if (mode == SecureBootMode.Always)
            return UefiLoader.Signed;
        if (mac is null)
            return UefiLoader.Snponly;
        var inventories = state.Current.WithMac(site.Idc, mac).Select(machine => machine.Inventory).ToList();
        var quirk = inventories.Select(inventory => quirks.For(inventory?.Company, inventory?.Product)?.Loader).FirstOrDefault(loader => loader is not null);
        if (quirk is not null)
            return quirk switch { "signed" => UefiLoader.Signed, "ipxe" => UefiLoader.Ipxe, _ => UefiLoader.Snponly };
        if (mode == SecureBootMode.Never)
            return UefiLoader.Snponly;
        return inventories.Any(inventory => inventory?.Firmware?.SecureBoot == true) || WasRefused(mac) ? UefiLoader.Signed : UefiLoader.Snponly;
    }

    /// <summary>To be told of every request, before it is answered.</summary>
    public void Saw(DhcpPacket packet)
    {
        if (packet.Mac is not { } mac)
            return;
        var client = BootClient.Of(packet);
        lock (_gate)
        {
            if (client.Program == BootProgram.Ipxe)
                _offers.Remove(mac);
            else if (client.Program is BootProgram.Pxe or BootProgram.HttpBoot && client.Architecture != Architecture.Bios)
                Note(mac, packet.MessageType);
        }
    }

    private void Note(string mac, DhcpMessageType type)
    {
        var now = time.GetUtcNow();
        _offers.TryGetValue(mac, out var offer);
        if (offer is not null && offer.Accepted + Memory < now)
            offer = null;
        if (type == DhcpMessageType.Request && offer is null)
        {
            MakeRoom(now);
            _offers[mac] = new Offer(now, false);
        }
        else if (type == DhcpMessageType.Discover && offer is { Refused: false } && offer.Accepted + LoadingTime < now)
        {
            _offers[mac] = offer with { Refused = true };
        }
    }

    private bool WasRefused(string mac)
    {
        lock (_gate)
            return _offers.TryGetValue(mac, out var offer) && offer.Refused && offer.Accepted + Memory >= time.GetUtcNow();
    }

    private void MakeRoom(DateTimeOffset now)
    {
        if (_offers.Count < Most)
            return;
        foreach (var old in _offers.Where(o => o.Value.Accepted + Memory < now).Select(o => o.Key).ToList())
            _offers.Remove(old);
        if (_offers.Count >= Most)
            _offers.Remove(_offers.MinBy(o => o.Value.Accepted).Key);
    }
}
