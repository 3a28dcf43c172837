using LpmOs.Agent.Raid;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Tests.Raid;

public sealed class RaidToolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("storcli", "storcli64")]
    [InlineData("storcli", "/opt/MegaRAID/storcli/storcli64")]
    [InlineData("perccli", "perccli64")]
    public async Task MegaRaidIsListedWithArraysDisksAndHealth(string name, string program)
    {
        var dialogue = new RecordedDialogue().AnswerFile($"{program} /call show all J", "raid/storcli-call.json").AnswerFile($"{program} /c0/vall show all J", "raid/storcli-vall.json").AnswerFile($"{program} /c0/eall/sall show all J", "raid/storcli-sall.json");

        var found = Assert.Single(await ListAsync(dialogue, name));

        Assert.Equal(("0", name, "AVAGO MegaRAID SAS 9361-8i", "SV70000001", "24.21.0-0028", "megaraid_sas", "0000:3b:00.0", "Needs Attention", "Optimal"),
            (found.Id, found.Tool, found.Model, found.Serial, found.Firmware, found.Driver, found.PciSlot, found.State, found.CacheBattery));
        Assert.Equal(
            [("0/0", "system", "raid1", 936640512L * 512, "optimal", "/dev/sda", "naa.600605b00a0000002b0000000000a001", "252:0 252:1"), ("1/1", "data", "raid5", 23437770752L * 512, "degraded", "/dev/sdb", "naa.600605b00a0000002b0000000000a002", "252:2 252:3")],
            found.Arrays.Select(array => (array.Id, array.Name!, array.Level!, array.SizeBytes, array.State!, array.Device!, array.Wwn!, string.Join(' ', array.Disks))));
        Assert.Equal(
            [("252:0", "PHYF00000001480B", "ssd", "sata", "online", (bool?)true, 0L, 27), ("252:1", "PHYF00000002480B", "ssd", "sata", "online", true, 0, 28), ("252:2", "ZAD00001", "hdd", "sata", "online", true, 3, 31),
             ("252:3", "ZAD00002", "hdd", "sata", "failed", false, 412, 33), ("252:4", "ZAD00003", "hdd", "sata", "hot_spare", true, 0, 30), (":5", "Z4000001", "hdd", "sas", "unassigned", true, 0, 36)],
            found.Disks.Select(disk => (disk.Id, disk.Serial!, disk.Type!, disk.Transport!, disk.State!, disk.Health!.Passed, disk.Health.MediaErrors!.Value, disk.Health.TemperatureCelsius!.Value)));
        Assert.Equal(("INTEL SSDSC2KB480G8", "XCV10132", 479559942144L), (found.Disks[0].Model, found.Disks[0].Firmware, found.Disks[0].SizeBytes));
    }

    [Fact]
    public async Task SmartArrayIsListedWithTheArrayThatEachDiskIsIn()
    {
        var found = Assert.Single(await ListAsync(new RecordedDialogue().AnswerFile("ssacli controller all show config detail", "raid/ssacli.txt"), "ssacli"));

        Assert.Equal(("0", "Smart Array P440ar", "PDNLH0BRH00001", "7.00", "hpsa", "0000:03:00.0", "OK", "OK"), (found.Id, found.Model, found.Serial, found.Firmware, found.Driver, found.PciSlot, found.State, found.CacheBattery));
        var array = Assert.Single(found.Arrays);
        Assert.Equal(("1", "raid1", 279_400_000_000, "optimal", "/dev/sda", "naa.600508b1001c0000000000000000a001", "1I:1:1 1I:1:2"), (array.Id, array.Level, array.SizeBytes, array.State, array.Device, array.Wwn, string.Join(' ', array.Disks)));
        Assert.Equal(
            [("1I:1:1", "HP EG0300JFCKA", "W0K00001", "hdd", "sas", "online", (bool?)true, 29), ("1I:1:2", "HP EG0300JFCKA", "W0K00002", "hdd", "sas", "failed", false, 30), ("1I:1:3", "ATA INTEL SSDSC2KB96", "PHYF0000001960CGN", "ssd", "sata", "unassigned", true, 20)],
            found.Disks.Select(disk => (disk.Id, disk.Model!, disk.Serial!, disk.Type!, disk.Transport!, disk.State!, disk.Health!.Passed, disk.Health.TemperatureCelsius!.Value)));
        Assert.Equal(1, found.Disks[2].Health!.WearPercent);
    }

    [Fact]
    public async Task AdaptecIsListedWithoutItsBackplane()
    {
        var found = Assert.Single(await ListAsync(new RecordedDialogue().AnswerFile("arcconf GETCONFIG 1 AL", "raid/arcconf.txt"), "arcconf"));

        Assert.Equal(("1", "Adaptec ASR8805", "5A400001234", "7.11-0 (33173)", "0000:03:00.0", "Optimal", "Ready"), (found.Id, found.Model, found.Serial, found.Firmware, found.PciSlot, found.State, found.CacheBattery));
        var array = Assert.Single(found.Arrays);
        Assert.Equal(("0", "system", "raid1", "degraded", 952310L << 20, "0,0"), (array.Id, array.Name, array.Level, array.State, array.SizeBytes, string.Join(' ', array.Disks)));
        Assert.Equal(
            [("0,0", "ST1000NM0033-9ZM", "Z1W00001", "hdd", "sata", "online", (bool?)true, (int?)33), ("0,1", "HGST HUSMM1640ASS204", "0QV00001", "ssd", "sas", "unassigned", false, null)],
            found.Disks.Select(disk => (disk.Id, disk.Model!, disk.Serial!, disk.Type!, disk.Transport!, disk.State!, disk.Health!.Passed, disk.Health.TemperatureCelsius)));
    }

    [Fact]
    public async Task WithoutTheProgramNothingIsKnown()
    {
        foreach (var tool in RaidPrograms.All(new RecordedDialogue().CallAsync))
            Assert.Empty(await tool.ListAsync(Token));
    }

    [Theory]
    [InlineData("storcli64 /call show all J")]
    [InlineData("ssacli controller all show config detail")]
    [InlineData("arcconf GETCONFIG 1 AL")]
    public async Task WhateverAProgramSaysIsSurvivedAndBounded(string commandLine)
    {
        var random = new Random(20261122);
        var whole = Recorded.Text(commandLine[0] switch { 's' when commandLine[1] == 't' => "raid/storcli-call.json", 's' => "raid/ssacli.txt", _ => "raid/arcconf.txt" });
        var program = commandLine.Split(' ')[0];
        for (var i = 0; i < 300; i++)
        {
            var text = whole[..random.Next(whole.Length + 1)].ToCharArray();
            for (var flips = random.Next(8); flips > 0 && text.Length > 0; flips--)
                text[random.Next(text.Length)] = (char)random.Next(0x250);
            var dialogue = new RecordedDialogue().Answer(commandLine, new string(text));
            foreach (var other in (string[])["/c0/vall show all J", "/c0/eall/sall show all J"])
                dialogue.Answer($"{program} {other}", "{\"Controllers\":[[[[null]]]]}");
            foreach (var tool in RaidPrograms.All((name, arguments, options, token) => name == program && string.Join(' ', arguments.Prepend(name)) != commandLine && !arguments[^1].Equals("J", StringComparison.Ordinal) ? Task.FromResult(new ProgramResult(0, "", "")) : Any(dialogue, name, arguments, options, token)))
                Assert.True((await tool.ListAsync(Token)).Count <= InventoryBounds.RaidControllers);
        }
        Assert.Empty(await ListAsync(new RecordedDialogue().Answer(commandLine, string.Concat(Enumerable.Repeat("[", 100_000))), "storcli"));
    }

    // A controller whose number was flipped is asked for details that nobody recorded.
    private static async Task<ProgramResult> Any(RecordedDialogue dialogue, string program, IReadOnlyList<string> arguments, ProgramOptions options, CancellationToken token)
    {
        try
        {
            return await dialogue.CallAsync(program, arguments, options, token);
        }
        catch (InvalidOperationException)
        {
            return new(1, "", "");
        }
    }

    private static Task<IReadOnlyList<RaidController>> ListAsync(RecordedDialogue dialogue, string tool) => RaidPrograms.All(dialogue.CallAsync).Single(known => known.Name == tool).ListAsync(Token);
}
