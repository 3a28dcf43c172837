using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Disks.Wiping;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install.Disks;

/// <summary>Wipes loop devices for real, and reads them afterwards from outside.</summary>
[Collection("loop devices")]
public sealed class WipeTests
{
    private const string Needs = "Needs root, loop devices, sfdisk, zstd and busybox.";
    private static readonly byte[] Old = [.. Enumerable.Repeat("secret of the last owner "u8.ToArray(), 200).SelectMany(text => text)];

    [Theory]
    [InlineData(WipeMethods.Overwrite)]
    [InlineData(WipeMethods.Discard)]
    public async Task A_wiped_disk_holds_nothing_of_before_and_the_service_is_told(string method)
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        foreach (var offset in (long[])[64 << 20, 300 << 20, 700 << 20])
            it.Disk.Write(offset, Old);
        var plan = await it.PlanAsync();

        await it.RunAsync(plan with { Disk = plan.Disk! with { Wipe = method } });

        var report = Assert.Single(it.Regional.Wipes);
        Assert.Equal((method, WipeResults.Verified, "LOOP-1", 0), (report.Method, report.Result, report.Serial, report.SamplesLeft));
        Assert.InRange(report.Samples, 32, WipeSamples.Most);
        Assert.Equal(0, it.Disk.Read(700 << 20, Old.Length).AsSpan().IndexOf(Old.AsSpan(0, 100)) + 1);
        it.Disk.Look(3, root => Assert.Equal("db-1\n", File.ReadAllText(Path.Join(root, "etc/hostname"))));
    }

    [Fact]
    public async Task A_wipe_that_did_nothing_fails_the_task_and_says_where_something_is_left()
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        // A disk whose firmware says yes to everything.
        it.Disk.Pretend("hdparm", "exit 0");
        it.Disk.Write(300 << 20, Old);
        var plan = await it.PlanAsync();

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan with { Disk = plan.Disk! with { Wipe = WipeMethods.AtaSecureErase } }));

        Assert.Equal("wipe_failed", failure.Code);
        Assert.Contains("samples still hold what was there before, the first at byte 0", failure.Message, StringComparison.Ordinal);
        var report = Assert.Single(it.Regional.Wipes);
        Assert.Equal((WipeResults.Failed, report.Samples), (report.Result, report.SamplesLeft));
        Assert.Empty(it.Images.Ranges);
    }

    [Theory]
    [InlineData(WipeMethods.NvmeSanitizeBlock, "did not take an NVMe command")]
    [InlineData(WipeMethods.NvmeFormat, "does not tell its namespace")]
    public async Task A_method_that_the_disk_has_not_got_fails_the_task(string method, string says)
    {
        Assert.True(LoopDisk.Possible, Needs);
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive());
        var plan = await it.PlanAsync();
        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan with { Disk = plan.Disk! with { Wipe = method } }));
        Assert.Equal("wipe_failed", failure.Code);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>By the answers that NVM Express Base Specification 2.0 describes for Identify: 5.17.2.1 (OACS at 256, SANICAP at 328, FNA at 524) and 5.17.2.2 (the list of namespaces).</summary>
    [Theory]
    [InlineData(1, 0x02, 0x03, 0x04, "nvme_sanitize_crypto nvme_sanitize_block nvme_format_crypto nvme_format")]
    [InlineData(1, 0x00, 0x02, 0x00, "nvme_sanitize_block")]
    [InlineData(2, 0x02, 0x03, 0x04, "nvme_format_crypto nvme_format")]
    [InlineData(2, 0x02, 0x03, 0x05, "")]
    [InlineData(2, 0x02, 0x03, 0x06, "")]
    [InlineData(1, 0x02, 0x00, 0x03, "nvme_format")]
    public void What_an_NVMe_disk_can_erase_without_reaching_others(int namespaces, int commands, int sanitize, int format, string methods)
    {
        int Answer(NvmeCommand command, Span<byte> data)
        {
            data.Clear();
            if (command.Dword10 == 1)
                (data[256], data[328], data[524]) = ((byte)commands, (byte)sanitize, (byte)format);
            for (var number = 1; command.Dword10 == 2 && number <= namespaces; number++)
                data[(number - 1) * 4] = (byte)number;
            return 0;
        }
        Assert.Equal(methods, string.Join(' ', NvmeErasure.Methods(Answer)));
    }

    [Fact]
    public void Samples_are_at_both_ends_and_all_over()
    {
        const long size = 10L << 30;
        var offsets = WipeSamples.Of([(0, size)]).Offsets;
        Assert.Equal((0, size - WipeSamples.Bytes), (offsets[0], offsets[^1]));
        Assert.InRange(offsets.Count, 32, WipeSamples.Most);
        for (var part = 0; part < 8; part++)
            Assert.Contains(offsets, offset => offset * 8 / size == part);
        Assert.NotEqual(offsets, WipeSamples.Of([(0, size)]).Offsets);
    }

    [Fact]
    public async Task A_password_that_may_have_reached_the_disk_is_taken_away_though_nobody_waited_for_the_answer()
    {
        var asked = new List<string>();
        var erasure = new AtaErasure((_, arguments, _, _) =>
        {
            asked.Add(arguments[2]);
            return arguments[2] == "--security-set-pass" ? throw new OperationCanceledException() : Task.FromResult(new ProgramResult(0, "", ""));
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => erasure.EraseAsync("/dev/sdx", enhanced: false, TestContext.Current.CancellationToken));
        Assert.Equal(["--security-set-pass", "--security-disable"], asked);
    }

    /// <summary>A disk that keeps the password is locked after the next loss of power.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_erase_that_is_refused_takes_its_password_away_again(bool refused)
    {
        var asked = new List<string>();
        Task<ProgramResult> Hdparm(string program, IReadOnlyList<string> arguments, ProgramOptions options, CancellationToken cancellationToken)
        {
            asked.Add(arguments[2]);
            return refused && arguments[2] == "--security-erase" ? throw new ProgramException("hdparm: SG_IO: bad/missing sense data") : Task.FromResult(new ProgramResult(0, "", ""));
        }
        var erasure = new AtaErasure(Hdparm).EraseAsync("/dev/sdx", enhanced: false, TestContext.Current.CancellationToken);
        if (refused)
            await Assert.ThrowsAsync<ProgramException>(() => erasure);
        else
            await erasure;
        Assert.Equal(refused ? ["--security-set-pass", "--security-erase", "--security-disable"] : ["--security-set-pass", "--security-erase"], asked);
    }

    /// <summary>From hdparm 9.65's output for real disks.</summary>
    [Theory]
    [InlineData("Security: \n\tMaster password revision code = 65534\n\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\tnot\tfrozen\n\tnot\texpired: security count\n\t\tsupported: enhanced erase\n\t6min for SECURITY ERASE UNIT.", "ata_enhanced_secure_erase ata_secure_erase")]
    [InlineData("Security: \n\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\tnot\tfrozen\n\tnot\tsupported: enhanced erase\n", "ata_secure_erase")]
    [InlineData("Security: \n\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\t\tfrozen\n\t\tsupported: enhanced erase\n", "")]
    [InlineData("Security: \n\t\tsupported\n\t\tenabled\n\t\tlocked\n\tnot\tfrozen\n", "")]
    [InlineData("ATA device, with non-removable media\n\tsupported\n", "")]
    [InlineData("", "")]
    public void What_an_ATA_disk_can_erase(string output, string methods) => Assert.Equal(methods, string.Join(' ', AtaErasure.Parse(output)));
}
