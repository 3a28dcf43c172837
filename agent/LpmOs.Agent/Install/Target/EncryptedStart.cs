using LpmOs.Agent.Install.Disks;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>
/// How the new system opens its encrypted volumes at each start (crypttab(5)). What the root lies on is opened in the initramfs with the passphrase, typed at the console, or by the TPM.
/// The others then have keys in files on the encrypted root; where the root is not encrypted there is no place for such a file, and they are opened by the passphrase, too.
/// </summary>
internal sealed class EncryptedStart(TargetTree tree, TpmUnlock? tpm)
{
    private const string KeyFolder = "/etc/cryptsetup-keys.d";
    private const string InitramfsHook = "/usr/share/initramfs-tools/hooks/cryptroot";
    private const string DracutModules = "/usr/lib/dracut/modules.d";
    private const string Advice = "Build the image with cryptsetup, and what opens volumes in its initramfs: cryptsetup-initramfs on Debian, dracut's module crypt on others.";

    /// <summary>An initramfs of dracut, which is made for any machine, learns of the volumes from the kernel's command line (dracut.cmdline(7)).</summary>
    public IEnumerable<string> KernelArguments(PreparedDisk disk) =>
        tree.HasProgram("update-initramfs") || !tree.HasProgram("dracut") ? [] : disk.RootVolumes.SelectMany(volume =>
            (string[])[$"rd.luks.name={volume.Uuid}={volume.Name}", .. tpm?.Way(inInitramfs: true) == TpmWay.Cryptenroll ? [$"rd.luks.options={volume.Uuid}=tpm2-device=auto,discard"] : Array.Empty<string>()]);

    // 90crypt, in newer ones 70crypt: the number is only the order.
    private bool HasDracutModule() => tree.Names(DracutModules).Any(name => name.Length > 2 && name[2..] == "crypt");

    /// <exception cref="InstallException">The image cannot open them.</exception>
    /// <exception cref="ProgramException">A key could not be added.</exception>
    public async Task WriteAsync(InstallPlan plan, PreparedDisk disk, LuksVolumes luks, CancellationToken cancellationToken)
    {
        if (!tree.HasProgram("cryptsetup") && !tree.Exists("/usr/lib/systemd/systemd-cryptsetup") && !tree.Exists("/lib/systemd/systemd-cryptsetup"))
            throw new InstallException(FailureCodes.Configuration, "The image has no cryptsetup, and the plan's layout is encrypted.", Advice);
        var atStart = disk.RootVolumes;
        if (atStart.Count > 0 && !(tree.HasProgram("update-initramfs") ? tree.Exists(InitramfsHook) : HasDracutModule()))
            throw new InstallException(FailureCodes.Configuration, "The image's initramfs cannot open an encrypted root: it has neither cryptsetup-initramfs nor dracut's module crypt.", Advice);
        var way = tpm?.Way(inInitramfs: atStart.Count > 0);
        if (way == TpmWay.Cryptenroll && atStart.Count > 0)
            tree.Write("/etc/dracut.conf.d/lpmos-tpm.conf", "# Written by LpmOs at installation: an initramfs for any machine has it only when asked.\nadd_dracutmodules+=\" tpm2-tss \"\n");
        var lines = new List<string>();
        foreach (var volume in disk.Volumes)
        {
            var (key, options) = ("none", "luks,discard");
            if (atStart.Count > 0 && !atStart.Contains(volume))
            {
                tree.Folder(KeyFolder, TargetTree.PrivateFolder);
                key = $"{KeyFolder}/{volume.Name}.key";
                await luks.AddKeyFileAsync(volume, tree.Resolve(key), cancellationToken).ConfigureAwait(false);
            }
            else if (way is { } by)
            {
                await luks.AddTpmAsync(tpm!, by, volume, plan.Encryption!.TpmPcrs ?? EncryptionUnlocks.UsualPcrs, cancellationToken).ConfigureAwait(false);
                options += by == TpmWay.Cryptenroll ? ",tpm2-device=auto" : "";
            }
            lines.Add($"{volume.Name} UUID={volume.Uuid} {key} {options}{(atStart.Contains(volume) && tree.HasProgram("update-initramfs") ? ",initramfs" : "")}");
        }
        tree.Write("/etc/crypttab", string.Join('\n', lines) + "\n", TargetTree.PrivateFile);
    }
}
