using System.Security.Cryptography;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(l) UEFI: the two equal disks of three are chosen; the third holds data.</summary>
public sealed class DiskChoiceTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "l")]
    public async Task Two_equal_disks_are_installed_and_a_decoy_full_of_data_keeps_every_byte()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("l");
        await using var network = await LabNetwork.CreateAsync("l", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var decoy = Path.Combine(folder, "decoy.raw");
        await new SampleDisk(decoy).MakeDataAsync(cancellationToken);
        await using (var grow = File.OpenWrite(decoy))
            grow.SetLength(5L << 30);
        var second = new ExtraDisk(Path.Combine(folder, "second.raw"), "VD-EQUAL-2", 4L << 30);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Uefi, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-EQUAL-0001", Mac = "52:54:00:77:00:0c", DiskSerial = "VD-EQUAL-1",
            DisksBehind = [second], DisksInFront = [decoy],
        };
        var before = await DigestAsync(decoy, cancellationToken);
        var it = new StorageCase("l UEFI, two equal disks and a decoy", spec, network, output);
        await using var machine = new VirtualMachine(network, spec);

        var answer = await it.InstallAsync(machine, """{"preset":"raid1-lvm","disk":{"equal":2}}""", cancellationToken);
        var verdicts = answer.GetProperty("disks").EnumerateArray().ToDictionary(disk => disk.GetProperty("serial").GetString()!);
        Assert.Equal((true, true, false), (verdicts["VD-EQUAL-1"].GetProperty("chosen").GetBoolean(), verdicts["VD-EQUAL-2"].GetProperty("chosen").GetBoolean(), verdicts["FRONT-1"].GetProperty("chosen").GetBoolean()));
        Assert.Equal("none is equal to it", verdicts["FRONT-1"].GetProperty("reason").GetString());
        Assert.True(verdicts["FRONT-1"].GetProperty("holds_data").GetBoolean());
        foreach (var said in (string[])[await StorageCase.WitnessAsync(machine, cancellationToken), await it.RestartAsync(machine, "power cycle", cancellationToken)])
        {
            Assert.Contains("/ /dev/mapper/system-root ext4", said, StringComparison.Ordinal);
            Assert.Matches(@"/boot /dev/md\S+ ext4", said);
            Assert.Equal(2, said.Split("[2/2] [UU]").Length - 1);
        }
        await machine.PowerOffAsync();
        Assert.Equal(before, await DigestAsync(decoy, cancellationToken));
        foreach (var file in (string[])[machine.DiskFile, second.File])
        {
            var (_, partitions) = await new DiskImage(file).PartitionsAsync(cancellationToken);
            Assert.Equal(["bios", "esp", "boot", "lvm"], partitions.Select(partition => partition.Name));
            Assert.Contains("BOOTX64.EFI", await new DiskImage(file).ListEspAsync(partitions[1], cancellationToken), StringComparison.OrdinalIgnoreCase);
        }
        await it.EndAsync(machine, cancellationToken);
    }

    private static async Task<string> DigestAsync(string file, CancellationToken cancellationToken)
    {
        await using var bytes = File.OpenRead(file);
        return Convert.ToHexString(await SHA256.HashDataAsync(bytes, cancellationToken));
    }
}
