using System.Net;
using System.Net.Sockets;
using LpmOs.Boot.Tests.Tftp;

namespace LpmOs.Boot.Tests.Lab;

/// <summary>Garbage, forged ports and floods, while a transfer goes on.</summary>
[Collection("lab")]
public sealed class StrayTrafficTests
{
    private static int Handles(int pid) => Directory.GetFiles($"/proc/{pid}/fd").Length;
    private static int Threads(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Length;

    [Fact]
    public async Task Five_thousand_stray_packets_and_port_0_neither_disturb_a_transfer_nor_leave_anything_behind()
    {
        await using var server = new TftpFixture();
        var to = new IPEndPoint(IPAddress.Loopback, server.Port);
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("undionly.kpxe|octet|blksize|1000|timeout|200|"), to);
        await client.ReceiveAsync();
        await client.AckAsync(0);
        var before = Handles(Environment.ProcessId);

        using var stray = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.99"), 0));
        using var forged = RawUdp();
        var random = new Random(5000);
        var received = new List<byte>();
        for (var block = 1; ; block++)
        {
            var data = await client.ReceiveAsync();
            Assert.Equal(block, RawClient.Block(data));
            received.AddRange(data[4..]);
            for (var i = 0; i < 17; i++) // 301 blocks: 5,117 packets
            {
                await stray.SendAsync(Garbage(random), to, TestContext.Current.CancellationToken);
                await stray.SendAsync(Garbage(random), client.Peer!, TestContext.Current.CancellationToken);
                forged?.SendTo(FromPort0(server.Port, RawClient.Request("undionly.kpxe|octet|")), to);
            }
            await client.AckAsync(block);
            if (data.Length < 1004)
                break;
        }
        Assert.Equal(server.Content, received.ToArray());

        // Another transfer still works, and is the proof that all before it has been dealt with.
        using var next = new RawClient();
        // As firmware does, again where there was no answer: the queue of the port may have been full at that moment.
        var answer = next.ReceiveAsync();
        do
            await next.SendAsync(RawClient.Request("boot.ipxe|octet|"), to);
        while (await Task.WhenAny(answer, Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken)) != answer);
        await answer;
        await next.AckAsync(1);
        Assert.InRange(Handles(Environment.ProcessId), 0, before + 5);
        Assert.InRange(server.Server.ActiveTransfers, 0, 2);
    }

    [Fact]
    public async Task The_service_survives_a_flood_on_every_port()
    {
        BootNetwork.RequirePossible();
        await using var network = new BootNetwork();
        await network.InitializeAsync();
        await network.StartServiceAsync("full", "--Boot:Dhcp:Range=10.88.0.100-10.88.0.150");
        Assert.NotEmpty(await network.UdhcpcAsync());
        var (handles, threads) = (Handles(network.ServicePid), Threads(network.ServicePid));
        await network.AtClient("ip", "addr", "add", "10.88.0.9/24", "dev", "c0");
        var script = Path.Combine(network.Folder, "flood.py");
        await File.WriteAllTextAsync(script, """
            import os, random, socket
            random.seed(1)
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            head = bytes([1, 1, 6, 0]) + bytes(232) + bytes([0x63, 0x82, 0x53, 0x63])
            for i in range(5000):
                p = [os.urandom(random.randrange(600)), head[:28] + os.urandom(6) + head[34:] + bytes([53, 1, 1, 255]),
                     head + os.urandom(60), bytes([0, 2]) + b'x\0octet\0', bytes([0, random.randrange(9)]) + os.urandom(40)][i % 5]
                s.sendto(p, ('10.88.0.1', 69 if i % 5 > 2 else 67))
            print('done')
            """, TestContext.Current.CancellationToken);
        var (code, output) = await network.AtClient("python3", script);
        Assert.True(File.Exists("/usr/bin/python3"), "python3 is not installed: build/install-prerequisites.sh installs it.");
        Assert.True(code == 0, output);
        var target = Path.Combine(network.Folder, "after");
        (code, output) = await network.AtClient("curl", "-sS", "-o", target, "tftp://10.88.0.1/undionly.kpxe");
        Assert.True(code == 0, output);
        await network.AtClient("ip", "addr", "flush", "dev", "c0");
        Assert.NotEmpty(await network.UdhcpcAsync());
        Assert.InRange(Handles(network.ServicePid), 1, handles + 10);
        // The run time's pool grows by itself on a busy machine; a thread for one packet in a hundred would be a leak.
        Assert.InRange(Threads(network.ServicePid), 1, threads + 40);
    }

    private static byte[] Garbage(Random random)
    {
        var garbage = new byte[random.Next(700)];
        random.NextBytes(garbage);
        if (garbage.Length > 1)
            (garbage[0], garbage[1]) = (0, (byte)random.Next(3, 8)); // Data, acknowledgements and errors of no transfer.
        return garbage;
    }

    /// <summary>Null without root: then only the rest is tested.</summary>
    private static Socket? RawUdp()
    {
        try
        {
            return new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>A UDP header of our own, without checksum, as no honest stack would send it.</summary>
    private static byte[] FromPort0(int port, byte[] payload) =>
        [0, 0, (byte)(port >> 8), (byte)port, (byte)((payload.Length + 8) >> 8), (byte)(payload.Length + 8), 0, 0, .. payload];
}
