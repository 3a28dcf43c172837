namespace LpmOs.Boot.Tests.Lab;

/// <summary>A room that is switched on at once, and addresses that somebody has taken.</summary>
[Collection("lab")]
public sealed class ManyMachinesTests : IAsyncLifetime
{
    private readonly BootNetwork _network = new();

    public ValueTask InitializeAsync() => _network.InitializeAsync();

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    /// <summary>Asks as so many PXE ROMs within a second, each again after 4, 8 and 16 seconds as ROMs do (PXE specification 2.1, section 2.2.1), until all have an address of their own.</summary>
    private const string Clients = """
        import random, select, socket, struct, sys, time
        count = int(sys.argv[1])
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.setsockopt(socket.SOL_SOCKET, 25, b'c0\0')
        s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
        s.bind(('', 68))
        def message(n, kind, options=b''):
            return (struct.pack('!BBBBIHH', 1, 1, 6, 0, n, 0, 0x8000) + bytes(16) + bytes([2, 0, 0, 1, n >> 8, n & 255]) + bytes(202) + b'\x63\x82\x53\x63'
                    + bytes([53, 1, kind]) + b'\x3c\x20PXEClient:Arch:00000:UNDI:002001' + b'\x5d\x02\0\0' + options + b'\xff')
        def options(p):
            found, i = {}, 240
            while i < len(p) and p[i] != 255:
                if p[i] == 0: i += 1; continue
                found[p[i]] = p[i + 2:i + 2 + p[i + 1]]; i += 2 + p[i + 1]
            return found
        offers, acks, asked, sent = {}, {}, {}, 0
        start = time.monotonic()
        while len(acks) < count and time.monotonic() - start < 100:
            now = time.monotonic()
            while sent < count and sent / count <= now - start:
                s.sendto(message(sent, 1), ('255.255.255.255', 67)); asked[sent] = [now, 4]; sent += 1
            for n in [n for n in asked if n not in acks and now - asked[n][0] > asked[n][1]]:
                s.sendto(offers.get(n) or message(n, 1), ('255.255.255.255', 67)); asked[n] = [now, asked[n][1] * 2]
            while select.select([s], [], [], 0.001)[0]:
                p = s.recv(2048); n = struct.unpack('!I', p[4:8])[0]; o = options(p); address = socket.inet_ntoa(p[16:20])
                if o[53] == b'\x02' and n not in offers:
                    offers[n] = message(n, 3, b'\x32\x04' + p[16:20] + b'\x36\x04' + o[54]); s.sendto(offers[n], ('255.255.255.255', 67))
                elif o[53] == b'\x05': acks[n] = address
        print(len(acks), len(set(acks.values())), sum(1 for n in asked if asked[n][1] == 4), ' '.join(sorted(set(acks.values()))[:3]))
        """;

    private async Task<string[]> AskAsync(int count)
    {
        var script = Path.Combine(_network.Folder, "clients.py");
        await File.WriteAllTextAsync(script, Clients, TestContext.Current.CancellationToken);
        await Command.Run("ip", "-n", _network.Client, "addr", "replace", "10.88.255.254/16", "dev", "c0");
        var (code, output) = await _network.AtClient("python3", script, $"{count}");
        Assert.True(code == 0, output);
        return output.Trim().Split(' ');
    }

    [Fact]
    public async Task Five_hundred_machines_within_a_second_all_get_an_address_of_their_own()
    {
        BootNetwork.RequirePossible();
        await _network.StartServiceAsync("full", "--Boot:Dhcp:Netmask=255.255.0.0", "--Boot:Dhcp:Range=10.88.1.0-10.88.4.255");
        var answer = await AskAsync(500);
        TestContext.Current.TestOutputHelper?.WriteLine($"answered {answer[0]}, without asking again {answer[2]}");
        Assert.Equal(("500", "500"), (answer[0], answer[1]));
    }

    [Fact]
    public async Task An_address_that_somebody_has_taken_is_not_offered()
    {
        BootNetwork.RequirePossible();
        await Command.Run("ip", "-n", _network.Client, "addr", "add", "10.88.0.100/24", "dev", "c0");
        await Command.Run("ip", "-n", _network.Client, "addr", "add", "10.88.0.101/24", "dev", "c0");
        await _network.StartServiceAsync("full", "--Boot:Dhcp:Range=10.88.0.100-10.88.0.102", "--Boot:Dhcp:ConflictProbeTime=5s");
        var answer = await AskAsync(1);
        Assert.Equal(("1", "10.88.0.102"), (answer[0], answer[3]));
    }
}
