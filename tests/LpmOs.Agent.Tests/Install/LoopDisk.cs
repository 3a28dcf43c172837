using System.Globalization;

namespace LpmOs.Agent.Tests.Install;

/// <summary>
/// A real block device to install on: a loop device over a sparse file, under a name of its own. Where this kernel does not read GPTs
/// itself, the partitions are told to it (partx) by a wrapper around sfdisk that is first on the PATH.
/// </summary>
internal sealed class LoopDisk : IDisposable
{
    private static int _count;
    private readonly string _folder = Directory.CreateTempSubdirectory("lpmos-loop-").FullName;
    private readonly string _loop;
    private readonly bool _isSmall;
    private readonly string _path = Environment.GetEnvironmentVariable("PATH")!;

    /// <param name="room">So many bytes it can hold, whatever its size; writes beyond are errors of the device. 0: as many as its size.</param>
    public LoopDisk(long bytes, long room = 0)
    {
        Bytes = bytes;
        _isSmall = room > 0;
        Name = $"lpmos-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}-n1";
        var file = Path.Join(_folder, "room", "disk.raw");
        Directory.CreateDirectory(Path.Join(_folder, "room"));
        if (_isSmall)
            RecordedMachine.Program("mount", string.Create(CultureInfo.InvariantCulture, $"-t tmpfs -o size={room} tmpfs {_folder}/room"));
        using (var stream = File.Create(file))
            stream.SetLength(bytes);
        _loop = RecordedMachine.Program("losetup", $"-fP --show {file}").Trim();
        File.CreateSymbolicLink(Device, _loop);
        for (var i = 1; i <= 4; i++)
            File.CreateSymbolicLink($"{Device}p{i}", $"{_loop}p{i}");
        var wrapper = Path.Join(_folder, "sfdisk");
        // PATH belongs to the whole process: other tests that run beside this one must get sfdisk alone.
        File.WriteAllText(wrapper, $"#!/bin/sh\n/usr/sbin/sfdisk \"$@\" || exit\ncase \"$*\" in *{Device}*) [ -b {_loop}p1 ] || partx -a {_loop};; esac\n");
        File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", $"{_folder}:/usr/sbin:/sbin:{_path}");
    }

    /// <summary>Puts a script in the place of a program.</summary>
    public void Pretend(string program, string script)
    {
        File.WriteAllText(Path.Join(_folder, program), "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(Path.Join(_folder, program), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Name { get; }
    public long Bytes { get; }
    public string Device => "/dev/" + Name;

    public static bool Possible => Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control") && File.Exists("/usr/sbin/sfdisk") && File.Exists("/usr/bin/busybox") && File.Exists("/usr/bin/zstd");

    /// <summary>The machine that has this disk.</summary>
    public RecordedMachine Machine()
    {
        var machine = RecordedMachine.Qemu();
        File.Delete(Path.Join(machine.Root, "sys/block/vda"));
        machine.Disk(Name, Bytes, "pci0000:00/0000:00:05.0/virtio3", ("serial", "LOOP-1"), ("queue/logical_block_size", "512"));
        Directory.CreateDirectory(Path.Join(machine.Root, "dev"));
        File.CreateSymbolicLink(Path.Join(machine.Root, Device), _loop);
        return machine;
    }

    public byte[] Read(long offset, int length)
    {
        using var stream = File.OpenRead(Device);
        stream.Position = offset;
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public void Write(long offset, byte[] bytes)
    {
        using var stream = new FileStream(Device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = offset;
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Mounts a partition read-only while the action looks at it.</summary>
    public void Look(int partition, Action<string> look)
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-look-").FullName;
        RecordedMachine.Program("mount", string.Create(CultureInfo.InvariantCulture, $"-o ro {Device}p{partition} {folder}"));
        try
        {
            look(folder);
        }
        finally
        {
            RecordedMachine.Program("umount", folder);
            Directory.Delete(folder);
        }
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        RecordedMachine.Program("partx", $"-d {_loop} 2>/dev/null || true");
        RecordedMachine.Program("losetup", $"-d {_loop}");
        File.Delete(Device);
        for (var i = 1; i <= 4; i++)
            File.Delete($"{Device}p{i}");
        if (_isSmall)
            RecordedMachine.Program("umount", $"{_folder}/room");
        Directory.Delete(_folder, recursive: true);
    }
}
