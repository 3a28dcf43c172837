using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LpmOs.Boot.Files;

namespace LpmOs.Boot.Tftp;

/// <summary>
/// A read-only TFTP server: RFC 1350 with options (RFC 2347, 2348, 2349) and windows (RFC 7440), over IPv4 and IPv6.
/// Each answer comes from the address that was asked: firmware drops what comes from another one of ours.
/// </summary>
internal sealed class TftpServer : IAsyncDisposable
{
    public const int MostTransfers = 512, MostTransfersPerClient = 16, MostWaiting = 4096;
    private const int ReceiveBuffer = 512 * 1024;
    private static readonly TimeSpan BusyInterval = TimeSpan.FromSeconds(10);

    private readonly FileResolver _files;
    private readonly TimeProvider _time;
    private readonly ILogger<TftpServer> _logger;
    private readonly Action<TftpTransfer> _ended;
    private readonly int _maxBlockSize;
    private readonly List<Socket> _sockets = [];
    private readonly TftpSessions _sessions;
    private readonly LinkSizes _links;
    private readonly TftpThreads _threads;
    private CancellationToken _stopping;
    private readonly Lock _gate = new();
    private long _waited, _dropped;
    private DateTimeOffset _saidBusy;

    /// <param name="maxBlockSize">Bytes of a block at most; null: as much as leaves the link in one frame.</param>
    /// <param name="ended">Told of every transfer that ended or was refused, and of long ones that go on.</param>
    /// <param name="addresses">To listen on, each with the port; port 0 for any (tests).</param>
    /// <exception cref="InvalidOperationException">A port cannot be had; the message says why and what to do.</exception>
    /// <param name="mostTransfers">At once, in all.</param>
    public TftpServer(IEnumerable<IPEndPoint> addresses, FileResolver files, TimeProvider time, ILogger<TftpServer> logger, Action<TftpTransfer>? ended = null, int? maxBlockSize = null, int mostTransfers = MostTransfers)
    {
        _sessions = new TftpSessions(mostTransfers, MostTransfersPerClient, MostWaiting, time);
        _threads = new TftpThreads(mostTransfers, Transfers, Refused);
        (_files, _time, _logger, _links, _ended, _maxBlockSize) = (files, time, logger, new LinkSizes(time), ended ?? (_ => { }), maxBlockSize ?? int.MaxValue - TftpTerms.DataHeader);
        foreach (var address in addresses)
            _sockets.Add(Listen(address));
    }

