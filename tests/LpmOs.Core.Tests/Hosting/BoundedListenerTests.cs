using System.Net;
using System.Net.Sockets;
using LpmOs.Core.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LpmOs.Core.Tests.Hosting;

public sealed class BoundedListenerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Addresses_of_one_service_share_the_places_since_they_share_the_files()
    {
        var factory = new BoundedListenerFactory(new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), "Tasks:Urls", new SemaphoreSlim(2, 2));
        await using var one = await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancellation);
        await using var two = await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancellation);
        using var first = await ConnectAsync(one);
        using var second = await ConnectAsync(two);
        var accepted = await one.AcceptAsync(Cancellation);
        var other = await two.AcceptAsync(Cancellation);
        using var third = await ConnectAsync(two);
        // Both places are taken, one of each address: there is none left, so the call does not even look for who knocks.
        var waiting = two.AcceptAsync(Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);

        first.Close();
        // Its end is noticed by who reads from it.
        while (!(await accepted!.Transport.Input.ReadAsync(Cancellation)).IsCompleted)
        {
        }
        await accepted.DisposeAsync();

        await using var late = await waiting.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.NotNull(late);
        await other!.DisposeAsync();
    }

    private static async Task<Socket> ConnectAsync(IConnectionListener listener)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint, Cancellation);
        return socket;
    }
}
