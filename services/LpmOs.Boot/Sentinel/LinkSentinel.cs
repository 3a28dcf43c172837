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
/// Watches one interface for other DHCP and PXE servers: listens to every answer there, and asks now and then as a client would.
/// What it finds stands in the store; one that must not be there is called rogue.
/// </summary>
internal sealed class LinkSentinel(string name, BootOptions options, IStateStore store, Site site, TimeProvider time, ILogger<DhcpSentinel> logger)
{
    private const int MostServers = 64;
    private static readonly TimeSpan Rewrite = TimeSpan.FromMinutes(1), Forgotten = TimeSpan.FromDays(30), Retry = TimeSpan.FromSeconds(30), LeastSilence = TimeSpan.FromSeconds(10);

    /// <summary>Rounds of questions that a rogue leaves without an answer until it is taken to be gone.</summary>
    private const int SilentRounds = 3;

    /// <summary>What the store held of a server, and when that was read or written.</summary>
    private readonly ConcurrentDictionary<string, (ForeignDhcpServer Server, DateTimeOffset At)> _known = new(StringComparer.Ordinal);
    private Question _question = new(0, DateTimeOffset.MaxValue);

    private sealed record Question(uint Transaction, DateTimeOffset At);

    public async Task WatchAsync(CancellationToken stoppingToken)
    {
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
        var mac = MacOf(link.Name);
        using var timer = new PeriodicTimer(options.Sentinel.Interval, time);
        do
        {
            // On a link that is not Ethernet nobody is asked; it is still listened to.
            if (mac.Length == 6)
            {
                _question = new Question((uint)Random.Shared.NextInt64(1, uint.MaxValue), time.GetUtcNow());
                await socket.SendAsync(ServerFrame.Write(mac, Probe.Discover(mac, _question.Transaction)), cancellationToken);
            }
            try
            {
                await ClearAsync(link, time.GetUtcNow(), cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                logger.SentinelDelayed(link.Name, e.Message, options.Sentinel.Interval);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static byte[] MacOf(string name) => NetworkInterface.GetAllNetworkInterfaces().First(i => i.Name == name).GetPhysicalAddress().GetAddressBytes();

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
        // One that answers every machine of a rack is read and written once a minute.
        if (_known.TryGetValue(key, out var noted) && (now - noted.At).Duration() < Rewrite && (noted.Server.Verdict == ForeignDhcpServer.Own || Same(noted.Server, See(noted.Server))))
            return;
        // Read every time: another boot service of the site may have said since that it is its own.
        var before = await ReadAsync(key, cancellationToken);
        if (before is { Verdict: ForeignDhcpServer.Own } && now - before.LastSeen < Forgotten)
        {
            _known[key] = (before, now);
            return;
        }
        if (before is null && !await RoomAsync(now, cancellationToken))
            return;
        var seen = See(before);
        await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.DhcpServer(site.Idc, key), JsonSerializer.SerializeToUtf8Bytes(seen, CoreJson.Default.ForeignDhcpServer))] }, cancellationToken);
        _known[key] = (seen, now);
        if (seen.Verdict == before?.Verdict)
            return;
        if (seen.Verdict == ForeignDhcpServer.Rogue)
            logger.RogueServer(site.Idc, link.Name, key, reply.Mac, seen.Offered, seen.BootFile);
        else
            logger.OtherServer(site.Idc, link.Name, key, reply.Mac, seen.Verdict);

        ForeignDhcpServer See(ForeignDhcpServer? known) => ForeignServers.Of(reply, server, link, options, known, Whole(reply, known) ? null : known, now);
    }

    private static bool Same(ForeignDhcpServer one, ForeignDhcpServer other) => (one.Verdict, one.Kind) == (other.Verdict, other.Kind);

    /// <summary>The first answer to our own question tells everything that the server tells PXE clients; what it told before and does not any more has been mended.</summary>
    private bool Whole(ServerReply reply, ForeignDhcpServer? known) => reply.Packet.TransactionId == _question.Transaction && !(known?.LastSeen >= _question.At);

    /// <summary>A rogue that leaves questions without an answer is switched off, or mended: the alarm ends, and what was known of it stays.</summary>
    private async Task ClearAsync(DhcpInterface link, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var silence = SilentRounds * options.Sentinel.Interval;
        var page = await store.ListAsync(Keys.DhcpServers(site.Idc), null, 2 * MostServers, 0, cancellationToken);
        foreach (var entry in page.Entries)
        {
            if (Parse(entry) is not { Verdict: ForeignDhcpServer.Rogue } server || server.Interface != link.Name || now - server.LastSeen <= (silence > LeastSilence ? silence : LeastSilence))
                continue;
            var gone = JsonSerializer.SerializeToUtf8Bytes(server with { Verdict = ForeignDhcpServer.Gone }, CoreJson.Default.ForeignDhcpServer);
            var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(entry.Key, entry.ModRevision)], Writes = [StoreWrite.Put(entry.Key, gone)] }, cancellationToken);
            _known.TryRemove(server.Server, out _);
            if (result.Applied)
                logger.RogueGone(site.Idc, link.Name, server.Server, server.Mac, server.LastSeen);
        }
    }

    /// <summary>Says that our own answers are the site's, for the sentinels of its other boot services; also where this one watches for nobody.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Sentinel.Interval, time);
        do
            await DeclareOnceAsync(cancellationToken);
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task DeclareOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (link, mac) = (DhcpInterface.Find(name), MacOf(name));
            var own = link.Address.ToString();
            var before = await ReadAsync(own, cancellationToken);
            var now = time.GetUtcNow();
            var self = new ForeignDhcpServer
            {
                Server = own, Mac = ServerFrame.Text(mac), Interface = link.Name, Kind = options.Dhcp.Mode == DhcpMode.Full ? ForeignDhcpServer.Addresses : ForeignDhcpServer.Proxy,
                Verdict = ForeignDhcpServer.Own, FirstSeen = before?.FirstSeen ?? now, LastSeen = now,
            };
            await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.DhcpServer(site.Idc, own), JsonSerializer.SerializeToUtf8Bytes(self, CoreJson.Default.ForeignDhcpServer))] }, cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or InvalidOperationException)
        {
            logger.SentinelDelayed(name, e.Message, options.Sentinel.Interval);
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
