using System.Globalization;
using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(p) BIOS, etcd and three services: the boot service stands still (SIGSTOP) in the middle of the image, until the agent gives its connection up.</summary>
public sealed partial class StalledImageTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "p")]
    public async Task An_image_server_that_stood_still_is_asked_for_the_rest_and_every_file_is_whole()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("p");
        await using var network = await LabNetwork.CreateAsync("p", folder, cancellationToken);
        await using var deployment = await Deployment.SeparateAsync(network, "full", cancellationToken);
        var spec = new MachineSpec { Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-STALL-0001", Mac = "52:54:00:77:00:11", DiskSerial = "VD-STALL" };
        PacketCapture? capture = null;
        long stoppedAt = 0;
        var it = new StorageCase("p BIOS, image server stalled and resumed", spec, network, output)
        {
            WhileInstalling = async (machine, token) =>
            {
                capture = await PacketCapture.RequestsAsync(network, "requests", 8082, token);
                await machine.Console.WaitForAsync(HalfWay(), TimeSpan.FromSeconds(900), token);
                await deployment.Boot!.SignalAsync("STOP", token);
                var broken = await machine.Console.WaitForAsync(BrokenOff(), TimeSpan.FromSeconds(600), token);
                stoppedAt = long.Parse(BrokenOff().Match(broken.Text).Groups["byte"].Value, CultureInfo.InvariantCulture);
                await deployment.Boot.SignalAsync("CONT", token);
            },
        };
        await using var machine = new VirtualMachine(network, spec);

        var answer = await it.InstallAsync(machine, """{"preset":"plain"}""", cancellationToken);
        await using (capture!)
            await capture!.StopAsync();
        var size = answer.GetProperty("plan").GetProperty("image").GetProperty("size_bytes").GetInt64();
        Assert.InRange(stoppedAt, 1, size - 1);
        var requests = await capture.FieldsAsync("http.request.method == GET && http.request.uri contains \"debian-12.tar.zst\"", ["http.request.line"], cancellationToken);
        Assert.DoesNotContain("Range:", requests[0], StringComparison.Ordinal);
        Assert.Contains(requests.Skip(1), request => request.Contains($"Range: bytes={stoppedAt.ToString(CultureInfo.InvariantCulture)}-", StringComparison.Ordinal));
        Assert.All(requests.Skip(1), request => Assert.Contains("Range: bytes=", request, StringComparison.Ordinal));
        Assert.Contains("/ /dev/vda3 ext4", await StorageCase.WitnessAsync(machine, cancellationToken), StringComparison.Ordinal);
        await machine.PowerOffAsync();

        var source = Directory.CreateDirectory(Path.Combine(folder, "archive")).FullName;
        await Command.RunAsync("tar", ["--zstd", "-xf", Path.Combine(Repository.Files, "images", "debian-12.tar.zst"), "-C", source], cancellationToken);
        var (_, partitions) = await new DiskImage(machine.DiskFile).PartitionsAsync(cancellationToken);
        Assert.Empty(await new StorageImage(machine.DiskFile).DifferencesAsync(partitions[2], "/usr", source, Path.Combine(folder, "installed"), cancellationToken));
        await it.EndAsync(machine, cancellationToken);
    }

    [GeneratedRegex(@"Progress: \[\s*6[2-7]%\] downloading")]
    private static partial Regex HalfWay();

    [GeneratedRegex(@"Transfer broke off at byte (?<byte>\d+) of \d+: nothing came for")]
    private static partial Regex BrokenOff();
}
