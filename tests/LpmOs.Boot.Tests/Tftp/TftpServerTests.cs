using System.Net;
using System.Text;

namespace LpmOs.Boot.Tests.Tftp;

public sealed class TftpServerTests(TftpFixture server) : IClassFixture<TftpFixture>
{
    private IPEndPoint At(string address = "127.0.0.1") => new(IPAddress.Parse(address), server.Port);

    private static string Text(byte[] datagram) => Encoding.Latin1.GetString(datagram).Replace('\0', '|');

    /// <summary>Fetches a file in the plainest way, from wherever the client stands.</summary>
    private static async Task<byte[]> Drain(RawClient client, byte[] first, int blockSize)
    {
        var all = new List<byte>();
        var expected = 1;
        for (var data = first; ; data = await client.ReceiveAsync())
        {
            if (RawClient.Block(data) != (expected & 0xffff))
                continue; // A repetition.
            all.AddRange(data[4..]);
            await client.AckAsync(expected++);
            if (data.Length < blockSize + 4)
                return [.. all];
        }
    }

    [Fact]
    public async Task Without_options_there_are_blocks_of_512_and_no_option_answer()
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("undionly.kpxe|octet|"), At());
        var first = await client.ReceiveAsync();
        Assert.Equal(516, first.Length);
        Assert.NotEqual(server.Port, client.Peer!.Port);
        Assert.Equal(server.Content, await Drain(client, first, 512));
    }

    [Theory]
    [InlineData("undionly.kpxe")]
    [InlineData("/undionly.kpxe")]
    [InlineData("ipxe/undionly.kpxe")]
    [InlineData("\\ipxe\\undionly.kpxe")]
    public async Task A_boot_program_is_found_however_firmware_writes_its_path(string path)
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request($"{path}|octet|tsize|0|"), At());
        Assert.Equal("|\u0006tsize|300001|", Text(await client.ReceiveAsync()));
        await client.SendAsync(RawClient.Request("|\u0008enough|", 5), client.Peer!);
    }

    [Fact]
    public async Task The_entry_script_is_served_too()
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("boot.ipxe|octet|"), At());
        Assert.Equal("|\u0003|\u0001#!ipxe\nshell\n", Text(await client.ReceiveAsync()));
        await client.AckAsync(1);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("ipxe/../../../etc/passwd")]
    [InlineData("..\\..\\etc\\passwd")]
    [InlineData("nothing")]
    [InlineData("ipxe")]
    public async Task What_is_not_ours_is_not_found(string path)
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request($"{path}|octet|"), At());
        Assert.Equal("|\u0005|\u0001no such file|", Text(await client.ReceiveAsync()));
    }

    [Fact]
    public async Task Writing_is_an_access_violation()
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("undionly.kpxe|octet|", 2), At());
        Assert.Equal("|\u0005|\u0002this server only reads|", Text(await client.ReceiveAsync()));
    }

    [Fact]
    public async Task The_answer_comes_from_the_address_that_was_asked()
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("boot.ipxe|octet|"), At("127.0.0.53"));
        await client.ReceiveAsync();
        Assert.Equal("127.0.0.53", client.Peer!.Address.ToString());
        await client.AckAsync(1);
    }

    [Fact]
    public async Task Ipv6_is_served()
    {
        using var client = new RawClient(IPAddress.IPv6Loopback);
        await client.SendAsync(RawClient.Request("undionly.kpxe|octet|blksize|1408|"), new IPEndPoint(IPAddress.IPv6Loopback, server.Port6));
        Assert.Equal("|\u0006blksize|1408|", Text(await client.ReceiveAsync()));
        await client.AckAsync(0);
        Assert.Equal(server.Content, await Drain(client, await client.ReceiveAsync(), 1408));
    }

    [Fact]
    public async Task What_the_client_lost_comes_again()
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("undionly.kpxe|octet|blksize|1468|timeout|1|"), At());
        var answer = Text(await client.ReceiveAsync());
        Assert.Equal(answer, Text(await client.ReceiveAsync())); // The option answer was lost.
        await client.AckAsync(0);
        byte[] first;
        do
            first = await client.ReceiveAsync();
        while (first[1] == 6); // The option answer came once more before our acknowledgement was there.
        Assert.Equal(first, await client.ReceiveAsync()); // So was block 1.
        Assert.Equal(server.Content, await Drain(client, first, 1468));
    }

    [Fact]
    public async Task Every_acknowledgement_twice_does_not_double_the_data()
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("undionly.kpxe|octet|blksize|1468|timeout|200|"), At());
        await client.ReceiveAsync();
        await client.AckAsync(0);
        var datagrams = 0;
        for (var block = 1; ; block++)
        {
            var data = await client.ReceiveAsync();
            datagrams++;
            Assert.Equal(block, RawClient.Block(data));
            await client.AckAsync(block);
            await client.AckAsync(block);
            if (data.Length < 1472)
                break;
        }
        Assert.Equal(300_001 / 1468 + 1, datagrams);
        Assert.Equal(0, client.Pending);
    }

    [Fact]
    public async Task A_window_with_holes_is_filled_from_the_hole()
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("undionly.kpxe|octet|blksize|1000|windowsize|8|"), At());
        Assert.Equal("|\u0006blksize|1000|windowsize|8|", Text(await client.ReceiveAsync()));
        await client.AckAsync(0);
        var random = new Random(8);
        var all = new List<byte>();
        var (expected, sinceAck, lost) = (1, 0, 0);
        while (true)
        {
            var data = await client.ReceiveAsync();
            var block = RawClient.Block(data);
            if (random.Next(10) == 0)
            {
                lost++;
                continue; // This datagram never arrived.
            }
            if (block != expected)
            {
                if (block > expected)
                    await client.AckAsync(expected - 1); // RFC 7440 section 4: the last one in order.
                continue;
            }
            all.AddRange(data[4..]);
            expected++;
            if (data.Length < 1004 || ++sinceAck == 8)
            {
                sinceAck = 0;
                await client.AckAsync(block);
            }
            if (data.Length < 1004)
                break;
        }
        Assert.True(lost > 10);
        Assert.Equal(server.Content, all.ToArray());
    }

    [Fact]
    public async Task A_repeated_request_does_not_start_a_second_transfer()
    {
        using var client = new RawClient();
        var request = RawClient.Request("undionly.kpxe|octet|tsize|0|timeout|200|");
        for (var i = 0; i < 5; i++)
            await client.SendAsync(request, At());
        await client.ReceiveAsync();
        var peer = client.Peer;
        await client.AckAsync(0);
        Assert.Equal(1, RawClient.Block(await client.ReceiveAsync()));
        Assert.Equal(peer, client.Peer);
        Assert.Equal(0, client.Pending);
        await client.SendAsync(RawClient.Request("||bye|", 5), client.Peer!);
    }

    [Fact]
    public async Task Datagrams_that_say_nothing_new_do_not_keep_a_transfer_from_its_repetition()
    {
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("undionly.kpxe|octet|timeout|1|"), At());
        await client.ReceiveAsync();
        await client.AckAsync(0);
        var first = await client.ReceiveAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var noise = NoiseAsync(stop.Token);
        Assert.Equal(first, await client.ReceiveAsync());
        await stop.CancelAsync();
        await noise;
        await client.SendAsync(RawClient.Request("||bye|", 5), client.Peer!);

        // More often than the server looks at its clock when all is quiet.
        async Task NoiseAsync(CancellationToken cancellationToken)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            for (var n = 0; !cancellationToken.IsCancellationRequested; n++)
            {
                if (n % 2 == 0)
                    await client.AckAsync(60_000);
                else
                    await client.SendAsync([1], client.Peer!);
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task One_client_cannot_take_all_transfers()
    {
        var clients = Enumerable.Range(0, 20).Select(_ => new RawClient(IPAddress.Parse("127.0.0.77"))).ToList();
        foreach (var greedy in clients)
            await greedy.SendAsync(RawClient.Request("undionly.kpxe|octet|timeout|200|"), At("127.0.0.76"));
        using var other = new RawClient();
        await other.SendAsync(RawClient.Request("boot.ipxe|octet|"), At());
        await other.ReceiveAsync(); // The requests before it have been seen.
        await other.AckAsync(1);
        // Each of the sixteen answers from a thread of its own, some after the other client's; the four that wait get none while nobody ends.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (clients.Count(c => c.Pending > 0) < 16)
            await Task.Delay(20, limit.Token);
        Assert.Equal(16, clients.Count(c => c.Pending > 0));
        Assert.Equal(4, server.Server.WaitingRequests);
        foreach (var greedy in clients.Where(c => c.Pending > 0))
        {
            await greedy.ReceiveAsync();
            await greedy.SendAsync(RawClient.Request("||bye|", 5), greedy.Peer!);
        }
        clients.ForEach(c => c.Dispose());
    }
}
