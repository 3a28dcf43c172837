using System.Text.Json;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (m) A virtio disk and an NVMe disk full of old data are wiped before they are installed, the one by overwriting, the other by its own Format NVM, as QEMU's trace has it; the
/// certificates are checked by openssl, the disks by their bytes.
/// </summary>
public sealed class WipeTests(ITestOutputHelper output)
{
    private const string Old = "OLD-SECRET-OF-THE-LAST-OWNER";
    private const string Layout = """
        {"wipe":"secure","disks":[
          {"name":"system","disk":{"transport":"virtio"},"partitions":[{"role":"bios_boot","size":"1MiB"},{"role":"esp","size":"64MiB","file_system":"vfat","mount_point":"/boot/efi"},{"role":"root","file_system":"ext4","mount_point":"/"}]},
          {"name":"data","disk":{"transport":"nvme"},"partitions":[{"file_system":"ext4","mount_point":"/srv"}]}]}
        """;

    [Fact]
    [Trait("case", "m")]
    public async Task A_wiped_disk_holds_nothing_of_before_and_its_certificate_is_signed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("m");
        await using var network = await LabNetwork.CreateAsync("m", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec { Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-WIPE-0001", Mac = "52:54:00:77:00:0d", DiskSerial = "VD-WIPE", DiskBytes = 2L << 30, DisksBehind = [new(Path.Combine(folder, "nvme.raw"), "NV-WIPE", 2L << 30) { Device = "nvme" }], TraceNvme = true };
        var it = new StorageCase("m BIOS, wipe of virtio and NVMe with certificates", spec, network, output);
        await using var machine = new VirtualMachine(network, spec);
        string[] files = [machine.DiskFile, spec.DisksBehind[0].File];
        foreach (var file in files)
            await FillAsync(file, spec.DiskBytes, cancellationToken);

        var answer = await it.InstallAsync(machine, Layout, cancellationToken);
        Assert.Equal(["overwrite", "nvme_format"], answer.GetProperty("plan").GetProperty("disks").EnumerateArray().Select(disk => disk.GetProperty("wipe").GetString()!));
        var said = await StorageCase.WitnessAsync(machine, cancellationToken);
        Assert.Contains("/ /dev/vda3 ext4", said, StringComparison.Ordinal);
        Assert.Contains("/srv /dev/nvme0n1p1 ext4", said, StringComparison.Ordinal);
        await machine.PowerOffAsync();

        foreach (var file in files)
            Assert.Equal(0, await CountOldAsync(file, cancellationToken));
        Assert.Single(await File.ReadAllLinesAsync(machine.TraceFile, cancellationToken), line => line.Contains("NVME_ADM_CMD_FORMAT_NVM", StringComparison.Ordinal));
        var api = new OperatorApi(network);
        var task = (await api.TaskAsync(spec.SerialNumber, cancellationToken)).GetProperty("task_id").GetString()!;
        var certificates = (await api.GetAsync($"/api/v1/tasks/{task}/wipe-certificates", cancellationToken)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, certificates.Count);
        foreach (var (serial, method) in ((string, string)[])[("VD-WIPE", "overwrite"), ("NV-WIPE", "nvme_format")])
            await CheckAsync(Assert.Single(certificates, one => one.GetProperty("signed_text").GetString()!.Contains(serial, StringComparison.Ordinal)), folder, serial, method, task, cancellationToken);
        await it.EndAsync(machine, cancellationToken);
    }

    private static async Task CheckAsync(JsonElement certificate, string folder, string serial, string method, string task, CancellationToken cancellationToken)
    {
        var text = certificate.GetProperty("signed_text").GetString()!;
        using var statement = JsonDocument.Parse(text);
        Assert.Equal((serial, method, "verified", task), (Text(statement, "serial"), Text(statement, "method"), Text(statement, "result"), Text(statement, "task_id")));
        Assert.True(statement.RootElement.GetProperty("samples").GetInt32() >= 32);
        await File.WriteAllTextAsync(Path.Combine(folder, "statement.json"), text, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "public.pem"), certificate.GetProperty("public_key").GetString(), cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder, "signature.der"), Convert.FromBase64String(certificate.GetProperty("signature").GetString()!), cancellationToken);
        Assert.Contains("Verified OK", await Command.RunAsync(
            "openssl", ["dgst", "-sha256", "-verify", Path.Combine(folder, "public.pem"), "-signature", Path.Combine(folder, "signature.der"), Path.Combine(folder, "statement.json")], cancellationToken), StringComparison.Ordinal);
    }

    // Every MiB has the mark somewhere.
    private static async Task FillAsync(string file, long bytes, CancellationToken cancellationToken)
    {
        var block = new byte[1 << 20];
        await using var disk = File.OpenWrite(file);
        for (long at = 0; at < bytes; at += block.Length)
        {
            block.AsSpan().Clear();
            System.Text.Encoding.ASCII.GetBytes($"{Old} {at}", block.AsSpan((int)(at / 7 % 1_000_000)));
            await disk.WriteAsync(block, cancellationToken);
        }
    }

    private static async Task<int> CountOldAsync(string file, CancellationToken cancellationToken)
    {
        var (_, output, _) = await Command.TryAsync("grep", ["-a", "-c", "-F", Old, file], cancellationToken);
        return int.Parse(output, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string? Text(JsonDocument document, string name) => document.RootElement.GetProperty(name).GetString();
}
