using System.Collections.Concurrent;
using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LpmOs.Bench.Twins;

/// <summary>
/// Sockets of machines: made in the machines' own network namespace (setns(2) binds a thread, and a socket stays where it was made), so that each machine has the address that
/// DHCP gave it while this program itself stays in the services' namespace.
/// </summary>
internal sealed partial class TwinNetwork : IDisposable
{
    public static readonly IPAddress Server = IPAddress.Parse("10.77.0.1"), Relay = IPAddress.Parse("10.77.0.2"), Machines = IPAddress.Parse("10.78.0.1");
    public const string Range = "10.78.0.10-10.78.255.250", Netmask = "255.255.0.0";

    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET
    /// <summary>What is left of the files that a process may have open, besides the connections of machines: sockets of their DHCP and TFTP, and this program's own.</summary>
    public const int OtherFiles = 3000;

    private readonly BlockingCollection<Action> _work = [];
    // Machines share what one process may have open: who finds no place waits for another to hang up, as behind a router with a full table.
    private readonly SemaphoreSlim _places = new(Places());
    private readonly Thread _thread;

    /// <param name="name">Of the namespace, as <c>ip netns</c> knows it.</param>
    public TwinNetwork(string name)
    {
        var entered = new TaskCompletionSource();
        _thread = new Thread(() => Run(name, entered)) { IsBackground = true };
        _thread.Start();
        entered.Task.GetAwaiter().GetResult();
    }

    public Task<Socket> UdpAsync(IPAddress address, int port = 0) => MakeAsync(SocketType.Dgram, ProtocolType.Udp, new IPEndPoint(address, port));

    public async Task<Stream> ConnectAsync(IPAddress address, DnsEndPoint server, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        Socket? socket = null;
        try
        {
            socket = await MakeAsync(SocketType.Stream, ProtocolType.Tcp, new IPEndPoint(address, 0));
            socket.NoDelay = true;
            await socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port, cancellationToken);
            return new Connection(socket, _places);
        }
        catch
        {
            socket?.Dispose();
            _places.Release();
            throw;
        }
    }

    /// <summary>Gives its place back when it is closed.</summary>
    private sealed class Connection(Socket socket, SemaphoreSlim places) : NetworkStream(socket, ownsSocket: true)
    {
        private int _closed;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (Interlocked.Exchange(ref _closed, 1) == 0)
                places.Release();
        }
    }

    private static int Places()
    {
        var allowed = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal))["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(allowed, NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? Math.Max(1000, files - OtherFiles) : int.MaxValue;
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private Task<Socket> MakeAsync(SocketType type, ProtocolType protocol, IPEndPoint local)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            try
            {
                socket.Bind(local);
                made.SetResult(socket);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                made.SetException(e);
            }
        });
        return made.Task;
    }

    private void Run(string name, TaskCompletionSource entered)
    {
        try
        {
            using var handle = File.OpenHandle($"/run/netns/{name}");
            if (SetNamespace((int)handle.DangerousGetHandle(), NetworkNamespace) != 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            entered.SetResult();
        }
        catch (Exception e) when (e is IOException or Win32Exception or UnauthorizedAccessException)
        {
            entered.SetException(new InvalidOperationException($"The machines' network namespace {name} cannot be entered ({e.Message}); run `make twins`, as root.", e));
            return;
        }
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
