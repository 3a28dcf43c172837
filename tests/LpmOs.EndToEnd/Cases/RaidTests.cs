using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(k) BIOS and (k) UEFI: RAID 1 on two disks; the agent is killed twice in network_config; then the first disk is pulled.</summary>
public sealed class RaidTests(ITestOutputHelper output)
{
    private const long ArrayOffset = 16 << 20;

    [Fact]
    [Trait("case", "k")]
    public async Task A_mirrored_system_starts_without_its_first_disk()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("k");
        await using var network = await LabNetwork.CreateAsync("k", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken, StorageCase.KillingNetwork);
        var second = new ExtraDisk(Path.Combine(folder, "second.raw"), "VD-RAID-2", 4L << 30);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-RAID-0001", Mac = "52:54:00:77:00:0b", DiskSerial = "VD-RAID-1", DisksBehind = [second],
        };
        var it = new StorageCase("k BIOS, RAID 1, first disk pulled", spec, network, output) { NetworkIsKilled = true };
        await using var machine = new VirtualMachine(network, spec);

        var answer = await it.InstallAsync(machine, """{"preset":"raid1"}""", cancellationToken);
        var said = await StorageCase.WitnessAsync(machine, cancellationToken);
        Assert.Matches(@"/ /dev/md\S+ ext4", said);
        Assert.Contains("[2/2] [UU]", said, StringComparison.Ordinal);
        await machine.PowerOffAsync();

        // Both disks by their bytes: the same table but for its ids, both members of the planned array, GRUB and an ESP on both.
        var uuid = answer.GetProperty("plan").GetProperty("arrays")[0].GetProperty("uuid").GetString()!.Replace("-", "", StringComparison.Ordinal);
        var hosts = new List<string>();
        foreach (var file in (string[])[machine.DiskFile, second.File])
        {
            var disk = new DiskImage(file);
            var (label, partitions) = await disk.PartitionsAsync(cancellationToken);
            Assert.Equal(("gpt", 3), (label, partitions.Count));
            var member = await new StorageImage(file).ArrayMemberAsync(partitions[2], cancellationToken);
            Assert.Contains("MD_LEVEL=raid1", member, StringComparison.Ordinal);
            Assert.Contains("MD_DEVICES=2", member, StringComparison.Ordinal);
            Assert.Contains($"MD_UUID={string.Join(':', uuid.Chunk(8).Select(part => new string(part)))}", member, StringComparison.Ordinal);
            Assert.Contains("BOOTX64.EFI", await disk.ListEspAsync(partitions[1], cancellationToken), StringComparison.OrdinalIgnoreCase);
            var sector = new byte[512];
            await using (var bytes = File.OpenRead(file))
                await bytes.ReadExactlyAsync(sector, cancellationToken);
            Assert.Contains("GRUB", System.Text.Encoding.Latin1.GetString(sector), StringComparison.Ordinal);
            hosts.Add(await new StorageImage(file).ReadFileAsync(partitions[2], ArrayOffset, "/etc/mdadm/mdadm.conf", cancellationToken));
        }
        Assert.Contains("ARRAY /dev/md/root level=raid1", hosts[0], StringComparison.Ordinal);
        Assert.Equal(hosts[0], hosts[1]);

        machine.Pulled.Add(machine.DiskFile);
        var degraded = await it.RestartAsync(machine, "start without the first disk", cancellationToken);
        Assert.Matches(@"/ /dev/md\S+ ext4", degraded);
        Assert.Matches(@"\[2/1\] \[(_U|U_)\]", degraded);
        await it.EndAsync(machine, cancellationToken);
    }
}
