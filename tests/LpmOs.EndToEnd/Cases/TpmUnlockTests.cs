using System.Buffers.Text;
using System.Text.Json;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(y) BIOS, all but /boot on LUKS2 that the machine's TPM opens at each start; with another TPM the system asks for the passphrase, and takes it. The agent is killed twice in network_config.</summary>
public sealed class TpmUnlockTests(ITestOutputHelper output)
{
    private const string Passphrase = "e2e recovery battery staple";

    [Fact]
    [Trait("case", "y")]
    public async Task The_machines_tpm_opens_its_disks_and_no_other_does()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("y");
        await using var network = await LabNetwork.CreateAsync("y", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken, StorageCase.KillingNetwork);
        await using var own = new SoftwareTpm(network, "tpm-own");
        await using var other = new SoftwareTpm(network, "tpm-other");
        var spec = new MachineSpec { Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-LUKS-TPM-1", Mac = "52:54:00:77:00:25", DiskSerial = "VD-LUKS-TPM", TpmSocket = own.Socket };
        var it = new StorageCase("y BIOS, LVM on LUKS2, opened by the TPM", spec, network, output) { BeforeStart = own.StartAsync, NetworkIsKilled = true };
        await using (var machine = new VirtualMachine(network, spec))
        {
            var answer = await it.InstallAsync(machine, $$$"""{"preset":"lvm","encryption":{"passphrase":"{{{Passphrase}}}","unlock":"tpm"}}""", cancellationToken);
            Assert.Equal("tpm", answer.GetProperty("plan").GetProperty("encryption").GetProperty("unlock").GetString());
            // Nobody types anything.
            Assert.Contains("/ /dev/mapper/system-root ext4", await StorageCase.WitnessAsync(machine, cancellationToken), StringComparison.Ordinal);
            Assert.Contains("/ /dev/mapper/system-root ext4", await it.RestartAsync(machine, "power cycle", cancellationToken), StringComparison.Ordinal);
            await machine.PowerOffAsync();
            await CheckHeaderAsync(machine.DiskFile, cancellationToken);
        }

        var elsewhere = new StorageCase("", spec, network, output) { BeforeStart = other.StartAsync, AtStart = RecoverAsync };
        await using (var machine = new VirtualMachine(network, spec with { TpmSocket = other.Socket }))
        {
            Assert.Contains("/ /dev/mapper/system-root ext4", await elsewhere.RestartAsync(machine, "", cancellationToken), StringComparison.Ordinal);
            it.Times.Add("with another TPM, by the passphrase", machine.Console.Now);
            await it.EndAsync(machine, cancellationToken);
        }
        await it.CheckLogsAsync(Passphrase, cancellationToken);
    }

    // cryptsetup's own reading of the header: a slot for the passphrase and one for the TPM, and the TPM's policy in what clevis keeps there.
    private static async Task CheckHeaderAsync(string file, CancellationToken cancellationToken)
    {
        var disk = new StorageImage(file);
        var (_, partitions) = await new DiskImage(file).PartitionsAsync(cancellationToken);
        Assert.True(await disk.OpensAsync(partitions[3], Passphrase, cancellationToken));
        using var metadata = JsonDocument.Parse(await disk.LuksMetadataAsync(partitions[3], cancellationToken));
        Assert.Equal(["0", "1"], metadata.RootElement.GetProperty("keyslots").EnumerateObject().Select(slot => slot.Name).Order(StringComparer.Ordinal));
        var token = Assert.Single(metadata.RootElement.GetProperty("tokens").EnumerateObject()).Value;
        Assert.Equal(("clevis", "1"), (token.GetProperty("type").GetString(), token.GetProperty("keyslots")[0].GetString()));
        using var policy = JsonDocument.Parse(Base64Url.DecodeFromChars(token.GetProperty("jwe").GetProperty("protected").GetString()));
        var tpm = policy.RootElement.GetProperty("clevis").GetProperty("tpm2");
        Assert.Equal(("sha256", "7"), (tpm.GetProperty("pcr_bank").GetString(), tpm.GetProperty("pcr_ids").GetString()));
    }

    // The wrong one first: a TPM that gave its key would have opened the disk by then, and nobody would be asked again.
    private static async Task RecoverAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        await StorageCase.MistypePassphraseAsync(machine, "something else altogether", cancellationToken);
        await StorageCase.TypePassphraseAsync(machine, Passphrase, cancellationToken);
    }
}
