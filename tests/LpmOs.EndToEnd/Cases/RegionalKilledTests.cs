using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (c) UEFI, virtio NIC and disk, our DHCP server, three services over etcd; the regional service is killed in the middle of
/// the download and started again: the installation goes on.
/// </summary>
public sealed class RegionalKilledTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "c")]
    public async Task Installation_finishes_although_the_regional_service_is_killed_during_the_download()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("c");
        await using var network = await LabNetwork.CreateAsync("c", folder, cancellationToken);
        await using var deployment = await Deployment.SeparateAsync(network, "full", cancellationToken);
        var spec = new MachineSpec
        {
            // OVMF has a network driver for virtio of its own, so this one takes the long way: DHCP, TFTP, iPXE, DHCP, HTTP.
            Firmware = FirmwareKind.Uefi,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-KILL-0001",
            Mac = "52:54:00:77:00:03",
            DiskSerial = "VD-0003",
        };
        await new InstallationCase("c UEFI, virtio, TFTP, DHCP full, etcd, regional killed -9 in the download", spec, network, deployment, output)
        {
            DuringDownload = deployment.RestartRegionalAsync,
            CheckPackets = async (capture, token) =>
            {
                Assert.Contains(await capture.TftpFilesAsync(token), file => file.Contains("snponly.efi", StringComparison.Ordinal));
                // One download of the image, from its beginning to its end: the kill did not start it over.
                var requests = await capture.HttpRequestsAsync(token);
                Assert.Single(requests, request => request.Contains("debian-12.tar.zst", StringComparison.Ordinal));
            },
        }.RunAsync(cancellationToken);
    }
}
