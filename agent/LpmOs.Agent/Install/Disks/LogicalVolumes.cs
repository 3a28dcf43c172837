using System.Globalization;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>
/// LVM (lvm(8)) on the given physical volumes and no other: a filter hides the rest of the machine from it. There is no udev in the
/// boot image, so it makes its device nodes itself.
/// </summary>
internal sealed class LogicalVolumes(ProgramRunner programs, IReadOnlyList<string> physical)
{
    public const long ExtentBytes = 4L << 20;

    private readonly string _config =
        $"devices {{ filter = [ {string.Concat(physical.Select(device => $"\"a|^{device}$|\", "))}\"r|.*|\" ] use_devicesfile = 0 obtain_device_list_from_udev = 0 external_device_info_source = \"none\" }} "
        + "activation { udev_sync = 0 udev_rules = 0 verify_udev_operations = 0 monitoring = 0 } global { use_lvmpolld = 0 } backup { backup = 0 archive = 0 }";

    /// <exception cref="ProgramException">lvm failed.</exception>
    public async Task CreateGroupAsync(string name, CancellationToken cancellationToken)
    {
        await RunAsync(["pvcreate", "-ff", "-y", "--dataalignment", "1m", .. physical], cancellationToken).ConfigureAwait(false);
        await RunAsync(["vgcreate", "-s", "4m", name, .. physical], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the volumes of a group that is on the disks usable.</summary>
    /// <exception cref="ProgramException">lvm failed.</exception>
    public Task ActivateAsync(string name, CancellationToken cancellationToken) => RunAsync(["vgchange", "-a", "y", name], cancellationToken);

    /// <returns>Its device.</returns>
    /// <exception cref="ProgramException">lvm failed.</exception>
    public async Task<string> CreateAsync(string group, VolumePlan volume, CancellationToken cancellationToken)
    {
        await RunAsync(["lvcreate", "-y", "-Wn", "-Zn", "-n", volume.Name, "-l", (volume.SizeBytes / ExtentBytes).ToString(CultureInfo.InvariantCulture), group], cancellationToken).ConfigureAwait(false);
        return Device(group, volume.Name);
    }

    /// <summary>As the device mapper names it; names in plans have no '-', which would be doubled.</summary>
    public static string Device(string group, string volume) => $"/dev/mapper/{group}-{volume}";

    private Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        programs.RunAsync("lvm", [arguments[0], "--config", _config, .. arguments.Skip(1)], new() { Quiet = true }, cancellationToken);
}
