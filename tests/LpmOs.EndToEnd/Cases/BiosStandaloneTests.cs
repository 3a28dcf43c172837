using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(a) BIOS, virtio NIC and disk, our DHCP server, standalone.</summary>
public sealed class BiosStandaloneTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "a")]
    public async Task Bios_server_with_virtio_is_installed_by_standalone_with_its_own_dhcp_server()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("a");
        await using var network = await LabNetwork.CreateAsync("a", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-BIOS-0001",
            Mac = "52:54:00:77:00:01",
            DiskSerial = "VD-0001",
        };
        await new InstallationCase("a BIOS, virtio, DHCP full, standalone", spec, network, deployment, output)
        {
            WayIn = [@"^DHCP discover \(ipxe\)", @"^DHCP offer \(ipxe\)", @"^DHCP ack \(ipxe\)"],
            CheckPackets = async (capture, token) =>
            {
                // One DHCP server is on the wire, and it is ours.
                var answers = await capture.DhcpAsync("dhcp.type == 2", token);
                Assert.NotEmpty(answers);
                Assert.All(answers, answer => Assert.Contains(LabNetwork.Address, answer, StringComparison.Ordinal));
                var requests = await capture.HttpRequestsAsync(token);
                Assert.Contains(requests, request => request.Contains("initramfs", StringComparison.Ordinal));
                Assert.Contains(requests, request => request.Contains("/api/v1/installed", StringComparison.Ordinal));
            },
        }.RunAsync(cancellationToken);
    }
}
