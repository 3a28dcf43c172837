using LpmOs.Agent.Discovery;
using LpmOs.Agent.Raid;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>
/// Which of the machine's disks an array is that the plan's hardware_config has made. The controller itself says so: by its serial number it is the planned one, by level and disks the
/// array is, and by the world wide name (or path) that it gives the array the kernel's disk is. Nothing else about the disk could be planned before it was made.
/// </summary>
internal sealed class ArrayFinder(IReadOnlyList<IRaidTool> tools, Action<string> log, TimeProvider time)
{
    private const string Advice = "Let the machine report its hardware again (restart it), look at the task's new plan, and approve that.";
    /// <summary>The kernel shows a new array within seconds; initialization goes on behind it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);

    /// <returns>The kernel's path of the disk.</returns>
    /// <exception cref="InstallException">Controller or array are not as planned, or no disk is the array.</exception>
    public async Task<string> FindAsync(DiskPlan planned, DiskDiscovery discovery, CancellationToken cancellationToken)
    {
        var wanted = planned.Array!;
        var tool = tools.FirstOrDefault(one => one.Name == wanted.Tool)
            ?? throw new InstallException(FailureCodes.PlanInvalid, $"This agent does not know the program '{Printable.Clean(wanted.Tool, 40)}' of RAID controller {Printable.Clean(wanted.Controller, 40)}.", "Rebuild the boot image, so that agent and services have the same version.");
        var began = time.GetTimestamp();
        while (true)
        {
            var array = await ArrayAsync(tool, wanted, cancellationToken).ConfigureAwait(false);
            var disks = await discovery.DisksAsync(cancellationToken).ConfigureAwait(false);
            var matching = disks.Where(disk => array.Wwn is not null ? disk.Wwn == array.Wwn : disk.Device == array.Device).ToList();
            if (matching is [var disk])
            {
                log($"  Array {wanted.Name} ({wanted.Level} of {string.Join(", ", wanted.Disks)}) of RAID controller {wanted.Controller} is {disk.Device}, wwn {disk.Wwn ?? "-"}");
                return disk.Device;
            }
            if (matching.Count > 1 || time.GetElapsedTime(began) > Patience)
                throw Changed($"{(matching.Count > 1 ? $"{matching.Count} disks are" : "No disk is")} the array {wanted.Name} (wwn {array.Wwn ?? "-"}, {array.Device ?? "path not told"}) of RAID controller {wanted.Controller}. Present: {string.Join(", ", disks.Select(one => $"{one.Device} wwn {one.Wwn ?? "-"}"))}.");
            await Task.Delay(Rhythm, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<RaidArray> ArrayAsync(IRaidTool tool, ArrayDisk wanted, CancellationToken cancellationToken)
    {
        try
        {
            var controller = await HardwareConfiguration.FindAsync(tool, wanted.Controller, null, wanted.ControllerSerial, cancellationToken).ConfigureAwait(false);
            var arrays = controller.Arrays.Where(one => one.Level == wanted.Level && HardwareConfiguration.SameDisks(one.Disks, wanted.Disks)).ToList();
            if (arrays is not [var array])
                throw Changed($"RAID controller {wanted.Controller} has {(arrays.Count == 0 ? "no array" : $"{arrays.Count} arrays")} of {wanted.Level} on {string.Join(", ", wanted.Disks)} ({wanted.Name}).");
            if (array.State == "failed")
                throw Changed($"The array {wanted.Name} of RAID controller {wanted.Controller} has failed.");
            return array is { Wwn: null, Device: null } ? throw Changed($"RAID controller {wanted.Controller} does not tell which disk its array {wanted.Name} is.") : array;
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.HardwareConfig, $"RAID controller {wanted.Controller} could not be asked which disk its array {wanted.Name} is: {e.Message}", "The task's log shows what the program said. Retry the task.", e);
        }
    }

    private static InstallException Changed(string message) => new(FailureCodes.DiskChanged, message, Advice);
}
