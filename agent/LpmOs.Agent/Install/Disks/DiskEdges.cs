using LpmOs.Agent.Reporting;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Agent.Install.Disks;

/// <summary>Clears the first and last MiB of the planned disk: partition tables, boot code, old RAID and volume labels.</summary>
internal sealed class DiskEdges(AgentLog log, TimeProvider time)
{
    private const int EdgeBytes = 1 << 20;
    private static readonly TimeSpan LongestBusy = TimeSpan.FromSeconds(60);

    /// <summary>Waits a while for others to let go of the disk. Nothing is written.</summary>
    /// <exception cref="InstallException">The disk is in use, or cannot be opened.</exception>
    public async Task RequireUnusedAsync(string device, CancellationToken cancellationToken)
    {
        try
        {
            (await OpenAsync(device, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Unwritable(device, e);
        }
    }

    /// <summary>Before the first write: nobody may be using the disk. After it nothing on the disk boots.</summary>
    /// <exception cref="InstallException">The disk is in use, or cannot be written.</exception>
    public async Task ClearAsync(string device, long sizeBytes, CancellationToken cancellationToken)
    {
        try
        {
            Write(await OpenAsync(device, cancellationToken).ConfigureAwait(false), sizeBytes);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Unwritable(device, e);
        }
    }

    /// <summary>
    /// After a failure: whatever is there already must not boot, though its file systems may still be on their way out. A disk that cannot be written is told to the log, and keeps
    /// neither the others from being sealed nor the failure itself from being told.
    /// </summary>
    public static void SealAll(IEnumerable<TargetDisk> disks, AgentLog to)
    {
        foreach (var disk in disks)
        {
            try
            {
                Write(File.OpenHandle(disk.Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite), disk.Disk.SizeBytes);
                to.Line($"  {disk.Device} was left without a partition table: nothing on it boots");
            }
            catch (Exception e) when (IsRefusal(e))
            {
                to.Line($"  {Unwritable(disk.Device, e).Message}");
            }
        }
    }

    // The size is the kernel's: .NET takes every block device for empty (fstat gives no length).
    private static void Write(SafeFileHandle handle, long sizeBytes)
    {
        using var disk = new FileStream(handle, FileAccess.ReadWrite, 0);
        var zeros = new byte[EdgeBytes];
        foreach (var start in (long[])[0, Math.Max(0, sizeBytes - EdgeBytes)])
        {
            disk.Position = start;
            disk.Write(zeros.AsSpan(0, (int)Math.Min(EdgeBytes, sizeBytes - start)));
        }
        disk.Flush(flushToDisk: true);
    }

    // A write-protected disk is EACCES or EPERM, which .NET has another exception for.
    private static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException;

    private static InstallException Unwritable(string device, Exception e) =>
        new(FailureCodes.DiskFailed, $"{device} cannot be written: {e.Message}", "Check the disk, its cabling and its controller; replace it where its own log shows errors.", e);

    // An unmount that was let go lazily, after an abort, may still write for a while.
    private async Task<SafeFileHandle> OpenAsync(string device, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            if (Kernel.OpenExclusively(device) is { } handle)
                return handle;
            if (time.GetElapsedTime(began) > LongestBusy)
                throw new InstallException(FailureCodes.DiskFailed, $"{device} is in use by this system: a partition is mounted, or it is part of a RAID or a volume group.", "Boot the machine from the network, where nothing uses its disks.");
            if (tries == 1)
                log.Line($"  {device} is in use; waiting until it is not");
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
