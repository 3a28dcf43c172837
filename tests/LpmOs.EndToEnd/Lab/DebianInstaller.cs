using System.Security.Cryptography;

namespace LpmOs.EndToEnd.Lab;

/// <summary>The real installer of Debian 12: kernel and initramfs of the package debian-installer-12-netboot-amd64, brought to the site as an operator brings them.</summary>
internal static class DebianInstaller
{
    private static string Folder => Path.Combine(Repository.Root, ".cache/packages/debian-installer-12-netboot-amd64/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64");

    public static string Kernel => Path.Combine(Folder, "linux");

    public static string Initrd => Path.Combine(Folder, "initrd.gz");

    /// <summary>By <c>lpmosctl assets import</c>, checked against digests that were computed here.</summary>
    public static async Task ImportAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        foreach (var (name, file) in new[] { ("debian-12/linux", Kernel), ("debian-12/initrd.gz", Initrd) })
            await Lpmosctl.RunAsync(network, ["assets", "import", "dc1", name, file, "--sha256", await DigestAsync(file, cancellationToken), "--server", OperatorApi.Url], cancellationToken);
    }

    public static async Task<string> DigestAsync(string file, CancellationToken cancellationToken)
    {
        await using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
    }
}
