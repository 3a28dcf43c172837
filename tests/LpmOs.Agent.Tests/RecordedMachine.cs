using System.Diagnostics;
using System.Text;

namespace LpmOs.Agent.Tests;

/// <summary>A tree of kernel files in a temporary folder, made of what real machines showed.</summary>
internal sealed class RecordedMachine : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("lpmos-machine-").FullName;

    public RecordedMachine File(string path, string content) => File(path, Encoding.UTF8.GetBytes(content));

    public RecordedMachine File(string path, byte[] content)
    {
        var full = Path.Join(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllBytes(full, content);
        return this;
    }

    public RecordedMachine Link(string path, string target)
    {
        var full = Path.Join(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.CreateSymbolicLink(full, Path.Join(Root, target));
        return this;
    }

    /// <summary>A QEMU guest: q35, one virtio disk, one virtio NIC, 2 GiB.</summary>
    public static RecordedMachine Qemu() => new RecordedMachine()
        .File("sys/class/dmi/id/sys_vendor", "QEMU\n").File("sys/class/dmi/id/product_name", "Standard PC (Q35 + ICH9, 2009)\n")
        .File("sys/class/dmi/id/product_version", "pc-q35-7.2\n").File("sys/class/dmi/id/product_serial", "SN-1\n")
        .File("sys/class/dmi/id/product_uuid", "4C4C4544-0051-3110-8051-B4C04F4E3132\n")
        .File("sys/class/dmi/id/bios_vendor", "SeaBIOS\n").File("sys/class/dmi/id/bios_version", "1.16.2-1\n").File("sys/class/dmi/id/bios_date", "04/01/2014\n")
        .File("proc/cpuinfo", "processor\t: 0\nmodel name\t: QEMU Virtual CPU version 2.5+\nphysical id\t: 0\ncore id\t\t: 0\nflags\t\t: fpu hypervisor\n\nprocessor\t: 1\nmodel name\t: QEMU Virtual CPU version 2.5+\nphysical id\t: 0\ncore id\t\t: 1\nflags\t\t: fpu hypervisor\n")
        .File("proc/meminfo", "MemTotal:        2021988 kB\nMemFree: 1 kB\n")
        .Disk("vda", 8L << 30, "pci0000:00/0000:00:04.0/virtio2", ("serial", "DISK-1"), ("queue/rotational", "1"), ("queue/logical_block_size", "512"))
        .Nic("eth0", "52:54:00:00:00:01", "0000:00:03.0/virtio1", "virtio_net", "-1");

    public RecordedMachine Disk(string name, long bytes, string devicePath, params (string File, string Content)[] files)
    {
        var folder = $"sys/devices/{devicePath}/block/{name}";
        File($"{folder}/size", $"{bytes / 512}\n");
        foreach (var (file, content) in files)
            File($"{folder}/{file}", content + "\n");
        return Link($"sys/block/{name}", folder);
    }

    public RecordedMachine Nic(string name, string mac, string device, string driver, string speed, bool link = true)
    {
        File($"sys/class/net/{name}/address", mac + "\n").File($"sys/class/net/{name}/type", "1\n").File($"sys/class/net/{name}/carrier", link ? "1\n" : "0\n").File($"sys/class/net/{name}/speed", speed + "\n");
        File($"sys/devices/pci0000:00/{device}/vendor", "x").File($"sys/drivers/{driver}/module", "");
        Link($"sys/class/net/{name}/device", $"sys/devices/pci0000:00/{device}");
        return Link($"sys/devices/pci0000:00/{device}/driver", $"sys/drivers/{driver}");
    }

    /// <summary>The device itself: a sparse file, as long as the disk.</summary>
    public string Device(string path, long bytes)
    {
        var full = Path.Join(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using var file = System.IO.File.Create(full);
        file.SetLength(bytes);
        return full;
    }

    /// <summary>Runs a program and returns what it said; fails the test where the program fails.</summary>
    public static string Program(string program, string arguments, string? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{program} {arguments}"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {arguments}: {errors}");
        return output;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
