using System.Security.Cryptography;
using LpmOs.Agent.Install.Target;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>An encrypted part, open.</summary>
/// <param name="Name">Of the open volume below /dev/mapper, here and in the new system.</param>
/// <param name="Uuid">Of the LUKS header.</param>
/// <param name="On">The device that holds it.</param>
internal sealed record LuksVolume(string Name, string Uuid, string On)
{
    public string Device => "/dev/mapper/" + Name;
}

/// <summary>
/// LUKS2 by cryptsetup(8). Keys go to it by its standard input alone, never by an argument or an environment that others could read. There is no udev in the
/// boot image, so it makes its device nodes itself.
/// </summary>
internal sealed class LuksVolumes(ProgramRunner programs, string? passphrase)
{
    private const int KeyFileBytes = 64;
    /// <summary>16 MiB in sectors of 512 bytes, as the plan reckons: left to itself cryptsetup takes multiples of the device's optimal I/O size.</summary>
    private const string HeaderSectors = "32768";
    private const string Advice = "Rebuild the boot image, so that agent and services have the same version, then retry the task.";
    private static readonly Dictionary<string, string> WithoutUdev = new() { ["DM_DISABLE_UDEV"] = "1" };

    private readonly HashSet<string> _names = [];

    public static bool IsWanted(InstallPlan plan) => plan.Partitions.Any(part => part.Encrypted == true) || plan.Arrays?.Any(array => array.Encrypted == true) == true
        || plan.VolumeGroups?.Any(group => group.Volumes.Any(volume => volume.Encrypted == true)) == true;

    /// <summary>Before anything is written: what is needed is here.</summary>
    /// <exception cref="InstallException">There is no passphrase, or no program.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(passphrase))
            throw new InstallException(FailureCodes.PlanInvalid, "The plan has encrypted parts, and no passphrase came with it.", Advice);
        try
        {
            await programs.RunAsync("cryptsetup", ["--version"], new() { Quiet = true }, cancellationToken).ConfigureAwait(false);
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The plan has encrypted parts, and this boot image cannot make them: {e.Message}", "Rebuild the boot image (make boot-image): boot/programs.list has cryptsetup.", e);
        }
    }

    /// <summary>Makes the device an encrypted volume and opens it. What was on it is not overwritten: that is what a wipe is for.</summary>
    /// <exception cref="ProgramException">cryptsetup failed.</exception>
    public async Task<LuksVolume> CreateAsync(string part, string device, CancellationToken cancellationToken)
    {
        var volume = new LuksVolume(NameFor(part), Guid.NewGuid().ToString(), device);
        // 256 MiB: as much as a machine with 1 GB can spare, now and at each of its starts. How often is measured on this very machine.
        await RunAsync(["luksFormat", "--batch-mode", "--type", "luks2", "--uuid", volume.Uuid, "--offset", HeaderSectors, "--pbkdf", "argon2id", "--pbkdf-memory", "262144", "--key-file=-", device], cancellationToken).ConfigureAwait(false);
        await RunAsync(["open", "--type", "luks2", "--key-file=-", device, volume.Name], cancellationToken).ConfigureAwait(false);
        return volume;
    }

    /// <summary>Opens a volume that was made before.</summary>
    /// <returns>Its device.</returns>
    /// <exception cref="ProgramException">cryptsetup failed.</exception>
    public async Task<string> OpenAsync(string part, string device, CancellationToken cancellationToken)
    {
        var volume = new LuksVolume(NameFor(part), "", device);
        await RunAsync(["open", "--type", "luks2", "--key-file=-", device, volume.Name], cancellationToken).ConfigureAwait(false);
        return volume.Device;
    }

    /// <summary>A second key, in a file of a system that is itself encrypted: so one passphrase opens all.</summary>
    /// <exception cref="ProgramException">cryptsetup failed.</exception>
    public async Task AddKeyFileAsync(LuksVolume volume, string path, CancellationToken cancellationToken)
    {
        await using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            await file.WriteAsync(RandomNumberGenerator.GetBytes(KeyFileBytes), cancellationToken).ConfigureAwait(false);
        // It is random all through: nothing is won by making guesses slow.
        await RunAsync(["luksAddKey", "--batch-mode", "--key-file=-", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", volume.On, path], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A key that the machine's TPM keeps.</summary>
    /// <exception cref="InstallException">The TPM or the volume did not take it.</exception>
    public Task AddTpmAsync(TpmUnlock tpm, TpmWay way, LuksVolume volume, IReadOnlyList<int> pcrs, CancellationToken cancellationToken) =>
        tpm.BindAsync(way, volume, pcrs, passphrase!, cancellationToken);

    private string NameFor(string part)
    {
        var name = "luks-" + part.Replace(' ', '_');
        for (var number = 2; !_names.Add(name); number++)
            name = $"luks-{part.Replace(' ', '_')}-{number}";
        return name;
    }

    private Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        programs.RunAsync("cryptsetup", arguments, new() { Input = passphrase, Quiet = true, Environment = WithoutUdev }, cancellationToken);
}
