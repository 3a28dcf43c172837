using LpmOs.Agent.Reporting;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Reporting;

public sealed class KernelLogTests
{
    [Fact]
    public void Records_become_lines_and_what_is_old_or_not_the_kernels_is_left_out()
    {
        var log = new AgentLog(TextWriter.Null, false);
        var kernel = new KernelLog(log, new ManualTime());
        foreach (var record in (string[])[
            "6,1,100000,-;Linux version 6.1\n", "4,2,200000,-;ACPI: a table is wrong\n", "6,900,9000001,-;EXT4-fs (vda3): mounted\n SUBSYSTEM=block\n DEVICE=b254:3\n",
            "7,901,9000002,-;debugging\n", "14,902,9000003,-;init says something\n", "3,903,9000004,c;I/O error, dev sda, \u001b[2J sector 0\n", "rubbish", "x,y,z;text"])
            kernel.Take(record, TimeSpan.FromSeconds(9));

        Assert.Equal(
            ["kernel: [0.200000] ACPI: a table is wrong", "kernel: [9.000001] EXT4-fs (vda3): mounted", "kernel: [9.000004] I/O error, dev sda, [2J sector 0"],
            log.Take(100));
    }

    [Fact]
    public void A_disk_that_fails_without_end_does_not_fill_the_log()
    {
        var (log, time) = (new AgentLog(TextWriter.Null, false), new ManualTime());
        var kernel = new KernelLog(log, time);
        for (var i = 0; i < 5_000; i++)
            kernel.Take($"3,{i},{i},-;I/O error {i}\n", TimeSpan.Zero);
        time.Advance(TimeSpan.FromMinutes(1));
        kernel.Take("3,6000,6000,-;I/O error again\n", TimeSpan.Zero);

        var lines = log.Take(1000);
        Assert.Equal(202, lines.Count);
        Assert.Equal("kernel: (4800 more messages left out)", lines[200]);
        Assert.EndsWith("I/O error again", lines[201], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_machines_own_kernel_is_read()
    {
        Assert.True(File.Exists(KernelLog.Device), "Needs /dev/kmsg, as any Linux machine has it.");
        var log = new AgentLog(TextWriter.Null, false);
        var kernel = new KernelLog(log, TimeProvider.System);
        kernel.Follow(KernelLog.Device, TimeSpan.Zero);

        await log.ArrivedAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.StartsWith("kernel: ", log.Take(1)[0], StringComparison.Ordinal);
    }
}
