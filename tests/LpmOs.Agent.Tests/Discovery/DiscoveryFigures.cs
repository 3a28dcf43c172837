using System.Diagnostics;
using System.Globalization;
using LpmOs.Agent.Discovery;
using LpmOs.Contracts.Hardware;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Discovery;

/// <summary>How long the discovery of a large machine takes, printed by <c>make bench TARGET=discovery</c>; asked are less than 3 s.</summary>
public sealed class DiscoveryFigures
{
    private const int Disks = 64, Nics = 16, Rounds = 5, DiskBytes = 8 << 20, TableBytes = 64 << 10;

    [Fact]
    public async Task ALargeMachineIsDescribedWhole()
    {
        using var machine = Large();

        var found = await RecordedMachineTests.CollectAsync(machine);

        Assert.Equal((Disks, Nics, 12, 0), (found.Disks.Count, found.Nics.Count, found.Memory!.Dimms.Count, found.Warnings.Count));
        Assert.All(found.Disks, disk => Assert.Equal(("gpt", 2, true), (disk.Content!.PartitionTable, disk.Content.Partitions.Count, disk.Health!.Passed)));
    }

    [Fact(Explicit = true)]
    public async Task Print()
    {
        var sheet = new FigureSheet { Title = "The agent's discovery of a large machine" };
        using var machine = Large();
        var seconds = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await RecordedMachineTests.CollectAsync(machine);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        sheet.AtMost($"discovery of {Disks} disks with partitions, blkid asked of each, and {Nics} NICs", "s", 3, seconds);
        sheet.Save();
        seconds.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"discovery of {Disks} disks with partitions (blkid asked of each) and {Nics} NICs: {seconds[0]:0.00} / {seconds[Rounds / 2]:0.00} / {seconds[^1]:0.00} s (minimum / median / maximum of {Rounds}; asked: under 3)"));
    }

    // A Dell R740 with an enclosure full of disks: each a sparse file with a partition table of its own, so that blkid runs for each.
    private static RecordedMachineReader Large()
    {
        var machine = RecordedMachineReader.Read("dell-poweredge-r740");
        Directory.Delete(Path.Join(machine.Machine.Root, "sys/block"), recursive: true);
        Directory.Delete(Path.Join(machine.Machine.Root, "sys/class/net"), recursive: true);
        var first = machine.Machine.Device("dev/first", DiskBytes);
        RecordedMachine.Program("sfdisk", $"-q {first}", "label: gpt\nsize=2048, name=\"one\"\nsize=2048, name=\"two\"\n");
        var bytes = File.ReadAllBytes(first);
        for (var i = 0; i < Disks; i++)
        {
            var name = "sd" + (i < 26 ? ((char)('a' + i)).ToString() : $"{(char)('a' + (i / 26) - 1)}{(char)('a' + (i % 26))}");
            machine.Machine.Disk(name, DiskBytes, $"pci0000:85/0000:86:00.0/host10/end_device-10:0:{i}/target10:0:{i}/10:0:{i}:0", ("device/vendor", "HGST"), ("device/model", "HUH721008AL5200"), ("wwid", $"naa.5000cca2600{i:x5}"), ("queue/rotational", "1"), ("queue/logical_block_size", "512"));
            using (var disk = File.OpenWrite(machine.Machine.Device("dev/" + name, DiskBytes)))
            {
                disk.Write(bytes, 0, TableBytes);
                disk.Seek(-TableBytes, SeekOrigin.End);
                disk.Write(bytes, bytes.Length - TableBytes, TableBytes);
            }
            machine.Dialogue.AnswerFile($"smartctl --json=c -i -H -A /dev/{name}", "smart/sas-hdd.json");
        }
        for (var i = 0; i < Nics; i++)
            machine.Machine.Nic($"eth{i}", $"52:54:00:00:01:{i:x2}", $"0000:c{i:x}:00.0", "mlx5_core", "25000");
        return machine;
    }
}
