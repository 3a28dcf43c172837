using LpmOs.Boot.Scripts;
using LpmOs.Core.Domain;
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
    private const int Most = 16_384;
    /// <summary>No server starts again as fast as this: what asks sooner only lost our answer.</summary>
    private static readonly TimeSpan LoadingTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly RecentMap<string, Offer> _offers = new(Most);

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
                _offers.Remove(mac, out _);
            else if (client.Program is BootProgram.Pxe or BootProgram.HttpBoot && client.Architecture != Architecture.Bios)
                Note(mac, packet.MessageType);
        }
    }

    /// <summary>The machine's iPXE asked for its script: it runs, also where it went on with the firmware's address and asked nobody by DHCP, as newer iPXE does for <c>autoexec.ipxe</c>.</summary>
    public void Started(string mac)
    {
        lock (_gate)
            _offers.Remove(mac, out _);
    }

    private void Note(string mac, DhcpMessageType type)
    {
        var now = time.GetUtcNow();
        var offer = _offers.TryGet(mac, out var known) && known.Accepted + Memory >= now ? known : null;
        if (type == DhcpMessageType.Request && offer is null)
        {
            _offers.Set(mac, new Offer(now, false));
        }
        else if (type == DhcpMessageType.Discover && offer is { Refused: false } && offer.Accepted + LoadingTime < now)
        {
            _offers.Set(mac, offer with { Refused = true });
        }
    }

    private bool WasRefused(string mac)
    {
        lock (_gate)
            return _offers.TryGet(mac, out var offer) && offer.Refused && offer.Accepted + Memory >= time.GetUtcNow();
    }
}
