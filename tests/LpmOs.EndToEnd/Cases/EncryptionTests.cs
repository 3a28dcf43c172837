using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(x) BIOS, the preset lvm with all but /boot on LUKS2: at each start somebody types the passphrase on the serial console.</summary>
public sealed class EncryptionTests(ITestOutputHelper output)
{
    private const string Passphrase = "e2e horse battery staple";

    [Fact]
    [Trait("case", "x")]
    public async Task An_encrypted_system_starts_with_its_passphrase_and_nothing_of_it_is_on_the_disk_in_clear()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("x");
        await using var network = await LabNetwork.CreateAsync("x", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec { Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-LUKS-0001", Mac = "52:54:00:77:00:24", DiskSerial = "VD-LUKS" };
        var it = new StorageCase("x BIOS, LVM on LUKS2", spec, network, output) { AtStart = UnlockAsync };
        await using var machine = new VirtualMachine(network, spec);

        var answer = await it.InstallAsync(machine, $$$"""{"preset":"lvm","encryption":{"passphrase":"{{{Passphrase}}}"}}""", cancellationToken);
        Assert.DoesNotContain(Passphrase, answer.ToString(), StringComparison.Ordinal);
        Assert.Equal(["/dev/vda4"], answer.GetProperty("layout").EnumerateArray().Where(row => row.TryGetProperty("encrypted", out var yes) && yes.GetBoolean()).Select(row => row.GetProperty("device").GetString()!));
        foreach (var said in (string[])[await StorageCase.WitnessAsync(machine, cancellationToken), await it.RestartAsync(machine, "power cycle", cancellationToken)])
        {
            Assert.Contains("/ /dev/mapper/system-root ext4", said, StringComparison.Ordinal);
            Assert.Contains("/var /dev/mapper/system-var ext4", said, StringComparison.Ordinal);
            Assert.Contains("/boot /dev/vda3 ext4", said, StringComparison.Ordinal);
        }
        await machine.PowerOffAsync();

        var disk = new StorageImage(machine.DiskFile);
        var (_, partitions) = await new DiskImage(machine.DiskFile).PartitionsAsync(cancellationToken);
        var header = new byte[8];
        await using (var bytes = File.OpenRead(machine.DiskFile))
        {
            bytes.Position = partitions[3].StartBytes;
            await bytes.ReadExactlyAsync(header, cancellationToken);
        }
        // "LUKS", 0xBA 0xBE, version 2 (LUKS2 On-Disk Format Specification, 2.1).
        Assert.Equal([0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE, 0x00, 0x02], header);
        Assert.True(await disk.OpensAsync(partitions[3], Passphrase, cancellationToken));
        Assert.False(await disk.OpensAsync(partitions[3], "e2e horse battery stable", cancellationToken));
        // The boot menu lies open on /boot; of a unit that the system runs at each start nothing is to be seen.
        Assert.True(await disk.HoldsAsync("grub-mkconfig replaces it", cancellationToken));
        foreach (var secret in (string[])["After=local-fs.target swap.target", "system {", Passphrase])
            Assert.False(await disk.HoldsAsync(secret, cancellationToken), secret);
        await it.CheckLogsAsync(Passphrase, cancellationToken);
        await it.EndAsync(machine, cancellationToken);
    }

    private static Task UnlockAsync(VirtualMachine machine, CancellationToken cancellationToken) => StorageCase.TypePassphraseAsync(machine, Passphrase, cancellationToken);
}
