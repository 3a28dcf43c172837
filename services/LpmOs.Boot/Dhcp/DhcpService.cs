using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LpmOs.Boot.Files;
using LpmOs.Boot.Recording;
using LpmOs.Boot.Scripts;
using LpmOs.Boot.Sentinel;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Dhcp;

/// <summary>Starts DHCP as the settings say; a port or interface that cannot be had stops the service at start.</summary>
internal sealed class DhcpService(
    BootOptions options, BootScripts scripts, FileResolver files, UefiLoaders loaders, BootTrace trace, WatchedState state, IStateStore store, Site site, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private readonly List<DhcpSocket> _sockets = [];
    private readonly List<Func<CancellationToken, Task>> _parts = [];
    private PacketSocket? _arp;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Dhcp.Mode == DhcpMode.Off)
            return Task.CompletedTask;
        var link = Interface(options.Dhcp.Interface);
        var url = scripts.PlainUrl(link.Address);
        var secure = options.IpxeHttps ? scripts.SecureUrl(link.Address) : null;
        var identity = new DhcpIdentity { Address = link.Address, Targets = new BootTargets(url, files.Exists, loaders.For, secure) };
        IDhcpResponder responder = options.Dhcp.Mode == DhcpMode.Full ? Full(identity, link) : new ProxyResponder(identity);
        Open(link.Name, DhcpArrival.ServerPort);
        if (options.Dhcp.Mode == DhcpMode.Proxy)
            Open(link.Name, DhcpArrival.BootServerPort);
        var ipxeClients = new IpxeClients(time);
        if (options.Dhcp.RouterAdvertisements)
            _parts.Add(new RouterAdvertiser(link, ipxeClients, loggers.CreateLogger<RouterAdvertiser>()).RunAsync);
        var record = new DhcpTrace(trace, identity.Targets, link.Address, options.Dhcp.Mode == DhcpMode.Proxy, time);
        _parts.Add(new DhcpServer(responder, _sockets, ipxeClients, loaders, record, loggers.CreateLogger<DhcpServer>()).RunAsync);
        loggers.CreateLogger<DhcpService>().DhcpStarted(options.Dhcp.Mode, link.Name, link.Address, url);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _sockets.ForEach(s => s.Dispose());
        _arp?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = _parts.ConvertAll(part => part(stoppingToken));
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            await ended; // A part that fails must not go unnoticed while the others go on.
        }
    }

    private static DhcpInterface Interface(string? name)
    {
        try
        {
            return DhcpInterface.Find(name);
        }
        catch (InvalidOperationException e)
        {
            throw new SettingException("Boot:Dhcp:Interface", name, e.Message);
        }
    }

    private void Open(string interfaceName, int port)
    {
        try
        {
            _sockets.Add(new DhcpSocket(interfaceName, port, shared: options.Dhcp.Mode == DhcpMode.Proxy));
        }
        catch (InvalidOperationException e)
        {
            throw new SettingException("Boot:Dhcp:Mode", options.Dhcp.Mode.ToString().ToLowerInvariant(), e.Message);
        }
    }

    private FullResponder Full(DhcpIdentity identity, DhcpInterface link)
    {
        var first = new DhcpNetwork
        {
            Range = options.Dhcp.Range,
            Netmask = options.Dhcp.Netmask ?? link.Netmask,
            Routers = options.Dhcp.Routers,
            DnsServers = options.Dhcp.DnsServers,
            NtpServers = options.Dhcp.NtpServers,
            Domain = options.Dhcp.Domain,
            Mtu = options.Dhcp.Mtu,
            Routes = options.Dhcp.Routes,
            LeaseTime = options.Dhcp.LeaseTime,
        };
        // With a netmask of its own the range may belong to a network behind a relay.
        if (options.Dhcp.Netmask is null && !first.IsLocal(link.Address))
            throw new SettingException("Boot:Dhcp:Range", options.Dhcp.Range.ToString(), $"addresses in the network of {link.Name} ({link.Address}, netmask {link.Netmask}), or set Boot:Dhcp:Netmask where the range is behind a relay");
        if (!first.IsLocal(AddressRange.ToAddress(first.Range.Last)))
            throw new SettingException("Boot:Dhcp:Range", options.Dhcp.Range.ToString(), $"addresses of one network; with netmask {first.Netmask} its ends are in two");
        DhcpNetwork[] networks = [first, .. options.Dhcp.Subnets];
        var reservations = new Reservations(options.Dhcp.Reservations, mac => state.Current.WithMac(site.Idc, mac).Select(machine => machine.Key.Sn));
        foreach (var (name, address) in options.Dhcp.Reservations)
            if (!networks.Any(network => network.IsLocal(address)))
                throw new SettingException("Boot:Dhcp:Reservations", $"{name}={address}", "addresses in one of the networks of Boot:Dhcp:Range and Boot:Dhcp:Subnets");
        var table = new LeaseTable();
        _parts.Add(new LeaseFollower(store, site.Idc, table, time, loggers.CreateLogger<LeaseFollower>()).RunAsync);
        return new FullResponder(identity, [.. networks.Select(network => new DhcpSubnet(network, Pool(network, link, reservations, table)))], reservations, Probe(link), loggers.CreateLogger<FullResponder>());
    }

    private LeasePool Pool(DhcpNetwork network, DhcpInterface link, Reservations reservations, LeaseTable table)
    {
        var networkAddress = AddressRange.ToAddress(AddressRange.ToNumber(network.Broadcast) & AddressRange.ToNumber(network.Netmask));
        IPAddress[] kept = [link.Address, network.Broadcast, networkAddress, .. network.Routers, .. network.DnsServers, .. reservations.Addresses];
        return new LeasePool(store, site.Idc, network.Range, kept.ToHashSet(), time, table);
    }

    private AddressProbe? Probe(DhcpInterface link)
    {
        var mac = NetworkInterface.GetAllNetworkInterfaces().First(i => i.Name == link.Name).GetPhysicalAddress().GetAddressBytes();
        if (!options.Dhcp.ConflictProbe || mac.Length != 6)
            return null;
        var logger = loggers.CreateLogger<AddressProbe>();
        try
        {
            _arp = new PacketSocket(link.Index, PacketSocket.EtherTypeArp);
        }
        catch (SocketException e)
        {
            logger.NoConflictProbe(e.Message);
            return null;
        }
        var probe = new AddressProbe(_arp, mac, link.Address, options.Dhcp.ConflictProbeTime, time, logger);
        _parts.Add(probe.RunAsync);
        return probe;
    }
}
