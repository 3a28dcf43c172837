using System.Text.Json;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(m) A disk full of old data is wiped before it is installed; the certificate is checked by openssl, the disk by its bytes.</summary>
public sealed class WipeTests(ITestOutputHelper output)
{
    private const string Old = "OLD-SECRET-OF-THE-LAST-OWNER";

    [Fact]
    [Trait("case", "m")]
    public async Task A_wiped_disk_holds_nothing_of_before_and_its_certificate_is_signed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("m");
        await using var network = await LabNetwork.CreateAsync("m", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken);
        var spec = new MachineSpec { Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-WIPE-0001", Mac = "52:54:00:77:00:0d", DiskSerial = "VD-WIPE", DiskBytes = 2L << 30 };
        var it = new StorageCase("m BIOS, wipe with certificate", spec, network, output);
        await using var machine = new VirtualMachine(network, spec);
        await FillAsync(machine.DiskFile, spec.DiskBytes, cancellationToken);

        var answer = await it.InstallAsync(machine, """{"wipe":"secure"}""", cancellationToken);
        Assert.Equal("overwrite", answer.GetProperty("plan").GetProperty("disk").GetProperty("wipe").GetString());
        Assert.Contains("/ /dev/vda3 ext4", await StorageCase.WitnessAsync(machine, cancellationToken), StringComparison.Ordinal);
        await machine.PowerOffAsync();

        Assert.Equal(0, await CountOldAsync(machine.DiskFile, cancellationToken));
        var api = new OperatorApi(network);
        var task = (await api.TaskAsync(spec.SerialNumber, cancellationToken)).GetProperty("task_id").GetString();
        var certificate = Assert.Single((await api.GetAsync($"/api/v1/tasks/{task}/wipe-certificates", cancellationToken)).GetProperty("items").EnumerateArray());
        var text = certificate.GetProperty("signed_text").GetString()!;
        using var statement = JsonDocument.Parse(text);
        Assert.Equal(("VD-WIPE", "overwrite", "verified", task), (Text(statement, "serial"), Text(statement, "method"), Text(statement, "result"), Text(statement, "task_id")));
        Assert.True(statement.RootElement.GetProperty("samples").GetInt32() >= 32);
        await File.WriteAllTextAsync(Path.Combine(folder, "statement.json"), text, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "public.pem"), certificate.GetProperty("public_key").GetString(), cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder, "signature.der"), Convert.FromBase64String(certificate.GetProperty("signature").GetString()!), cancellationToken);
        Assert.Contains("Verified OK", await Command.RunAsync(
            "openssl", ["dgst", "-sha256", "-verify", Path.Combine(folder, "public.pem"), "-signature", Path.Combine(folder, "signature.der"), Path.Combine(folder, "statement.json")], cancellationToken), StringComparison.Ordinal);
        await it.EndAsync(machine, cancellationToken);
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
