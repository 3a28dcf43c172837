using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (v) A server with a TPM is bound to it at its first boot. A second one with the same MAC and serial number, and another TPM or none, boots the same image and is given
/// nothing though the task is approved, which is an alert and on record; the server itself is installed afterwards. All of it over TLS with an authority of the site's own, to the new system's first call; and none of the servers has a battery for its clock.
/// </summary>
public sealed partial class TpmTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "v")]
    public async Task A_clone_without_the_servers_tpm_is_given_nothing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("v");
        await using var network = await LabNetwork.CreateAsync("v", folder, cancellationToken);
        var authority = await SiteAuthority.CreateAsync(folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken, authority.Settings);
        await using var own = new SoftwareTpm(network, "tpm-own");
        await using var other = new SoftwareTpm(network, "tpm-other");
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-TPM-0001",
            Mac = "52:54:00:77:00:22",
            DiskSerial = "VD-0022",
            TpmSocket = own.Socket,
            // To this clock the authority's certificates are of the future: the new system's own call can be made only if the hardware's clock was set.
            Clock = "2004-02-29T12:00:00",
        };
        var boot = new BootCase("v BIOS, TPM 2.0 (tpm-tis), TLS with a private authority", network, output);
        await using var machine = new VirtualMachine(network, spec);
        await own.StartAsync(cancellationToken);
        await boot.StartAsync(machine, "power-on to first report", ConsoleMarks.Polling(), cancellationToken);
        Assert.True(machine.Console.Contains(Proven()));
        await machine.PowerOffAsync();
        var (key, foreign) = (await own.EndorsementKeyAsync(cancellationToken), await other.EndorsementKeyAsync(cancellationToken));
        Assert.NotEqual(key, foreign);
        var bound = (await boot.Operator.MachineAsync(spec.SerialNumber, cancellationToken)).GetProperty("tpm_binding");
        Assert.Equal(key, bound.GetProperty("endorsement_key").GetString());

        await boot.Operator.CreateTaskAsync(spec, "node-e2e", cancellationToken);
        await boot.Operator.ApproveAsync(spec.SerialNumber, cancellationToken);
        await other.StartAsync(cancellationToken);
        await CloneAsync(network, boot, spec with { TpmSocket = other.Socket }, "power-on of the clone to its refusal", Mismatch(), cancellationToken);
        await CloneAsync(network, boot, spec with { TpmSocket = null }, "the same without a TPM", NoProof(), cancellationToken);
        var task = await boot.Operator.TaskAsync(spec.SerialNumber, cancellationToken);
        Assert.Equal("approved", task.GetProperty("status").GetString());
        await CheckRecordAsync(network, boot, spec.SerialNumber, foreign, cancellationToken);

        await own.StartAsync(cancellationToken);
        await using var capture = await PacketCapture.StartAsync(network, "install", cancellationToken);
        await boot.StartAsync(machine, "power-on to approved task", ConsoleMarks.Approved(), cancellationToken);
        await boot.Operator.WaitForTaskAsync(spec.SerialNumber, seen => seen.GetProperty("status").GetString() == "completed", TimeSpan.FromSeconds(1200), cancellationToken);
        await BootCase.CheckAsync(capture, cancellationToken);
        // Boot files come over HTTP, and the agents' API never does.
        var requests = await capture.HttpRequestsAsync(cancellationToken);
        Assert.Contains(requests, request => request.Contains("initramfs", StringComparison.Ordinal));
        Assert.DoesNotContain(requests, request => request.Contains("/api/v1/", StringComparison.Ordinal));
        await boot.EndAsync(machine, cancellationToken);
    }

    private static async Task CloneAsync(LabNetwork network, BootCase boot, MachineSpec spec, string what, Regex refusal, CancellationToken cancellationToken)
    {
        await using var clone = new VirtualMachine(network, spec);
        await boot.StartAsync(clone, what, refusal, cancellationToken);
        // It asks again, and is given nothing again.
        await clone.Console.WaitForAsync(NoProof(), TimeSpan.FromSeconds(240), cancellationToken, clone.Console.Now);
        Assert.True(clone.Console.Contains(ConsoleMarks.AgentStarted()));
        Assert.False(clone.Console.Contains(Proven()));
        Assert.False(clone.Console.Contains(ConsoleMarks.Polling()));
        Assert.False(clone.Console.Contains(ConsoleMarks.Approved()));
    }

    private static async Task CheckRecordAsync(LabNetwork network, BootCase boot, string sn, string foreign, CancellationToken cancellationToken)
    {
        var audit = (await boot.Operator.GetAsync($"/api/v1/audit?idc=dc1&sn={sn}&limit=100", cancellationToken)).GetProperty("items").EnumerateArray().ToList();
        Assert.Single(audit, record => record.GetProperty("action").GetString() == "tpm.bound");
        var refused = audit.Where(record => record.GetProperty("action").GetString() == "tpm.refused").Select(record => record.GetProperty("reason").GetString()!).ToList();
        // The next within ten minutes are not on record anew, whatever they show.
        Assert.Contains(refused, reason => reason.Contains(foreign, StringComparison.Ordinal));
        Assert.DoesNotContain(audit, record => record.GetProperty("action").GetString() is "secret.given" or "task.started");
        Assert.Equal("tpm.refused", (await boot.Operator.MachineAsync(sn, cancellationToken)).GetProperty("alerts")[0].GetProperty("code").GetString());
        Assert.Contains("tpm.refused", await Lpmosctl.RunAsync(network, ["machines", "show", $"dc1/{sn}", "--server", OperatorApi.Url], cancellationToken), StringComparison.Ordinal);
    }

    [GeneratedRegex("TPM: proven to the regional service")]
    private static partial Regex Proven();

    [GeneratedRegex("TPM: the regional service refused it: 403 The machine is bound to another TPM")]
    private static partial Regex Mismatch();

    [GeneratedRegex("refused the hardware report: 403 The machine has to prove its TPM")]
    private static partial Regex NoProof();
}
