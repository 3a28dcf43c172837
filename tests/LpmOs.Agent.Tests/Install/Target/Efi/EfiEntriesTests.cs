using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install.Target;
using LpmOs.Agent.Install.Target.Efi;
using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Tests.Install.Target.Efi;

/// <summary>On the boot variables of real firmware (OVMF 2022.11), as files in the form of efivarfs.</summary>
[Collection("loop devices")]
public sealed class EfiEntriesTests
{
    private const string Global = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private static RecordedMachine Machine(string recorded)
    {
        var machine = new RecordedMachine().File("sys/firmware/efi/efivars/OsIndications" + Global, "x");
        foreach (var line in Recorded.Text($"efi/{recorded}.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Put(machine, line.Split(' ')[0], Convert.FromHexString(line.Split(' ')[1]));
        return machine;
    }

    private static string File(RecordedMachine machine, string name) => Path.Join(machine.Root, "sys/firmware/efi/efivars", name + Global);

    private static void Put(RecordedMachine machine, string name, byte[] value) => System.IO.File.WriteAllBytes(File(machine, name), [7, 0, 0, 0, .. value]);

    private static string Order(RecordedMachine machine) =>
        string.Join(' ', System.IO.File.ReadAllBytes(File(machine, "BootOrder")).Skip(4).Chunk(2).Select(pair => BinaryPrimitives.ReadUInt16LittleEndian(pair).ToString("X4", CultureInfo.InvariantCulture)));

    private static async Task<string> WriteAsync(RecordedMachine machine, params string[] disks)
    {
        using var console = new StringWriter();
        var log = new AgentLog(console, false);
        await new EfiEntries(new SystemTree(machine.Root), new ProgramRunner(log.Line), log).WriteAsync("Debian 12", disks, "/EFI/debian/grubx64.efi", TestContext.Current.CancellationToken);
        return console.ToString();
    }

    /// <summary>A disk with an ESP, as sfdisk makes it.</summary>
    private static string Disk(RecordedMachine machine, string name, string id)
    {
        var file = machine.Device(name, 64 << 20);
        RecordedMachine.Program("sfdisk", $"-q {file}", $"label: gpt\nsize=1MiB, type=21686148-6449-6E6F-744E-656564454649\nsize=32MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid={id}\n");
        return file;
    }

    [Theory]
    // The network first, then the disk, whose place the new system takes.
    [InlineData("ovmf-nvme", "0002 0003 0004 0005 0006 0001 0000 0007", "0002 0003 0004 0005 0006 0008 0001 0000 0007", 8)]
    [InlineData("ovmf-virtio", "0002 0003 0004 0005 0001 0000 0006", "0002 0003 0004 0005 0007 0001 0000 0006", 7)]
    // Somebody wants the disk first, or has none in the list at all.
    [InlineData("ovmf-nvme", "0001 0002", "0008 0001 0002", 8)]
    [InlineData("ovmf-nvme", "0000 0002 0005 0007", "0000 0002 0005 0008 0007", 8)]
    [InlineData("ovmf-nvme", "", "0008", 8)]
    public async Task An_entry_is_made_once_and_the_network_stays_where_it_was(string recorded, string before, string after, int number)
    {
        using var machine = Machine(recorded);
        Put(machine, "BootOrder", [.. before.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(one => BitConverter.GetBytes(Convert.ToUInt16(one, 16)))]);
        var disk = Disk(machine, "dev/vda", "11111111-2222-4333-8444-555555555555");
        var others = Directory.EnumerateFiles(Path.Join(machine.Root, "sys/firmware/efi/efivars")).Where(path => !path.Contains("BootOrder", StringComparison.Ordinal)).ToDictionary(path => path, System.IO.File.ReadAllBytes);

        var said = await WriteAsync(machine, disk);
        Assert.Equal(after, Order(machine));
        Assert.Contains($"Boot{number:X4} LpmOs: Debian 12", said, StringComparison.Ordinal);
        // By hand, from the specification: active, 84 bytes of path, name, partition 2 from sector 4096, 65536 sectors, GUID, GPT; the file; the end.
        var path = Encoding.Unicode.GetBytes("\\EFI\\debian\\grubx64.efi\0");
        byte[] wanted =
        [
            7, 0, 0, 0, 1, 0, 0, 0, (byte)(42 + 4 + path.Length + 4), 0, .. Encoding.Unicode.GetBytes("LpmOs: Debian 12\0"),
            4, 1, 42, 0, 2, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, .. new Guid("11111111-2222-4333-8444-555555555555").ToByteArray(), 2, 2,
            4, 4, (byte)(4 + path.Length), 0, .. path, 0x7F, 0xFF, 4, 0,
        ];
        Assert.Equal(wanted, System.IO.File.ReadAllBytes(File(machine, $"Boot{number:X4}")));

        // Again, onto another disk: the same number, no second entry.
        await WriteAsync(machine, Disk(machine, "dev/vdb", "99999999-2222-4333-8444-555555555555"));
        Assert.Equal(after, Order(machine));
        Assert.Equal(new Guid("99999999-2222-4333-8444-555555555555").ToByteArray(), System.IO.File.ReadAllBytes(File(machine, $"Boot{number:X4}")).AsSpan(wanted.Length - 42 - 4 - path.Length - 4 + 24, 16).ToArray());
        foreach (var (file, bytes) in others)
            Assert.Equal(bytes, System.IO.File.ReadAllBytes(file));
    }

    [Fact]
    public async Task A_mirror_has_an_entry_for_each_disk_and_what_a_later_layout_does_not_have_is_taken_away()
    {
        using var machine = Machine("ovmf-nvme");
        var (first, second) = (Disk(machine, "dev/vda", "11111111-2222-4333-8444-555555555555"), Disk(machine, "dev/vdb", "22222222-2222-4333-8444-555555555555"));

        await WriteAsync(machine, first, second);
        Assert.Equal("0002 0003 0004 0005 0006 0008 0009 0001 0000 0007", Order(machine));
        Assert.Contains("LpmOs: Debian 12 (disk 2)", Encoding.Unicode.GetString(System.IO.File.ReadAllBytes(File(machine, "Boot0009")), 10, 100), StringComparison.Ordinal);

        // Somebody moved it to the front on purpose.
        Put(machine, "BootOrder", [8, 0, 2, 0, 9, 0, 1, 0]);
        await WriteAsync(machine, second);
        Assert.Equal("0008 0002 0001", Order(machine));
        Assert.False(System.IO.File.Exists(File(machine, "Boot0009")));
    }

    [Fact]
    public async Task What_firmware_left_broken_is_passed_over_and_a_number_of_somebody_else_is_never_taken()
    {
        using var machine = Machine("ovmf-nvme");
        Put(machine, "Boot0008", [1, 0]);
        Put(machine, "Boot0009", [1, 0, 0, 0, 0xFF, 0xFF, .. Encoding.Unicode.GetBytes("LpmOs: cut\0"), 4, 1]);
        Put(machine, "BootOrder", [2, 0, 2, 0, 0xA, 0, 1]);
        var disk = Disk(machine, "dev/vda", "11111111-2222-4333-8444-555555555555");

        await WriteAsync(machine, disk);

        // 8 and 9 are there, A is in the order though there is no such entry; what was in it twice is in it once.
        Assert.Equal("0002 000B 000A", Order(machine));
        Assert.Equal([7, 0, 0, 0, 1, 0], System.IO.File.ReadAllBytes(File(machine, "Boot0008")));
    }

    [Fact]
    public async Task What_could_not_be_read_is_not_taken_for_nothing_and_written_over()
    {
        using var machine = Machine("ovmf-nvme");
        var disk = Disk(machine, "dev/vda", "11111111-2222-4333-8444-555555555555");
        // No more than that is to be had where the firmware answers with an error.
        System.IO.File.WriteAllBytes(File(machine, "Boot0008"), []);
        await WriteAsync(machine, disk);
        Assert.Equal("0002 0003 0004 0005 0006 0009 0001 0000 0007", Order(machine));
        Assert.Empty(System.IO.File.ReadAllBytes(File(machine, "Boot0008")));

        System.IO.File.WriteAllBytes(File(machine, "BootOrder"), []);
        Assert.Contains("did not take a boot entry: its BootOrder cannot be read", await WriteAsync(machine, disk), StringComparison.Ordinal);
        Assert.Empty(System.IO.File.ReadAllBytes(File(machine, "BootOrder")));
    }

    [Fact]
    public async Task Firmware_that_takes_nothing_is_no_failure()
    {
        using var machine = Machine("ovmf-nvme");
        System.IO.File.Delete(File(machine, "BootOrder"));
        Directory.CreateDirectory(File(machine, "BootOrder"));
        var said = await WriteAsync(machine, Disk(machine, "dev/vda", "11111111-2222-4333-8444-555555555555"));
        Assert.Contains("did not take a boot entry", said, StringComparison.Ordinal);

        using var bios = new RecordedMachine();
        Assert.Equal("", await WriteAsync(bios, "/dev/null"));
    }

    [Fact]
    public void The_images_own_shim_and_grub_are_completed_and_nothing_makes_entries_behind_our_back()
    {
        using var machine = new RecordedMachine().File("boot/efi/EFI/redhat/shimx64.efi", "shim").File("boot/efi/EFI/redhat/grubx64.efi", "grub").File("boot/efi/EFI/redhat/mmx64.efi", "mm")
            .File("boot/efi/EFI/BOOT/BOOTX64.EFI", "old").File("boot/efi/EFI/BOOT/fbx64.efi", "fallback");
        var esp = new EspLoader(new TargetTree(machine.Root), "/boot/efi");
        Assert.Equal(("redhat", "/EFI/redhat/shimx64.efi"), (esp.Shipped, esp.Path));
        var menu = new GrubConfig { Title = "x", BootUuid = "B-1", Root = "UUID=R", Kernel = "/vmlinuz", Initrd = null, KernelArguments = [] }.Leading("/grub2");

        esp.Complete("redhat", menu);

        string Text(string path) => System.IO.File.ReadAllText(Path.Join(machine.Root, "boot/efi/EFI", path));
        Assert.Equal(("shim", "grub", "mm"), (Text("BOOT/BOOTX64.EFI"), Text("BOOT/grubx64.efi"), Text("BOOT/mmx64.efi")));
        Assert.Equal(menu, Text("redhat/grub.cfg"));
        Assert.Equal(menu, Text("BOOT/grub.cfg"));
        Assert.False(System.IO.File.Exists(Path.Join(machine.Root, "boot/efi/EFI/BOOT/fbx64.efi")));
        System.IO.File.WriteAllText(Path.Join(machine.Root, "menu.cfg"), menu);
        RecordedMachine.Program("grub-script-check", Path.Join(machine.Root, "menu.cfg"));
    }

    [Theory]
    [InlineData(true, "grubx64.efi shimx64.efi", "/EFI/debian/shimx64.efi")]
    [InlineData(false, "grubx64.efi", "/EFI/debian/grubx64.efi")]
    public void What_grub_install_left_lies_in_the_vendors_folder_by_its_own_names(bool signed, string names, string path)
    {
        using var machine = new RecordedMachine().File("boot/efi/EFI/BOOT/BOOTX64.EFI", signed ? "shim" : "grub");
        if (signed)
            machine.File("boot/efi/EFI/BOOT/grubx64.efi", "grub");
        var esp = new EspLoader(new TargetTree(machine.Root), "/boot/efi");

        esp.CopyTo("debian");

        Assert.Equal(names, string.Join(' ', Directory.EnumerateFiles(Path.Join(machine.Root, "boot/efi/EFI/debian")).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        Assert.Equal("grub", System.IO.File.ReadAllText(Path.Join(machine.Root, "boot/efi/EFI/debian/grubx64.efi")));
        Assert.Equal(path, esp.Path);
    }

    [Theory]
    [InlineData(false, "/boot/vmlinuz-5.14.0-1.el9", "/boot/initramfs-5.14.0-1.el9.img")]
    [InlineData(true, "/vmlinuz-5.14.0-1.el9", "/initramfs-5.14.0-1.el9.img")]
    public void Entries_of_the_boot_loader_specification_name_this_machine(bool apart, string kernel, string initrd)
    {
        const string name = "boot/loader/entries/0a1b-5.14.0-1.el9.conf";
        using var machine = new RecordedMachine().File(name, "title Rocky Linux 9\nversion 5.14.0-1.el9\nlinux /boot/vmlinuz-5.14.0-1.el9\ninitrd /boot/initramfs-5.14.0-1.el9.img $tuned_initrd\noptions root=UUID=built $tuned_params\ngrub_users $grub_users\n");
        var specification = new BootLoaderSpecification(new TargetTree(machine.Root));
        Assert.True(specification.IsUsed);

        specification.Rewrite("UUID=R-1", ["console=ttyS0,115200"], apart);

        Assert.Equal($"title Rocky Linux 9\nversion 5.14.0-1.el9\nlinux {kernel}\ninitrd {initrd} $tuned_initrd\noptions root=UUID=R-1 ro console=ttyS0,115200\ngrub_users $grub_users\n", System.IO.File.ReadAllText(Path.Join(machine.Root, name)));
        Assert.Equal("root=UUID=R-1 ro console=ttyS0,115200\n", System.IO.File.ReadAllText(Path.Join(machine.Root, "etc/kernel/cmdline")));
    }
}
