using System.Net;
using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Tests.Dhcp;
using LpmOs.Boot.Tftp;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Boot.Tests.Fuzz;

/// <summary>
/// Both parsers, and what answers to what they let through, against mutations of the committed seeds: datagrams as real firmware sends them.
/// The random numbers are the same in every run; a failure names the datagram, to be put among the seeds.
/// </summary>
public sealed class ParserFuzzTests
{
    private const int Rounds = 40_000;

    private static byte[][] Seeds(string folder) =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fuzz", "seeds", folder)).Order(StringComparer.Ordinal).Select(file => Convert.FromHexString(File.ReadAllText(file).Trim()))];

    /// <summary>Cuts, repeats, splices two seeds, and sets bytes to what lengths and codes like least.</summary>
    private static byte[] Mutate(Random random, byte[][] seeds)
    {
        byte[] wild = [0, 1, 4, 6, 52, 53, 82, 127, 128, 254, 255];
        var bytes = seeds[random.Next(seeds.Length)].ToList();
        for (var n = random.Next(6); n >= 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = wild[random.Next(wild.Length)]; break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, random.Next(bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(64, bytes.Count - at)))); break;
                default: var other = seeds[random.Next(seeds.Length)]; bytes = [.. bytes[..at], .. other[Math.Min(at, other.Length)..]]; break;
            }
        }
        return [.. bytes];
    }

    [Fact]
    public async Task No_DHCP_datagram_does_harm_and_every_answer_can_be_read_again()
    {
        var seeds = Seeds("dhcp");
        Assert.NotEmpty(seeds);
        var store = new MemoryStore();
        var network = new DhcpNetwork
        {
            Range = new AddressRange(0x0a4d0064, 0x0a4d00c7), Netmask = IPAddress.Parse("255.255.255.0"), Routers = [IPAddress.Parse("10.77.0.254")], LeaseTime = TimeSpan.FromHours(1), Domain = "dc1.example",
        };
        IDhcpResponder[] responders =
        [
            new ProxyResponder(Packets.Identity()),
            new FullResponder(Packets.Identity(), [new DhcpSubnet(network, new LeasePool(store, "dc1", network.Range, [Packets.Server], new ManualTime()))], Reservations.None, null, NullLogger<FullResponder>.Instance),
        ];
        var random = new Random(67);
        var (parsed, answered) = (0, 0);
        for (var i = 0; i < Rounds; i++)
        {
            var datagram = i < seeds.Length ? seeds[i] : Mutate(random, seeds);
            try
            {
                if (!DhcpParser.TryParse(datagram, out var packet, out var error))
                {
                    Assert.NotEmpty(error);
                    continue;
                }
                parsed++;
                foreach (var responder in responders)
                {
                    if (await responder.AnswerAsync(packet, new DhcpArrival(new IPEndPoint(IPAddress.Any, 68), random.Next(2) == 0 ? 67 : 4011), TestContext.Current.CancellationToken) is not { } reply)
                        continue;
                    answered++;
                    var written = DhcpWriter.Write(reply.Packet, reply.MaximumLength);
                    Assert.InRange(written.Length, DhcpWriter.MinimumLength, 1472);
                    Assert.True(DhcpParser.TryParse(written, out var back, out error), error);
                    Assert.Equal((DhcpPacket.BootReply, packet.TransactionId), (back.Operation, back.TransactionId));
                    // What a client goes by is there, once, in its right length.
                    Assert.NotEqual(DhcpMessageType.None, back.MessageType);
                    Assert.Equal(Packets.Server, back.AddressOption(DhcpOptionCode.ServerIdentifier));
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Assert.Fail($"{Convert.ToHexStringLower(datagram)}: {e}");
            }
        }
        Assert.InRange(parsed, Rounds / 20, Rounds);
        Assert.InRange(answered, Rounds / 50, 2 * Rounds);
    }

    [Fact]
    public void No_TFTP_datagram_does_harm_and_what_is_agreed_on_is_in_bounds()
    {
        var seeds = Seeds("tftp");
        Assert.NotEmpty(seeds);
        var random = new Random(69);
        var parsed = 0;
        for (var i = 0; i < 2 * Rounds; i++)
        {
            var datagram = i < seeds.Length ? seeds[i] : Mutate(random, seeds);
            try
            {
                if (!TftpRequest.TryParse(datagram, out var request))
                    continue;
                parsed++;
                Assert.InRange(request.FileName.Length, 1, TftpRequest.MaximumLength);
                Assert.DoesNotContain(request.FileName, char.IsControl);
                var terms = TftpTerms.Negotiate(request, 1_000_000, 1472);
                Assert.InRange(terms.BlockSize, 8, 1468);
                Assert.InRange(terms.WindowSize, 1, 64);
                Assert.InRange(TftpWriter.OptionAcknowledgement(terms.Accepted).Length, 2, TftpRequest.MaximumLength);
                // Nothing is agreed on that was not asked for.
                Assert.All(terms.Accepted, option => Assert.Contains(option.Name, request.Options.Keys));
            }
            catch (Exception e)
            {
                Assert.Fail($"{Convert.ToHexStringLower(datagram)}: {e}");
            }
        }
        Assert.InRange(parsed, Rounds / 20, 2 * Rounds);
    }
}
