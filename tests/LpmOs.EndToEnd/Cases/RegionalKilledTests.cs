using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(c) The regional service is killed in the middle of the download and started again: the installation goes on.</summary>
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
            Firmware = FirmwareKind.Bios,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-KILL-0001",
            Mac = "52:54:00:77:00:03",
            DiskSerial = "VD-0003",
        };
        await new InstallationCase("c BIOS, regional service killed -9 during the download", spec, network, deployment, output)
        {
            DuringDownload = deployment.RestartRegionalAsync,
            CheckPackets = async (capture, token) =>
            {
                // One download of the image, from its beginning to its end: the kill did not start it over.
                var requests = await capture.HttpRequestsAsync(token);
                Assert.Single(requests, request => request.Contains("debian-12.tar.zst", StringComparison.Ordinal));
            },
        }.RunAsync(cancellationToken);
    }
}
