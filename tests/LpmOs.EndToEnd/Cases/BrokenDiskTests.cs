using System.Globalization;
using System.Security.Cryptography;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(r) BIOS: a disk with a sector that cannot be written, in the middle of the new system's files; and a second disk that the plan does not name.</summary>
public sealed class BrokenDiskTests(ITestOutputHelper output)
{
    private const int Edge = 1 << 20;
    // Where the files of the sample system lie: its root begins at 258 MiB and is filled from its beginning.
    private const long BrokenByte = 420L << 20;

    [Fact]
    [Trait("case", "r")]
    public async Task A_sector_that_cannot_be_written_fails_the_task_with_its_place_and_leaves_nothing_that_boots()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("r");
        await using var network = await LabNetwork.CreateAsync("r", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var other = new ExtraDisk(Path.Combine(folder, "other.raw"), "VD-OTHER", 2L << 30);
        await new SampleDisk(other.File).MakeDataAsync(cancellationToken);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-BROKEN-0001", Mac = "52:54:00:77:00:12", DiskSerial = "VD-BROKEN", DisksBehind = [other], BrokenByte = BrokenByte,
        };
        var before = await DigestAsync(other.File, cancellationToken);
        var it = new StorageCase("r BIOS, broken sector", spec, network, output);
        await using var machine = new VirtualMachine(network, spec);

        var task = await it.FailAsync(machine, """{"disk":{"serial":"VD-BROKEN"}}""", cancellationToken);

        var failure = task.GetProperty("failure");
        Assert.Equal("disk_failed", failure.GetProperty("code").GetString());
        Assert.Contains("The disk did not take all that was written", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("replace it", failure.GetProperty("advice").GetString(), StringComparison.Ordinal);
        // The place, in the kernel's own words, is in the log that the service kept.
        var sector = (BrokenByte / 512).ToString(CultureInfo.InvariantCulture);
        var log = await new OperatorApi(network).WaitAsync($"/api/v1/tasks/dc1/{spec.SerialNumber}/logs?limit=1000", lines => lines.ToString().Contains("I/O error, dev vda", StringComparison.Ordinal), TimeSpan.FromSeconds(120), cancellationToken);
        Assert.Contains("I/O error, dev vda, sector ", log.ToString(), StringComparison.Ordinal);
        await machine.PowerOffAsync();

        var bytes = new byte[Edge];
        await using (var disk = File.OpenRead(machine.DiskFile))
        {
            foreach (var start in (long[])[0, spec.DiskBytes - Edge])
            {
                disk.Position = start;
                await disk.ReadExactlyAsync(bytes, cancellationToken);
                Assert.False(bytes.AsSpan().ContainsAnyExcept((byte)0), $"something is left at byte {start}, beside the broken sector {sector}");
            }
        }
        Assert.Equal(before, await DigestAsync(other.File, cancellationToken));
        await it.EndAsync(machine, cancellationToken);
    }

    private static async Task<string> DigestAsync(string file, CancellationToken cancellationToken)
    {
        await using var bytes = File.OpenRead(file);
        return Convert.ToHexString(await SHA256.HashDataAsync(bytes, cancellationToken));
    }
}
