using System.Text;
using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Scripts;
using LpmOs.Boot.Tests.Dhcp;
using LpmOs.Boot.Tests.Scripts;
using LpmOs.Boot.Tftp;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Boot.Tests.Guard;

/// <summary>What a rack asks for when it is switched on stays as lean as it is.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void A_DHCP_request_and_its_answer()
    {
        var raw = Packets.Raw(DhcpMessageType.Discover, Packets.Pxe(7));
        var arrival = new DhcpArrival(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 68), 67);
        var responder = new ProxyResponder(Packets.Identity());
        Check("dhcp-proxy-answer", () =>
        {
            Assert.True(DhcpParser.TryParse(raw, out var packet, out _));
            var reply = responder.AnswerAsync(packet, arrival, CancellationToken.None);
            Assert.True(reply.IsCompleted);
            _ = DhcpWriter.Write(reply.GetAwaiter().GetResult()!.Packet, 1472);
        });
    }

    [Fact]
    public void A_TFTP_request()
    {
        byte[] raw = [0, 1, .. Encoding.ASCII.GetBytes("snponly.efi\0octet\0tsize\00\0blksize\01468\0windowsize\016\0")];
        Check("tftp-request", () => Assert.True(TftpRequest.TryParse(raw, out _)));
    }

    [Theory]
    [InlineData("boot-script-agent", null)]
    [InlineData("boot-script-approved", TaskState.Approved)]
    public async Task A_boot_script(string path, TaskState? state)
    {
        var scripts = new BootScripts(
            new SiteTemplates(Repository.Templates), OsCatalog.Load(Repository.Templates),
            BootOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Templates:Path", (string?)Repository.Templates)]).Build()),
            new FirmwareQuirks([]), new Site("dc1"), null, TimeProvider.System);
        var snapshot = await Snapshots.Of(state is { } s ? Snapshots.Task(s) : null);
        var output = new System.Buffers.ArrayBufferWriter<byte>(8192);
        Check(path, () =>
        {
            output.ResetWrittenCount();
            var request = BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", "x86_64", "Acme", "Box", out _)!;
            scripts.Write(BootDecision.Of(snapshot, "dc1", request), request, snapshot, "http://10.77.0.1:8082", output);
        });
    }

    private static void Check(string path, Action call)
    {
        var bytes = AllocationTable.Measure(call);
        Assert.True(AllocationTable.WhyTooMuch(path, bytes) is not { } why, AllocationTable.WhyTooMuch(path, bytes));
    }
}
