using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;

namespace LpmOs.Bench;

/// <summary>WebSocket clients, and how long until each has seen one change.</summary>
internal static class Listeners
{
    /// <param name="change">Makes the change; its text appears in the message.</param>
    public static async Task<double[]> RunAsync(Uri service, int clients, string text, Func<Task> change)
    {
        var sockets = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri($"ws://{service.Authority}/ws"), CancellationToken.None);
            return socket;
        }));
        var start = Stopwatch.GetTimestamp();
        var seen = sockets.Select(socket => SeenAsync(socket, text)).ToArray();
        start = Stopwatch.GetTimestamp();
        await change();
        var times = (await Task.WhenAll(seen)).Select(at => Stopwatch.GetElapsedTime(start, at).TotalMilliseconds).Order().ToArray();
        foreach (var socket in sockets)
            socket.Dispose();
        return times;
    }

    /// <summary>From a change in the store, made by another than the service, to its message at a client; in ms, the shortest first.</summary>
    /// <param name="change">Makes change number n; <paramref name="text"/> of n appears in its message.</param>
    public static async Task<double[]> DelaysAsync(Uri service, int changes, Func<int, string> text, Func<int, Task> change)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{service.Authority}/ws"), CancellationToken.None);
        var times = new double[changes];
        for (var n = 0; n < changes; n++)
        {
            var seen = SeenAsync(socket, text(n));
            var start = Stopwatch.GetTimestamp();
            await change(n);
            times[n] = Stopwatch.GetElapsedTime(start, await seen).TotalMilliseconds;
        }
        Array.Sort(times);
        return times;
    }

    private static async Task<long> SeenAsync(ClientWebSocket socket, string text)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (Encoding.UTF8.GetString(buffer, 0, part.Count).Contains(text, StringComparison.Ordinal))
                return Stopwatch.GetTimestamp();
        }
    }
}
