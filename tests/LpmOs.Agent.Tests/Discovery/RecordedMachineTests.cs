using System.Text.Json;
using LpmOs.Agent.Discovery;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Tests.Discovery;

/// <summary>Real machines: facts that their owners published in bug reports, with serial numbers and MACs made up. The whole inventory is compared, and dmidecode reads the same table.</summary>
public sealed class RecordedMachineTests
{
    private static readonly JsonSerializerOptions Indented = new(ContractsJson.Default.Options) { WriteIndented = true, Encoder = global::System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Machines => [.. Recorded.Names("machines", ".machine")];

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task TheWholeInventoryIsAsRecorded(string name)
    {
        using var machine = RecordedMachineReader.Read(name);

        var found = await CollectAsync(machine);

        SameAs($"machines/{name}.json", found);
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task DmidecodeReadsTheSame(string name)
    {
        using var machine = RecordedMachineReader.Read(name);
        var dump = Path.Join(machine.Machine.Root, "dump.bin");
        await File.WriteAllBytesAsync(dump, machine.Smbios.Dump, TestContext.Current.CancellationToken);
        var blocks = RecordedMachine.Program("/usr/sbin/dmidecode", $"--from-dump {dump}").Split("\n\n").Select(block => block.Split('\n')).Where(lines => lines.Length > 2).ToLookup(lines => lines[1], lines => lines.Skip(2).Select(line => line.Trim().Split(": ", 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToDictionary(pair => pair.Key, pair => pair.First()[1].Trim()));

        var found = await CollectAsync(machine);

        var (system, bios, board, chassis) = (blocks["System Information"].Single(), blocks["BIOS Information"].Single(), blocks["Base Board Information"].Single(), blocks["Chassis Information"].Single());
        Assert.Equal([system["UUID"].ToLowerInvariant(), bios["Vendor"], bios["Version"], bios["Release Date"]], [found.Uuid!, found.Firmware!.Vendor!, found.Firmware.Version!, found.Firmware.Date!]);
        Assert.Equal((IEnumerable<string?>)[Told(system["Manufacturer"]) ?? Told(board["Manufacturer"]), Told(system["Product Name"]) ?? Told(board["Product Name"]), Told(board["Serial Number"]), Told(chassis["Serial Number"]), Told(chassis["Type"])],
            [found.Company, found.Product, found.Board!.SerialNumber, found.Chassis!.SerialNumber, found.Chassis.Type]);
        var modules = blocks["Memory Device"].Where(module => module["Size"] != "No Module Installed").Select(module => (Bytes(module["Size"]), Told(module["Locator"]), Told(module["Bank Locator"]), Told(module["Type"]), Maker(Told(module["Manufacturer"])), Told(module["Part Number"]), Told(module["Serial Number"]), Speed(module["Speed"]), Speed(module["Configured Memory Speed"])));
        Assert.Equal(modules, found.Memory!.Dimms.Select(module => (module.SizeBytes, module.Slot, module.Bank, module.Type, module.Manufacturer, module.PartNumber, module.SerialNumber, module.SpeedMts, module.ConfiguredSpeedMts)));
        Assert.Equal(blocks["Physical Memory Array"].Sum(array => int.Parse(array["Number Of Devices"])), found.Memory.Slots);
        Assert.Equal(blocks["TPM Device"].Any(), found.Tpm!.Vendor is not null);
    }

    [Fact]
    public async Task ATableCutAnywhereIsReadAsFarAsItGoes()
    {
        using var machine = RecordedMachineReader.Read("dell-poweredge-r740");
        var whole = machine.Smbios.Table;
        for (var length = 0; length < whole.Length; length += length < 600 ? 1 : 37)
        {
            machine.Machine.File("sys/firmware/dmi/tables/DMI", whole[..length]);
            var smbios = new Smbios(new SystemTree(machine.Machine.Root));
            Assert.Equal(length > 0, smbios.IsCutShort);
            Assert.InRange(smbios.Modules.Count, 0, 12);
            Assert.All(smbios.Modules, module => Assert.Equal(32L << 30, module.SizeBytes));
        }
        machine.Machine.File("sys/firmware/dmi/tables/DMI", whole[..^200]);
        var found = await CollectAsync(machine);
        Assert.Contains("cut short", Assert.Single(found.Warnings), StringComparison.Ordinal);
        Assert.Equal(("7XK0001", "PowerEdge R740"), (found.SerialNumber, found.Product));
    }

    [Fact]
    public void AnyByteOfATableMayBeWrong()
    {
        using var machine = RecordedMachineReader.Read("supermicro-x11dph");
        var random = new Random(20261122);
        for (var i = 0; i < 400; i++)
        {
            var table = machine.Smbios.Table;
            for (var flips = random.Next(1, 20); flips > 0; flips--)
                table[random.Next(table.Length)] = (byte)random.Next(256);
            machine.Machine.File("sys/firmware/dmi/tables/DMI", table);
            var smbios = new Smbios(new SystemTree(machine.Machine.Root));
            _ = (smbios.Chassis, smbios.Board, smbios.Tpm, smbios.Firmware, smbios.Processors, smbios.MemorySlots, smbios.ErrorCorrection, smbios.Uuid, smbios.HasBmc);
            Assert.All(smbios.Modules, module => Assert.True((module.SerialNumber ?? "").Length <= 200 && !(module.PartNumber ?? "").Any(char.IsControl)));
        }
    }

    [Theory]
    [InlineData("S/N \"$(reboot)\" `x`", "S-N ---reboot-- -x")]
    [InlineData("$(touch /tmp/owned)", "touch -tmp-owned")]
    [InlineData("'; DROP TABLE machines; --", "DROP TABLE machines")]
    [InlineData("<script>alert(1)</script>", "script-alert-1---script")]
    [InlineData("../../etc/passwd", "etc-passwd")]
    [InlineData("序列号-001", "001")]
    public async Task SerialsThatNobodyCouldTypeBecomeOnesThatTheServicesTake(string serial, string expected)
    {
        using var machine = new RecordedMachineReader("system manufacturer=A product=B uuid=00c0ffee-0000-0000-0000-000000000001\n");
        machine.Machine.File("sys/class/dmi/id/product_serial", serial + "\n");

        Assert.Equal(expected, (await CollectAsync(machine)).SerialNumber);
    }

    [Fact]
    public async Task FourKilobytesInEveryFieldStayBounded()
    {
        var much = new string('x', 2000) + "\u0007\u001b[31m" + new string('y', 2000);
        using var machine = new RecordedMachineReader($"system manufacturer={much} product={much} serial=A{much} uuid=00c0ffee-0000-0000-0000-000000000001\ndimm slots={much} mib=1024 type=26 serial={much} part={much}\nboard serial={much}\n");

        var found = await CollectAsync(machine);

        Assert.Equal(128, found.SerialNumber.Length);
        var json = JsonSerializer.Serialize(found, ContractsJson.Default.Inventory);
        Assert.DoesNotContain("\\u00", json, StringComparison.Ordinal);
        Assert.InRange(json.Length, 500, 4000);
    }

    internal static async Task<Inventory> CollectAsync(RecordedMachineReader machine)
    {
        var tree = new SystemTree(machine.Machine.Root);
        var disks = new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(new ProgramRunner(_ => { }))), TimeProvider.System);
        var probes = new MachineProbes { HypervisorSignature = () => machine.HypervisorSignature, Nic = machine.Nics.GetValueOrDefault, Programs = machine.Dialogue.CallAsync };
        return await new HardwareDiscovery(tree, disks, probes).CollectAsync(null, TestContext.Current.CancellationToken) with { AgentVersion = null };
    }

    internal static void SameAs(string path, Inventory found)
    {
        var actual = JsonSerializer.Serialize(found, Indented) + "\n";
        var expected = Recorded.Exists(path) ? Recorded.Text(path) : "";
        if (actual == expected)
            return;
        var seen = Path.Join(Path.GetTempPath(), "lpmos-recorded", path);
        Directory.CreateDirectory(Path.GetDirectoryName(seen)!);
        File.WriteAllText(seen, actual);
        var line = actual.Split('\n').Zip(expected.Split('\n')).Index().FirstOrDefault(pair => pair.Item.First != pair.Item.Second);
        Assert.Fail($"Recorded/{path} differs from line {line.Index + 1}: expected '{line.Item.Second}', found '{line.Item.First}'. All that was found is in {seen}.");
    }

    private static string? Told(string text) => text is "Not Specified" or "Unknown" or "Other" or "None" || Placeholders.IsPlaceholder(text) ? null : string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    // JEP106 codes of makers.
    private static string? Maker(string? text) => text switch { "00CE00B300CE" => "Samsung", "00AD063200AD" or "0x80AD" => "SK Hynix", "802C869D802C" => "Micron", _ => text };

    private static long Bytes(string text) => long.Parse(text.Split(' ')[0]) << (text.EndsWith("GB", StringComparison.Ordinal) ? 30 : 20);

    private static int? Speed(string text) => int.TryParse(text.Split(' ')[0], out var speed) ? speed : null;
}
