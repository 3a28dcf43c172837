using System.Net;
using System.Net.Sockets;

namespace LpmOs.Testing;

/// <summary>
/// Ports to listen on, below the range from which the system takes ports for outgoing connections:
/// a server that is killed and restarted finds its port free.
/// </summary>
public static class LoopbackPorts
{
    // Wide, so that two test runs on one machine seldom meet, and without 10080, which browsers refuse to open.
    private const int First = 10081, Last = 31999;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    public static int Next()
    {
        lock (Gate)
        {
            while (true)
            {
                if (Given.Count > Last - First)
                    throw new InvalidOperationException($"All ports from {First} to {Last} were given to tests.");
                var port = Random.Shared.Next(First, Last + 1);
                if (Given.Add(port) && IsFree(port))
                    return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
