using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning;

/// <summary>Whether image and machine can do what a task's encryption asks for.</summary>
internal static class EncryptionPlans
{
    public static IEnumerable<TaskFailure> WhyNot(EncryptionSpec asked, SiteImage image, Inventory inventory)
    {
        if (!image.Supports.Contains(ImageAbilities.Luks))
        {
            yield return Problem(
                $"The image {image.Name ?? image.Id} does not say that it can open encrypted disks at its start.",
                $"Build it with cryptsetup (Debian: cryptsetup-initramfs; RHEL: dracut with its module crypt), then say \"supports\": [\"{ImageAbilities.Luks}\"] in its manifest.");
        }
        if (asked.Unlock != EncryptionUnlocks.Tpm)
            yield break;
        if (!image.Supports.Contains(ImageAbilities.LuksTpm))
        {
            yield return Problem(
                $"The image {image.Name ?? image.Id} does not say that it can open encrypted disks with a TPM.",
                $"Build it with clevis-luks, clevis-tpm2 and clevis-initramfs (Debian, Ubuntu), or clevis-luks and clevis-dracut, or systemd-udev and tpm2-tss (RHEL), then say \"supports\": [\"{ImageAbilities.Luks}\", \"{ImageAbilities.LuksTpm}\"] in its manifest. Or unlock by passphrase.");
        }
        if (inventory.Tpm is not { Present: true, Version: "2.0" })
        {
            yield return Problem(
                $"The disks are to be opened by the machine's TPM 2.0 (disk_layout.encryption.unlock: tpm), and its hardware report has {(inventory.Tpm is not { Present: true } tpm ? "no TPM" : $"a TPM {tpm.Version ?? "of an unknown version"}")}.",
                "Switch the TPM on in the firmware's setup (often called Security Device, PTT or fTPM) and let the machine report again by network boot, or unlock by passphrase.");
        }
    }

    private static TaskFailure Problem(string message, string advice) => new() { Code = "encryption_not_possible", Message = message, Advice = advice };
}
