using LpmOs.Agent.Reporting;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Agent.Install.Disks;

/// <summary>The new system's file systems, mounted below one folder; taken away in reverse order, whatever happened.</summary>
internal sealed class TargetMounts(AgentLog log) : IDisposable
{
    /// <summary>Nothing is kept that a power cut could spoil: an interrupted attempt starts anew. The disk's cache is flushed at the end.</summary>
    private const string FastExt4 = "nobarrier";

    private readonly Stack<(string Path, SafeFileHandle? Watch)> _mounted = new();

    /// <summary>Root of the new system.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("lpmos-target-").FullName;

    /// <exception cref="InstallException">The kernel refused.</exception>
    public void Mount(PreparedDisk disk)
    {
        foreach (var partition in disk.Partitions.Where(partition => partition.Plan is { MountPoint: not null, FileSystem: not null and not "swap" }).OrderBy(partition => partition.Plan.MountPoint!.Length))
        {
            var type = partition.Plan.FileSystem!;
            Do(() => Kernel.Mount(partition.Device, Below(partition.Plan.MountPoint!), type, type == "ext4" ? FastExt4 : null), partition.Plan.MountPoint!);
        }
    }

    /// <summary>Mounts one file system below the new system's root.</summary>
    /// <param name="options">Of this file system, as mount(8) takes them behind -o.</param>
    /// <exception cref="InstallException">The kernel refused.</exception>
    public void Mount(string device, string fileSystem, string point, string? options = null) => Do(() => Kernel.Mount(device, Below(point), fileSystem, options), point);

    /// <summary>Waits until the disks have all that was written so far.</summary>
    /// <exception cref="InstallException">A disk did not take something.</exception>
    public void WriteOut()
    {
        foreach (var (path, watch) in _mounted.ToArray())
            WriteOut(path, watch);
    }

    /// <summary>What programs in the new system need to run: devices, proc, sysfs.</summary>
    /// <exception cref="InstallException">The kernel refused.</exception>
    public void MountSystem()
    {
        Do(() => Kernel.Bind("/dev", Below("/dev")), "/dev", isDisk: false);
        Do(() => Kernel.Mount("proc", Below("/proc"), "proc"), "/proc", isDisk: false);
        Do(() => Kernel.MountReadOnly("sysfs", Below("/sys"), "sysfs"), "/sys", isDisk: false);
    }

    /// <summary>Takes all away and writes all out.</summary>
    /// <exception cref="InstallException">Something is still in use, or a disk did not take what was written.</exception>
    public void Unmount()
    {
        Stragglers.End(Root, log);
        while (_mounted.Count > 0)
            UnmountLast();
    }

    /// <summary>Takes away what was mounted last.</summary>
    /// <exception cref="InstallException">It is still in use, or its disk did not take what was written.</exception>
    public void UnmountLast()
    {
        var (path, watch) = _mounted.Peek();
        WriteOut(path, watch);
        watch?.Dispose();
        try
        {
            Kernel.Unmount(path, lazily: false);
        }
        catch (IOException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The new system could not be closed: {e.Message}", "Retry the task.", e);
        }
        _mounted.Pop();
    }

    public void Dispose()
    {
        if (_mounted.Count > 0)
            Stragglers.End(Root, log);
        while (_mounted.TryPop(out var mount))
        {
            mount.Watch?.Dispose();
            try
            {
                Kernel.Unmount(mount.Path, lazily: true);
            }
            catch (IOException e)
            {
                log.Line($"  {e.Message}");
            }
        }
        try
        {
            Directory.Delete(Root);
        }
        catch (IOException e)
        {
            log.Line($"  {e.Message}");
        }
    }

    private static void WriteOut(string path, SafeFileHandle? watch)
    {
        if (watch is not { IsClosed: false })
            return;
        try
        {
            Kernel.WriteOut(watch);
        }
        catch (IOException e)
        {
            throw new InstallException(
                FailureCodes.DiskFailed, $"The disk did not take all that was written to {path}: {e.Message}",
                "The kernel's lines in the task's log name the place (I/O error, dev …, sector …). Check the disk (smartctl), its cabling and its controller; replace it, then retry the task.", e);
        }
    }

    private void Do(Action mount, string point, bool isDisk = true)
    {
        var path = Below(point);
        try
        {
            Directory.CreateDirectory(path);
            mount();
            _mounted.Push((path, isDisk ? Kernel.OpenFolder(path) : null));
        }
        catch (IOException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The new file system for {point} could not be mounted: {e.Message}", "The boot image may lack the file system's driver (boot/drivers.list); otherwise check the disk.", e);
        }
    }

    private string Below(string point) => point == "/" ? Root : Path.Join(Root, point);
}