    public IReadOnlyList<IPEndPoint> EndPoints => _sockets.ConvertAll(s => (IPEndPoint)s.LocalEndPoint!);
    public int ActiveTransfers => _sessions.Count;
    public int WaitingRequests => _sessions.CountWaiting;
    /// <summary>Requests that had to wait for a place, and those that were put off since too many wait, since the start.</summary>
    public long Waited => Interlocked.Read(ref _waited);
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Runs until cancelled, then ends every transfer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _stopping = cancellationToken;
        foreach (var endPoint in EndPoints)
            _logger.TftpStarted(endPoint);
        await Task.WhenAll(_sockets.Select(s => ReceiveAsync(s, cancellationToken)));
        await _threads.CloseAsync();
    }

    public ValueTask DisposeAsync()
    {
        _sockets.ForEach(s => s.Dispose());
        return ValueTask.CompletedTask;
    }

    private static Socket Listen(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.ReceiveBufferSize = ReceiveBuffer; // A rack that is switched on asks within one second.
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            socket.SetSocketOption(Level(address.AddressFamily), SocketOptionName.PacketInformation, true);
            socket.Bind(address);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            var advice = e.SocketErrorCode switch
            {
                SocketError.AccessDenied => "not permitted. Run as root or with CAP_NET_BIND_SERVICE, choose a port above 1023 in Boot:Tftp:Port, or set Boot:Tftp:Enabled to false",
                SocketError.AddressAlreadyInUse => "another TFTP server has it. Stop that one, or set Boot:Tftp:Address to an address of its own, or Boot:Tftp:Enabled to false",
                SocketError.AddressNotAvailable => "this machine does not have that address. Correct Boot:Tftp:Address",
                _ => e.Message,
            };
            throw new InvalidOperationException($"one that can be listened on. UDP {address} cannot: {advice}", e);
        }
    }

    private static SocketOptionLevel Level(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;

    private async Task ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[TftpRequest.MaximumLength + 1];
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var result = await socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, any, cancellationToken);
                Accept(buffer.AsSpan(0, result.ReceivedBytes), (IPEndPoint)result.RemoteEndPoint, result.PacketInformation);
            }
            catch (SocketException e) when (!cancellationToken.IsCancellationRequested)
            {
                _logger.TftpSocketError(e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Accept(ReadOnlySpan<byte> datagram, IPEndPoint client, IPPacketInformation arrival)
    {
        // Port 0 cannot be answered. What is not a request has lost its way: silence, for an error would answer forged senders.
        if (client.Port == 0 || !TftpRequest.TryParse(datagram, out var request))
            return;
        var asked = new TftpArrival(request, client, arrival);
        switch (_sessions.Enter(asked))
        {
            case TftpAdmission.Starts:
                _threads.Take(asked);
                break;
            case TftpAdmission.Waits:
                Interlocked.Increment(ref _waited);
                break;
            case TftpAdmission.Displaces:
                Interlocked.Increment(ref _waited);
                goto case TftpAdmission.Dropped;
            case TftpAdmission.Dropped:
                Interlocked.Increment(ref _dropped);
                SayBusy(client);
                break;
        }
    }

    /// <summary>Once in a while: a flood of requests is not to become a flood of log lines.</summary>
    private void SayBusy(IPEndPoint client)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            if (now - _saidBusy < BusyInterval)
                return;
            _saidBusy = now;
        }
        _logger.TftpBusy(client, string.Create(CultureInfo.InvariantCulture, $"{_sessions.Count} transfers are under way and {_sessions.CountWaiting} requests wait ({Dropped} dropped since the start)"));
    }

    /// <summary>On this place and thread, who waits for one is next.</summary>
    private void Transfers(TftpArrival first)
    {
        for (TftpArrival? asked = first; asked is not null; asked = Transfer(asked))
        {
        }
    }

    /// <summary>Whoever gets this place would need a thread as well: they ask again.</summary>
    private void Refused(TftpArrival first, string why)
    {
        _logger.TftpBusy(first.Client, why);
        for (TftpArrival? asked = first; asked is not null; asked = _sessions.Leave(asked.Client))
        {
        }
    }

    /// <returns>Who is next on this place.</returns>
    private TftpArrival? Transfer(TftpArrival asked)
    {
        TftpArrival? next = null;
        try
        {
            using var session = _stopping.IsCancellationRequested ? null : Open(asked);
            session?.Run(_stopping);
        }
        finally
        {
            next = _sessions.Leave(asked.Client);
        }
        return next;
    }

    /// <summary>A session ready to run, or null where the request was refused.</summary>
    private TftpSession? Open(TftpArrival asked)
    {
        var (request, client, arrival) = asked;
        Socket? socket = null;
        try
        {
            socket = new Socket(client.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(SourceAddress(client, arrival.Address), 0));
            socket.Connect(client);
            if (request.Operation == TftpOperation.WriteRequest)
                return Refuse(socket, request, client, TftpErrorCode.AccessViolation, "this server only reads");
            if (_files.ResolveForFirmware(request.FileName, arrival.Address) is not { } file)
                return Refuse(socket, request, client, TftpErrorCode.FileNotFound, "no such file");
            var terms = TftpTerms.Negotiate(request, request.NetAscii ? null : file.Length, Math.Min(_links.LargestDatagram(arrival.Interface, client.AddressFamily), _maxBlockSize + TftpTerms.DataHeader));
            return new TftpSession(socket, request, file, terms, () => _sessions.CountWaiting > 0, _time, _logger, _ended);
        }
        catch (Exception e)
        {
            // No route back, a broadcast address, no handle left: this client is not served, the others are.
            socket?.Dispose();
            _logger.TftpBusy(client, e.Message);
            return null;
        }
    }

    private static IPAddress SourceAddress(IPEndPoint client, IPAddress asked) =>
        asked.IsIPv6LinkLocal ? new IPAddress(asked.GetAddressBytes(), client.Address.ScopeId) : asked;

    private TftpSession? Refuse(Socket socket, TftpRequest request, IPEndPoint client, TftpErrorCode code, string why)
    {
        using (socket)
            socket.Send(TftpWriter.Error(code, why));
        _logger.TftpRefused(client, request.FileName, why);
        _ended(new TftpTransfer(client, request.FileName, TftpOutcome.Refused, _time.GetUtcNow()) { Reason = why });
        return null;
    }
}
