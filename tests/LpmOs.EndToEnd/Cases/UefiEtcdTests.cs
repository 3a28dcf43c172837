using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>(b) UEFI, e1000e, NVMe, proxyDHCP beside a site's own DHCP server, three services over etcd.</summary>
public sealed partial class UefiEtcdTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "b")]
    public async Task Uefi_server_with_e1000e_and_nvme_is_installed_beside_a_foreign_dhcp_server()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("b");
        await using var network = await LabNetwork.CreateAsync("b", folder, cancellationToken);
        await network.StartForeignDhcpAsync(cancellationToken);
        await using var deployment = await Deployment.SeparateAsync(network, "proxy", cancellationToken);
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Uefi,
            NicDevice = "e1000e",
            DiskDevice = "nvme",
            SerialNumber = "SN-UEFI-0001",
            Mac = "52:54:00:77:00:02",
            DiskSerial = "NV-0001",
        };
        await new InstallationCase("b UEFI, e1000e, NVMe, proxyDHCP, etcd", spec, network, deployment, output)
        {
            // The card's ROM in QEMU is iPXE, so there is no TFTP.
            WayIn = [@"^DHCP discover \(ipxe\)", @"^proxyDHCP offer \(ipxe\) http", @"^DHCP request \(ipxe\) 10\.77\.0\.2 "],
            // The network stays first in the firmware's list, the new system comes before its disk as such; two starts later that is still so, for the cases' own power cycles ask the network.
            CheckInstalled = (console, _) => Assert.Single(console.Lines, line => Order().IsMatch(line.Text)),
            CheckPackets = async (capture, token) =>
            {
                // Addresses came from the foreign server alone; ours offered boot information without an address.
                var offers = await capture.DhcpAsync("dhcp.type == 2 && dhcp.ip.your != 0.0.0.0", token);
                Assert.NotEmpty(offers);
                Assert.All(offers, offer => Assert.Contains("10.77.0.2", offer, StringComparison.Ordinal));
                Assert.NotEmpty(await capture.DhcpAsync($"dhcp.type == 2 && dhcp.ip.your == 0.0.0.0 && ip.src == {LabNetwork.Address}", token));
                Assert.Contains(await capture.HttpRequestsAsync(token), request => request.Contains("initramfs", StringComparison.Ordinal));
            },
        }.RunAsync(cancellationToken);

        var stored = await deployment.Etcd!.GetPrefixAsync("/os/dc1/", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "etcd.txt"), stored, cancellationToken);
        var lines = stored.Split('\n');
        var machine = $"/os/dc1/machines/{spec.SerialNumber}";
        using var task = JsonDocument.Parse(lines[Array.IndexOf(lines, $"{machine}/task") + 1]);
        Assert.Equal("completed", task.RootElement.GetProperty("status").GetString());
        Assert.StartsWith("task-", task.RootElement.GetProperty("task_id").GetString(), StringComparison.Ordinal);
        using var meta = JsonDocument.Parse(lines[Array.IndexOf(lines, $"{machine}/meta") + 1]);
        Assert.Equal(spec.SerialNumber, meta.RootElement.GetProperty("serial_number").GetString());
        Assert.Contains($"/os/dc1/servers/{spec.SerialNumber}", lines);
        // The machine is off: its lease has ended by itself, or does so within its 30 s. No secret is under the site's keys.
        Assert.DoesNotContain("token", task.RootElement.EnumerateObject().Select(property => property.Name));
        // The firmware's own memory has the entry, in UTF-16.
        Assert.True((await File.ReadAllBytesAsync(Path.Combine(folder, "uefi-variables.fd"), cancellationToken)).AsSpan().IndexOf(Encoding.Unicode.GetBytes("LpmOs: Debian 12\0")) >= 0);
    }

    [GeneratedRegex(@"The firmware's boot order: (Boot[0-9A-F]{4} UEFI (PXE|HTTP)v[46] [^,]*, )+Boot[0-9A-F]{4} LpmOs: Debian 12, Boot[0-9A-F]{4} UEFI QEMU NVMe")]
    private static partial Regex Order();
}
