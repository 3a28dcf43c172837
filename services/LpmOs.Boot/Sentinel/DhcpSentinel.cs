using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using LpmOs.Boot.Dhcp;
using LpmOs.Core;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Sentinel;

/// <summary>
/// Watches the interface of <c>Boot:Dhcp:Interface</c> for other DHCP and PXE servers: listens to every answer there, and asks now and then as a client would.
/// What it finds stands in the store; one that must not be there is called rogue. Two servers that answer one machine are the commonest reason why it boots wrongly.
/// </summary>
internal sealed class DhcpSentinel(BootOptions options, IStateStore store, Site site, TimeProvider time, ILogger<DhcpSentinel> logger) : BackgroundService
{
    private const int MostServers = 64;
    private static readonly TimeSpan Rewrite = TimeSpan.FromMinutes(1), Forgotten = TimeSpan.FromDays(30), Retry = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, ForeignDhcpServer> _known = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Sentinel.Enabled || options.Dhcp.Interface is not { } name)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // The interface may come later, or go and come back with another index.
                var link = DhcpInterface.Find(name);
                using var socket = new PacketSocket(link.Index);
                await WatchAsync(socket, link, stoppingToken);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
            {
                logger.NoSentinel(name, e.Message);
                return;
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                logger.SentinelDelayed(name, e.Message, Retry);
                await Task.Delay(Retry, time, stoppingToken);
            }
        }
    }

    private async Task WatchAsync(PacketSocket socket, DhcpInterface link, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asking = AskAsync(socket, link, stop.Token);
        var listening = ListenAsync(socket, link, stop.Token);
        await Task.WhenAny(asking, listening);
        await stop.CancelAsync();
        await Task.WhenAll(asking, listening);
    }

    private async Task AskAsync(PacketSocket socket, DhcpInterface link, CancellationToken cancellationToken)
    {
        var mac = NetworkInterface.GetAllNetworkInterfaces().First(i => i.Name == link.Name).GetPhysicalAddress().GetAddressBytes();
        if (mac.Length != 6)
            return;
        using var timer = new PeriodicTimer(options.Sentinel.Interval, time);
        do
        {
            await DeclareAsync(link, mac, cancellationToken);
            await socket.SendAsync(ServerFrame.Write(mac, Probe.Discover(mac, (uint)Random.Shared.NextInt64(uint.MaxValue))), cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task ListenAsync(PacketSocket socket, DhcpInterface link, CancellationToken cancellationToken)
    {
        var frame = new byte[DhcpParser.MaximumLength];
        while (true)
        {
            var length = await socket.ReceiveAsync(frame, cancellationToken);
            if (ServerFrame.Read(frame.AsSpan(0, length)) is not { } reply)
                continue;
            try
            {
                await NoteAsync(reply, link, cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                logger.SentinelDelayed(link.Name, e.Message, TimeSpan.Zero); // It shows again at the next answer.
            }
        }
    }

    private async Task NoteAsync(ServerReply reply, DhcpInterface link, CancellationToken cancellationToken)
    {
        var server = reply.Packet.AddressOption(DhcpOptionCode.ServerIdentifier) ?? reply.Source;
        if (server.Equals(link.Address) || reply.Packet.MessageType is not (DhcpMessageType.Offer or DhcpMessageType.Ack))
            return;
        var now = time.GetUtcNow();
        var key = server.ToString();
        var before = _known.GetValueOrDefault(key) ?? await ReadAsync(key, cancellationToken);
        var seen = ForeignServers.Of(reply, server, link, options, before, now);
        if (before is { Verdict: ForeignDhcpServer.Own } && now - before.LastSeen < Forgotten)
            return;
        // One that answers every machine of a rack is written once a minute.
        if (before is not null && before.Verdict == seen.Verdict && before.Kind == seen.Kind && now - before.LastSeen < Rewrite && _known.ContainsKey(key))
            return;
        if (before is null && !await RoomAsync(now, cancellationToken))
            return;
        await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.DhcpServer(site.Idc, key), JsonSerializer.SerializeToUtf8Bytes(seen, CoreJson.Default.ForeignDhcpServer))] }, cancellationToken);
        _known[key] = seen;
        if (seen.Verdict == before?.Verdict)
            return;
        if (seen.Verdict == ForeignDhcpServer.Rogue)
            logger.RogueServer(site.Idc, link.Name, key, reply.Mac, seen.Offered, seen.BootFile);
        else
            logger.OtherServer(site.Idc, link.Name, key, reply.Mac, seen.Verdict);
    }

    /// <summary>Says that our own answers are the site's, for the sentinels of its other boot services.</summary>
    private async Task DeclareAsync(DhcpInterface link, byte[] mac, CancellationToken cancellationToken)
    {
        if (options.Dhcp.Mode == DhcpMode.Off)
            return;
        var own = link.Address.ToString();
        try
        {
            var before = await ReadAsync(own, cancellationToken);
            var now = time.GetUtcNow();
            var self = new ForeignDhcpServer
            {
                Server = own, Mac = ServerFrame.Text(mac), Interface = link.Name, Kind = options.Dhcp.Mode == DhcpMode.Full ? ForeignDhcpServer.Addresses : ForeignDhcpServer.Proxy,
                Verdict = ForeignDhcpServer.Own, FirstSeen = before?.FirstSeen ?? now, LastSeen = now,
            };
            await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.DhcpServer(site.Idc, own), JsonSerializer.SerializeToUtf8Bytes(self, CoreJson.Default.ForeignDhcpServer))] }, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            logger.SentinelDelayed(link.Name, e.Message, options.Sentinel.Interval);
        }
    }

    private async Task<ForeignDhcpServer?> ReadAsync(string server, CancellationToken cancellationToken)
    {
        return await store.GetAsync(Keys.DhcpServer(site.Idc, server), cancellationToken) is { } entry ? Parse(entry) : null;
    }

    private static ForeignDhcpServer? Parse(StoreEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.ForeignDhcpServer);
        }
        catch (JsonException)
        {
            return null; // Not ours to read: as if it had not been heard.
        }
    }

    /// <summary>Server addresses can be made up: so many are kept, and those not heard of for long make room.</summary>
    private async Task<bool> RoomAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(Keys.DhcpServers(site.Idc), null, 2 * MostServers, 0, cancellationToken);
        var old = page.Entries.Where(entry => Parse(entry) is not { } server || now - server.LastSeen > Forgotten).ToList();
        if (old.Count > 0)
            await store.CommitAsync(new StoreTransaction { Writes = [.. old.Select(entry => StoreWrite.Delete(entry.Key))] }, cancellationToken);
        return page.Entries.Count - old.Count < MostServers;
    }
}
