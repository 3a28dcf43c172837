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
    private readonly List<PacketSocket> _arp = [];
    private readonly List<Func<CancellationToken, Task>> _parts = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Dhcp.Mode == DhcpMode.Off)
            return Task.CompletedTask;
        var links = Links(options.Dhcp.Interfaces);
        var networks = options.Dhcp.Mode == DhcpMode.Full ? Networks(links) : null;
        foreach (var link in links)
            Serve(link, networks);
        return base.StartAsync(cancellationToken);
    }

    /// <summary>On each interface a server of its own: what firmware is told there is our address there.</summary>
    private void Serve(DhcpInterface link, DhcpNetworks? networks)
    {
        var url = scripts.PlainUrl(link.Address);
        var secure = options.IpxeHttps ? scripts.SecureUrl(link.Address) : null;
        var identity = new DhcpIdentity { Address = link.Address, Targets = new BootTargets(url, files.Exists, loaders.For, secure) };
        IDhcpResponder responder = networks is null ? new ProxyResponder(identity)
            : new FullResponder(identity, networks.Subnets, networks.Reservations, Probe(link), loggers.CreateLogger<FullResponder>());
        List<DhcpSocket> sockets = [Open(link.Name, DhcpArrival.ServerPort)];
        if (options.Dhcp.Mode == DhcpMode.Proxy)
            sockets.Add(Open(link.Name, DhcpArrival.BootServerPort));
        var ipxeClients = new IpxeClients(time);
        if (options.Dhcp.RouterAdvertisements)
            _parts.Add(new RouterAdvertiser(link, ipxeClients, loggers.CreateLogger<RouterAdvertiser>()).RunAsync);
        var record = new DhcpTrace(trace, identity.Targets, link.Address, options.Dhcp.Mode == DhcpMode.Proxy, time);
        _parts.Add(new DhcpServer(responder, sockets, ipxeClients, loaders, record, loggers.CreateLogger<DhcpServer>()).RunAsync);
        loggers.CreateLogger<DhcpService>().DhcpStarted(options.Dhcp.Mode, link.Name, link.Address, url);
    }

    public override void Dispose()
    {
        _sockets.ForEach(s => s.Dispose());
        _arp.ForEach(s => s.Dispose());
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

    private static List<DhcpInterface> Links(IReadOnlyList<string> names)
    {
        try
        {
            return names.Count == 0 ? [DhcpInterface.Find(null)] : [.. names.Select(DhcpInterface.Find)];
        }
        catch (InvalidOperationException e)
        {
            throw new SettingException("Boot:Dhcp:Interface", names.Count == 0 ? null : string.Join(',', names), e.Message);
        }
    }

    private DhcpSocket Open(string interfaceName, int port)
    {
        try
        {
            var socket = new DhcpSocket(interfaceName, port, shared: options.Dhcp.Mode == DhcpMode.Proxy);
            _sockets.Add(socket);
            return socket;
        }
        catch (InvalidOperationException e)
        {
            throw new SettingException("Boot:Dhcp:Mode", options.Dhcp.Mode.ToString().ToLowerInvariant(), e.Message);
        }
    }

    private DhcpNetworks Networks(IReadOnlyList<DhcpInterface> links)
    {
        var table = new LeaseTable();
        _parts.Add(new LeaseFollower(store, site.Idc, table, time, loggers.CreateLogger<LeaseFollower>()).RunAsync);
        var reservations = new Reservations(options.Dhcp.Reservations, mac => state.Current.WithMac(site.Idc, mac).Select(machine => machine.Key.Sn));
        return DhcpNetworks.Of(options.Dhcp, links, reservations, (range, kept) => new LeasePool(store, site.Idc, range, kept, time, table));
    }

    private AddressProbe? Probe(DhcpInterface link)
    {
        var mac = NetworkInterface.GetAllNetworkInterfaces().First(i => i.Name == link.Name).GetPhysicalAddress().GetAddressBytes();
        if (!options.Dhcp.ConflictProbe || mac.Length != 6)
            return null;
        var logger = loggers.CreateLogger<AddressProbe>();
        try
        {
            var socket = new PacketSocket(link.Index, PacketSocket.EtherTypeArp);
            _arp.Add(socket);
            var probe = new AddressProbe(socket, mac, link.Address, options.Dhcp.ConflictProbeTime, time, logger);
            _parts.Add(probe.RunAsync);
            return probe;
        }
        catch (SocketException e)
        {
            logger.NoConflictProbe(e.Message);
            return null;
        }
    }
}
