using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>Refuses a plan with values that could mean something else where they land: partition scripts, shells, boot loader, YAML.</summary>
internal static class PlanCheck
{
    /// <exception cref="InstallException">A value is not allowed; the message names it.</exception>
    public static void Require(InstallPlan plan)
    {
        if (plan is not { Disk: { } disk, Image: { } image })
            throw new InstallException(FailureCodes.PlanInvalid, "The plan names no disk or no image.", "Change the task's profile or fields, then retry it.");
        foreach (var (at, target) in (plan.Disks ?? [disk]).Index())
            CheckDisk(target, plan.Disks is null ? "disk" : $"disks[{at}]");
        Check(Guid.TryParseExact(plan.DiskGuid, "D", out _), "disk_guid", plan.DiskGuid, "a GUID such as 6f1c6c1e-7a51-4f0e-9d0a-3f1d5c5b7a11");
        Check(image.Sha256.Length == 64 && image.Sha256.All(char.IsAsciiHexDigit), "image.sha256", image.Sha256, "64 hexadecimal digits");
        if (image.Signature is { } signature && !ImageSignature.IsBy(signature.Key, image.Sha256, signature.Value))
            throw new InstallException(FailureCodes.NotSigned, $"The image {Printable.Clean(image.Url, 200)} does not bear the signature of the key that its plan names.", "Somebody changed the plan on its way, or in the store: look at the IDC's image_keys and at the image's .sig file, then retry the task.");
        Check(image.SizeBytes > 0, "image.size_bytes", $"{image.SizeBytes}", "more than 0");
        Check(ImageFormats.All.Contains(image.Format), "image.format", image.Format, string.Join(", ", ImageFormats.All));
        Check(image.RawBytes is null or > 0, "image.raw_bytes", $"{image.RawBytes}", "more than 0");
        Check(plan.Hostname.Length is > 0 and <= 253 && Only(plan.Hostname, ".-"), "hostname", plan.Hostname, "RFC 1123 labels");
        StorageCheck.Require(plan);
        foreach (var user in plan.Users)
        {
            Check(user.Name.Length is > 0 and <= 32 && Only(user.Name, "_-") && !char.IsAsciiDigit(user.Name[0]) && user.Name[0] != '-', "users.name", user.Name, "a user name of letters, digits, '_', '-'");
            foreach (var key in user.SshKeys)
                Check(key.Length is > 0 and <= 16_384 && !key.Any(char.IsControl), "users.ssh_keys", key, "one line of an authorized_keys file");
        }
        foreach (var script in plan.Scripts ?? [])
        {
            Check(script.Name.Length is > 0 and <= 63 && Only(script.Name, "._-") && script.Name[0] != '.' && script.Name[0] != '-', "scripts.name", script.Name, "letters, digits, '.', '_', '-'");
            Check(ScriptTimes.All.Contains(script.When), "scripts.when", script.When, string.Join(", ", ScriptTimes.All));
            Check(script.Text.Length is > 0 and <= TaskScript.Longest && !script.Text.Contains('\0', StringComparison.Ordinal), "scripts.text", script.Name, $"1 to {TaskScript.Longest} characters");
            Check(script.Sha256 == Scripts.Digest(script.Text), "scripts.sha256", script.Sha256, "the digest of the text");
        }
        foreach (var name in plan.Variables?.Keys ?? [])
            Check(name.Length is > 0 and <= 63 && char.IsAsciiLetterLower(name[0]) && Only(name, "_"), "variables", name, "small letters, digits and '_'");
        Check(plan.Timezone is null || (plan.Timezone.Length is > 0 and <= 100 && Only(plan.Timezone, "/_+-") && plan.Timezone[0] != '/'), "timezone", plan.Timezone, "an IANA name such as Asia/Shanghai");
        Check(plan.Locale is null || (plan.Locale.Length is > 0 and <= 64 && Only(plan.Locale, "._@-")), "locale", plan.Locale, "such as zh_CN.UTF-8");
        Check(plan.Keyboard is null || (plan.Keyboard.Length is > 0 and <= 32 && Only(plan.Keyboard, "_-")), "keyboard", plan.Keyboard, "a layout such as us or de");
        foreach (var package in plan.Packages ?? [])
            Check(package.Length is > 0 and <= 128 && Only(package, "+._-") && char.IsAsciiLetterOrDigit(package[0]), "packages", package, "names of packages");
        foreach (var argument in plan.KernelArguments)
            Check(argument.Length is > 0 and <= 256 && Only(argument, "=.,:/_-+@%[]"), "kernel_arguments", argument, "words without blanks, quotes and shell characters");
    }

    private static void CheckDisk(DiskPlan disk, string field)
    {
        Check(disk.Device.StartsWith("/dev/", StringComparison.Ordinal) && Only(disk.Device, "/._-!") && !disk.Device.Contains("..", StringComparison.Ordinal), $"{field}.device", disk.Device, "a path below /dev");
        Check(disk.SizeBytes > 0, $"{field}.size_bytes", $"{disk.SizeBytes}", "more than 0");
        Check(disk.DiskGuid is null || Guid.TryParseExact(disk.DiskGuid, "D", out _), $"{field}.disk_guid", disk.DiskGuid, "a GUID");
    }

    internal static bool Only(string text, string others) => text.All(c => char.IsAsciiLetterOrDigit(c) || others.Contains(c, StringComparison.Ordinal));

    internal static void Check(bool allowed, string field, string? value, string what)
    {
        if (!allowed)
            throw new InstallException(FailureCodes.PlanInvalid, $"The plan's {field} is '{Printable.Clean(value, 80)}'. Allowed: {what}.", "Change the task's profile or fields, then retry it.");
    }
}
