using System.Collections.Immutable;
using System.Net.Sockets;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery.Lldp;

/// <summary>Listens on every hardware interface for the switch at its other end, for as long as the agent runs. Switches speak every 30 seconds, so the first report goes out without.</summary>
internal sealed class LldpListener(SystemTree tree)
{
    private const int MostInterfaces = 64;
    private const int LongestFrame = 2048;
    private readonly Lock _gate = new();
    private ImmutableDictionary<string, LldpNeighbour> _heard = ImmutableDictionary<string, LldpNeighbour>.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was heard so far, by interface.</summary>
    public IReadOnlyDictionary<string, LldpNeighbour> Heard
    {
        get
        {
            lock (_gate)
                return _heard;
        }
    }

    /// <summary>Ends when something else is heard than was known at the call.</summary>
    public Task ChangedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _changed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Listens until it is cancelled; interfaces that cannot be listened on are passed over.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var interfaces = tree.Names("sys/class/net").Where(name => tree.Exists($"sys/class/net/{name}/device")).Take(MostInterfaces).ToList();
        await Task.WhenAll(interfaces.Select(name => ListenAsync(name, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Listens on one interface until it is cancelled.</summary>
    public async Task ListenAsync(string name, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || tree.Number($"sys/class/net/{name}/ifindex") is not (> 0 and <= int.MaxValue and var index))
            return;
        try
        {
            using var socket = LldpSocket.Open((int)index);
            var frame = new byte[LongestFrame];
            while (true)
            {
                int length;
                try
                {
                    length = await socket.ReceiveAsync(frame.AsMemory(), SocketFlags.None, cancellationToken).ConfigureAwait(false);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.NetworkDown)
                {
                    // Told once when the interface goes down; it goes on when it is up again.
                    continue;
                }
                if (LldpParser.Parse(frame.AsSpan(0, length)) is { } neighbour)
                    Note(name, neighbour);
            }
        }
        catch (SocketException)
        {
            // Not root, or the interface is gone: the report does without.
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    public void Note(string name, LldpNeighbour neighbour)
    {
        lock (_gate)
        {
            if (_heard.TryGetValue(name, out var known) && known == neighbour)
                return;
            _heard = _heard.SetItem(name, neighbour);
            _changed.SetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
