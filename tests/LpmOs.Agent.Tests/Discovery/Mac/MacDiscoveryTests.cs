using LpmOs.Agent.Discovery;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Tests.Discovery.Mac;

/// <summary>What programs of real Macs said; the whole inventory is compared.</summary>
public sealed class MacDiscoveryTests
{
    [Theory]
    [InlineData("mac-mini-m2")]
    [InlineData("imac-2019")]
    [InlineData("virtualmac")]
    public async Task TheWholeInventoryIsAsRecorded(string name) => RecordedMachineTests.SameAs($"mac/{name}.json", await CollectAsync(Dialogue(name).CallAsync) with { AgentVersion = null });

    [Fact]
    public async Task WithoutAnyProgramThereIsStillAReport()
    {
        var found = await CollectAsync(new RecordedDialogue().CallAsync, "a8:20:66:00:00:09");

        Assert.Equal(("a82066000009", "a8:20:66:00:00:09", "Apple Inc."), (found.SerialNumber, found.MacAddress, found.Company));
        Assert.Empty(found.Disks);
    }

    [Fact]
    public async Task WhateverTheProgramsSayIsSurvived()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 200; i++)
        {
            var dialogue = Dialogue("imac-2019");
            var found = await CollectAsync(async (program, arguments, options, token) =>
            {
                var text = (await dialogue.CallAsync(program, arguments, options, token)).Output;
                var broken = text[..random.Next(text.Length + 1)].ToCharArray();
                for (var flips = random.Next(6); flips > 0 && broken.Length > 0; flips--)
                    broken[random.Next(broken.Length)] = (char)random.Next(1, 0x250);
                return new ProgramResult(0, new string(broken), "");
            }, "a8:20:66:00:00:09");
            Assert.NotEmpty(found.SerialNumber);
        }
    }

    private static async Task<Inventory> CollectAsync(ProgramCall call, string? bootMac = null)
    {
        using var nothing = new RecordedMachine();
        var tree = new SystemTree(nothing.Root);
        var disks = new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(new ProgramRunner(_ => { }))), TimeProvider.System);
        return await new HardwareDiscovery(tree, disks, new MachineProbes { IsMac = true, Programs = call }).CollectAsync(bootMac, TestContext.Current.CancellationToken);
    }

    private static RecordedDialogue Dialogue(string name)
    {
        var dialogue = new RecordedDialogue().AnswerFile("system_profiler -json SPHardwareDataType SPMemoryDataType SPDisplaysDataType SPNVMeDataType SPSerialATADataType", $"mac/{name}-profiler.json")
            .AnswerFile("sysctl hw.model hw.memsize hw.packages hw.physicalcpu hw.logicalcpu hw.cpufrequency_max machdep.cpu.brand_string machdep.cpu.vendor machdep.cpu.features machdep.cpu.leaf7_features kern.hv_vmm_present", $"mac/{name}-sysctl.txt")
            .AnswerFile("ifconfig -a", $"mac/{name}-ifconfig.txt");
        if (Recorded.Exists($"mac/{name}-ioreg.txt"))
            dialogue.AnswerFile("ioreg -rd1 -c IOPlatformExpertDevice", $"mac/{name}-ioreg.txt");
        // plutil makes JSON of what diskutil wrote: recorded is what comes out of it.
        return dialogue.Answer("diskutil list -plist physical", "list").Answer("diskutil info -plist disk0", "disk0").Convert(input => Recorded.Exists($"mac/{name}-{input}.json") ? Recorded.Text($"mac/{name}-{input}.json") : "");
    }
}
