using System.Text.Json;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (q) BIOS, virtio NIC and disk, our DHCP server, standalone; the agent is killed with SIGKILL at five steps and at the reboot, each time started again by init:
/// it carries on, and nothing is reported twice or lost.
/// </summary>
public sealed class AgentKilledTests(ITestOutputHelper output)
{
    private static readonly string[] Kills = ["task_received", "partitioning", "downloading", "installing", "configuring", "reboot"];

    [Fact]
    [Trait("case", "q")]
    public async Task Installation_finishes_although_the_agent_is_killed_at_each_operation()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("q");
        await using var network = await LabNetwork.CreateAsync("q", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken, ("Boot:KernelArguments", $"console=tty0 console=ttyS0,115200 lpmos.test-kill={string.Join(',', Kills)}"));
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", DiskDevice = "virtio-blk-pci", SerialNumber = "SN-KILLED-0001", Mac = "52:54:00:77:00:0f", DiskSerial = "VD-000F",
        };
        await new InstallationCase("q BIOS, virtio, standalone, agent killed -9 at each operation", spec, network, deployment, output)
        {
            CheckInstalled = (console, task) =>
            {
                Assert.Equal(Kills, console.Lines.Select(line => ConsoleMarks.KilledAt().Match(line.Text)).Where(match => match.Success).Select(match => match.Groups["step"].Value));
                Assert.Equal(Kills.Length + 1, console.Lines.Count(line => ConsoleMarks.AgentStarted().IsMatch(line.Text)));
                // What the store tells of it: each operation once, percent never backwards, each step told once.
                var operations = task.GetProperty("operations").EnumerateArray().ToList();
                Assert.Equal(["os_install", "reboot"], operations.Select(operation => operation.GetProperty("operation").GetString()));
                Assert.True(operations[0].GetProperty("success").GetBoolean());
                var progress = task.GetProperty("progress").EnumerateArray().Select(entry => (Step: entry.GetProperty("step").GetString(), Percent: entry.GetProperty("percent").GetInt32())).ToList();
                Assert.Equal(progress.Select(entry => entry.Percent).Order(), progress.Select(entry => entry.Percent));
                Assert.Equal(progress.Select(entry => entry.Step).Distinct(), progress.Select(entry => entry.Step));
                Assert.Equal(1, task.GetProperty("attempt").GetInt32());
            },
            CheckPackets = (_, _) => Task.CompletedTask,
        }.RunAsync(cancellationToken);
    }
}
