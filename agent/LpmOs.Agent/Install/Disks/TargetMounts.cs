using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Install.Disks;

/// <summary>The new system's file systems, mounted below one folder; taken away in reverse order, whatever happened.</summary>
internal sealed class TargetMounts(AgentLog log) : IDisposable
{
    /// <summary>Nothing is kept that a power cut could spoil: an interrupted attempt starts anew. The disk's cache is flushed at the end.</summary>
    private const string FastExt4 = "nobarrier";

    private readonly Stack<string> _mounted = new();

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
    /// <exception cref="InstallException">The kernel refused.</exception>
    public void Mount(string device, string fileSystem, string point) => Do(() => Kernel.Mount(device, Below(point), fileSystem), point);

    /// <summary>What programs in the new system need to run: devices, proc, sysfs.</summary>
    /// <exception cref="InstallException">The kernel refused.</exception>
    public void MountSystem()
    {
        Do(() => Kernel.Bind("/dev", Below("/dev")), "/dev");
        Do(() => Kernel.Mount("proc", Below("/proc"), "proc"), "/proc");
        Do(() => Kernel.MountReadOnly("sysfs", Below("/sys"), "sysfs"), "/sys");
    }

    /// <summary>Takes all away and writes all out.</summary>
    /// <exception cref="InstallException">Something is still in use.</exception>
    public void Unmount()
    {
        while (_mounted.Count > 0)
            UnmountLast();
    }

    /// <summary>Takes away what was mounted last.</summary>
    /// <exception cref="InstallException">It is still in use.</exception>
    public void UnmountLast()
    {
        try
        {
            Kernel.Unmount(_mounted.Peek(), lazily: false);
        }
        catch (IOException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The new system could not be closed: {e.Message}", "Retry the task.", e);
        }
        _mounted.Pop();
    }

    public void Dispose()
    {
        while (_mounted.TryPop(out var path))
        {
            try
            {
                Kernel.Unmount(path, lazily: true);
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

    private void Do(Action mount, string point)
    {
        var path = Below(point);
        try
        {
            Directory.CreateDirectory(path);
            mount();
            _mounted.Push(path);
        }
        catch (IOException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The new file system for {point} could not be mounted: {e.Message}", "The boot image may lack the file system's driver (boot/drivers.list); otherwise check the disk.", e);
        }
    }

    private string Below(string point) => point == "/" ? Root : Path.Join(Root, point);
}
