using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (own) BIOS: the system on an array that the task has a RAID controller make, which nobody saw before; its data on a software array that the layout makes. The controller is QEMU's,
/// its program the lab's (<see cref="RaidControllerProgram"/>), mdadm is mdadm.
/// </summary>
public sealed class OwnArrayTests(ITestOutputHelper output)
{
    private const long ArrayOffset = 16 << 20, MiB = 1 << 20;

    private const string Hardware = """{"controllers":[{"arrays":[{"name":"system","level":"raid1","disks":["252:0","252:1"]}]}]}""";

    private const string Layout = """
        {"disks":[
          {"name":"system","disk":{"array":"system"},"partitions":[
            {"role":"bios_boot","size":"1MiB"},
            {"role":"esp","size":"256MiB","file_system":"vfat","mount_point":"/boot/efi"},
            {"name":"root","role":"root","file_system":"ext4","mount_point":"/"}]},
          {"name":"data","disk":{"transport":"virtio","count":2},"partitions":[{"name":"srv","array":"srv"}]}],
         "arrays":[{"name":"srv","level":1,"file_system":"ext4","mount_point":"/srv"}]}
        """;

    [Fact]
    [Trait("case", "own")]
    public async Task A_system_is_installed_on_the_array_that_its_own_task_makes_and_starts_from_it()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("own");
        var files = await Repository.CopyBootFilesAsync(folder, cancellationToken);
        await Command.RunAsync("cp", ["-al", Path.Combine(Repository.Files, "images"), files], cancellationToken);
        await RaidControllerProgram.InstallAsync(files, folder, cancellationToken);
        await using var network = await LabNetwork.CreateAsync("own", folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken, ("Boot:FilesPath", files));
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.Bios, NicDevice = "virtio-net-pci", SerialNumber = "SN-OWN-0001", Mac = "52:54:00:77:00:2b",
            HasRaidController = true, DiskDevice = RaidControllerProgram.Array, DiskSerial = "VD-OWN", DiskBytes = RaidControllerProgram.ArrayBytes,
            DisksBehind = [.. Enumerable.Range(1, 2).Select(number => new ExtraDisk(Path.Combine(folder, $"data{number}.raw"), $"VD-DATA-{number}", 1600 * MiB) { Device = "virtio-blk-pci" })],
        };
        var it = new StorageCase("own BIOS, system on an array of the task's hardware_config, data on a software array", spec, network, output) { HardwareConfig = Hardware };
        await using var machine = new VirtualMachine(network, spec);

        var answer = await it.InstallAsync(machine, Layout, cancellationToken);
        // Before it was approved the machine had two disks, and the plan a third that was still to be made.
        Assert.Equal(["/dev/vda", "/dev/vdb"], answer.GetProperty("disks").EnumerateArray().Select(disk => disk.GetProperty("device").GetString()!));
        Assert.Equal(["/dev/raid/system", "/dev/vda", "/dev/vdb"], answer.GetProperty("layout").EnumerateArray().Where(row => row.GetProperty("kind").GetString() == "disk").Select(row => row.GetProperty("device").GetString()!));
        var planned = answer.GetProperty("plan").GetProperty("disks")[0];
        Assert.Equal(("SV-LAB-0001", "raid1"), (planned.GetProperty("array").GetProperty("controller_serial").GetString(), planned.GetProperty("array").GetProperty("level").GetString()));
        Assert.InRange(RaidControllerProgram.ArrayBytes, planned.GetProperty("size_bytes").GetInt64(), planned.GetProperty("array").GetProperty("most_bytes").GetInt64());
        using (var task = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "task.json"), cancellationToken)))
            Assert.Equal(["hardware_config", "os_install", "reboot"], task.RootElement.GetProperty("operations").EnumerateArray().Select(operation => operation.GetProperty("operation").GetString()!));

        var said = await StorageCase.WitnessAsync(machine, cancellationToken);
        // The controller's program was told to change one thing, once; the disk that came of it is the one that was written.
        var called = Assert.Single(machine.Console.Lines, line => line.Text.Contains(RaidControllerProgram.Called, StringComparison.Ordinal)).Text;
        Assert.EndsWith("/c0 add vd type=raid1 name=system drives=252:0,252:1 J", called.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains(machine.Console.Lines, line => line.Text.Contains($"is /dev/sda, wwn {RaidControllerProgram.Wwn}", StringComparison.Ordinal));
        foreach (var at in (string[])[said, await it.RestartAsync(machine, "power cycle", cancellationToken)])
        {
            Assert.Contains("\n/ /dev/sda3 ext4", at, StringComparison.Ordinal);
            Assert.Matches(@"\n/srv /dev/md\S+ ext4", at);
            Assert.Contains("[2/2] [UU]", at, StringComparison.Ordinal);
        }
        await machine.PowerOffAsync();

        // The bytes: the planned parts, GRUB in the first sector, and both file systems in the system's own list.
        var (label, partitions) = await new DiskImage(machine.DiskFile).PartitionsAsync(cancellationToken);
        Assert.Equal("gpt", label);
        var parts = answer.GetProperty("plan").GetProperty("partitions").EnumerateArray().Take(3).Select(part => (part.GetProperty("name").GetString()!, part.GetProperty("size_bytes").GetInt64()));
        Assert.Equal(parts, partitions.Select(part => (part.Name, part.SizeBytes)));
        var system = new StorageImage(machine.DiskFile);
        var (root, bytes) = await system.FileSystemAsync(partitions[2], cancellationToken);
        Assert.InRange(bytes, partitions[2].SizeBytes - 4096, partitions[2].SizeBytes);
        var sector = new byte[512];
        await using (var disk = File.OpenRead(machine.DiskFile))
            await disk.ReadExactlyAsync(sector, cancellationToken);
        Assert.Contains("GRUB", System.Text.Encoding.Latin1.GetString(sector), StringComparison.Ordinal);
        var table = await system.ReadFileAsync(partitions[2], 0, "/etc/fstab", cancellationToken);
        Assert.Contains($"UUID={root} / ext4", table, StringComparison.Ordinal);

        var uuid = answer.GetProperty("plan").GetProperty("arrays")[0].GetProperty("uuid").GetString()!.Replace("-", "", StringComparison.Ordinal);
        foreach (var disk in spec.DisksBehind)
        {
            var (_, members) = await new DiskImage(disk.File).PartitionsAsync(cancellationToken);
            var member = await new StorageImage(disk.File).ArrayMemberAsync(Assert.Single(members), cancellationToken);
            Assert.Contains("MD_LEVEL=raid1\n", member, StringComparison.Ordinal);
            Assert.Contains($"MD_UUID={string.Join(':', uuid.Chunk(8).Select(part => new string(part)))}", member, StringComparison.Ordinal);
            var (data, _) = await new StorageImage(disk.File).FileSystemAsync(members[0] with { StartBytes = members[0].StartBytes + ArrayOffset, SizeBytes = members[0].SizeBytes - ArrayOffset }, cancellationToken);
            Assert.Contains($"UUID={data} /srv ext4", table, StringComparison.Ordinal);
        }
        await it.EndAsync(machine, cancellationToken);
    }
}
