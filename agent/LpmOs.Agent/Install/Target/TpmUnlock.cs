using System.Globalization;
using LpmOs.Agent.Activation;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>
/// Gives the machine's TPM 2.0 a key of its own to an encrypted volume, by what the new system has and will open it with: clevis, or systemd-cryptenroll(1). The passphrase stays
/// in its key slot, for recovery.
/// </summary>
internal sealed class TpmUnlock(TargetTree tree, TargetPrograms programs, AgentLog log)
{
    private const string InitramfsHook = "/usr/share/initramfs-tools/hooks/clevis";
    private const string DracutModules = "/usr/lib/dracut/modules.d";
    /// <summary>The passphrase is in the first, and nothing else has been added to a volume that is opened by somebody.</summary>
    private const string Slot = "1";
    private const string Advice = "Put into the image: clevis-luks, clevis-tpm2 and clevis-initramfs (Debian, Ubuntu); or clevis-luks and clevis-dracut, or systemd-udev with tpm2-tss and tpm2-tools (RHEL family). Or unlock by passphrase.";

    public static bool IsWanted(InstallPlan plan) => plan.Encryption?.Unlock == EncryptionUnlocks.Tpm;

    /// <summary>Before anything is written: the TPM is here.</summary>
    /// <exception cref="InstallException">It is not.</exception>
    public static void Require(SystemTree machine)
    {
        if (!machine.Exists(TpmChannel.Device.TrimStart('/')))
            throw new InstallException(FailureCodes.HardwareChanged, $"The disks are to be opened by the machine's TPM 2.0, and the kernel has none ({TpmChannel.Device}).", "Switch the TPM on in the firmware's setup; where it is on, its driver may be missing in the boot image (boot/drivers.list). Or unlock by passphrase.");
    }

    /// <summary>How the new system is to open its volumes, by the programs in the image.</summary>
    /// <param name="inInitramfs">The root lies on them.</param>
    /// <exception cref="InstallException">The image has nothing that does.</exception>
    public TpmWay Way(bool inInitramfs)
    {
        var clevis = tree.HasProgram("clevis-luks-bind") && tree.HasProgram("clevis-encrypt-tpm2");
        var enroll = tree.HasProgram("systemd-cryptenroll");
        if (inInitramfs && tree.HasProgram("update-initramfs"))
            return clevis && tree.Exists(InitramfsHook) ? TpmWay.Clevis : throw Missing("clevis-luks, clevis-tpm2 and clevis-initramfs");
        if (inInitramfs)
        {
            var modules = tree.Names(DracutModules);
            return clevis && modules.Any(name => name.EndsWith("clevis-pin-tpm2", StringComparison.Ordinal)) ? TpmWay.Clevis
                : enroll && tree.HasProgram("tpm2") && modules.Any(name => name.EndsWith("tpm2-tss", StringComparison.Ordinal)) ? TpmWay.Cryptenroll
                : throw Missing("clevis-luks and clevis-dracut, nor systemd-cryptenroll with tpm2-tools and dracut's module tpm2-tss");
        }
        // systemd opens what the root does not need.
        return enroll ? TpmWay.Cryptenroll : throw Missing("systemd-cryptenroll, by which volumes beside the root are opened");
    }

    /// <summary>Adds the key. By clevis the TPM gives it once and it is tried on the volume; systemd-cryptenroll has nothing that would try it.</summary>
    /// <exception cref="InstallException">The TPM or the volume did not take it; by clevis also: it does not open the volume.</exception>
    public async Task BindAsync(TpmWay way, LuksVolume volume, IReadOnlyList<int> pcrs, string passphrase, CancellationToken cancellationToken)
    {
        try
        {
            if (way == TpmWay.Clevis)
            {
                var policy = pcrs.Count == 0 ? "{}" : $$"""{"pcr_bank":"sha256","pcr_ids":"{{Join(',', pcrs)}}"}""";
                await programs.RunAsync("clevis", ["luks", "bind", "-y", "-k", "-", "-s", Slot, "-d", volume.On, "tpm2", policy], cancellationToken, new() { Input = passphrase, Quiet = true }).ConfigureAwait(false);
                // What the TPM gives is tried on the volume; it is not for the log.
                await programs.RunAsync("clevis", ["luks", "pass", "-d", volume.On, "-s", Slot], cancellationToken, new() { Quiet = true }).ConfigureAwait(false);
            }
            else
            {
                await EnrollAsync(volume, pcrs, passphrase, cancellationToken).ConfigureAwait(false);
            }
            log.Line($"  {volume.On}: the TPM opens it{(pcrs.Count == 0 ? "" : $" while PCR {Join(',', pcrs)} {(pcrs.Count == 1 ? "reads" : "read")} as now")} ({(way == TpmWay.Clevis ? "clevis" : "systemd-cryptenroll")})");
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.Configuration, $"The TPM could not be made to open {volume.On}: {e.Message}", "The TPM may be locked or owned: clear it in the firmware's setup, then retry the task. Or unlock by passphrase.", e);
        }
    }

    // It seeks in its key file, which a pipe does not let it. /dev is in memory, here and in the new system's tree.
    private async Task EnrollAsync(LuksVolume volume, IReadOnlyList<int> pcrs, string passphrase, CancellationToken cancellationToken)
    {
        var key = $"/dev/lpmos-{Guid.NewGuid():N}.key";
        try
        {
            tree.Write(key, passphrase, TargetTree.PrivateFile);
            await programs.RunAsync("systemd-cryptenroll", [$"--unlock-key-file={key}", "--tpm2-device=auto", $"--tpm2-pcrs={Join('+', pcrs)}", volume.On], cancellationToken, new() { Quiet = true }).ConfigureAwait(false);
        }
        finally
        {
            tree.Delete(key);
        }
    }

    private static string Join(char between, IReadOnlyList<int> pcrs) => string.Join(between, pcrs.Select(pcr => pcr.ToString(CultureInfo.InvariantCulture)));

    private static InstallException Missing(string what) =>
        new(FailureCodes.Configuration, $"The image cannot open encrypted disks with a TPM: it has no {what}.", Advice);
}

internal enum TpmWay
{
    /// <summary>A token of clevis in the LUKS2 header, which its part in the initramfs finds by itself.</summary>
    Clevis,
    /// <summary>A token of systemd's; crypttab and kernel command line say <c>tpm2-device=auto</c>.</summary>
    Cryptenroll,
}
