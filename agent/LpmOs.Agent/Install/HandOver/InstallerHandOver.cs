using System.Security.Cryptography;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Tasks;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Agent.Install.HandOver;

/// <summary>Loads a kernel with its initramfs and command line, to be started when the agent has ended.</summary>
/// <exception cref="IOException">The running kernel refuses.</exception>
internal delegate void KernelLoader(SafeFileHandle kernel, SafeFileHandle initrd, string commandLine);

/// <summary>
/// Hands a machine over to a system's own installer: its disk is compared with the plan once more, then kernel and initramfs are fetched, verified
/// and loaded for kexec. Where that cannot be, the machine restarts into its boot script, which starts the same installer.
/// </summary>
internal sealed class InstallerHandOver(DiskFinder finder, ImageSource source, CommandLineSource commandLines, KernelLoader load, AgentLog log)
{
    private const string Kernel = "kernel", Initrd = "initrd", RootFileSystem = "rootfs";
    /// <summary>Archives of an initramfs that follow one another begin at multiples of so many bytes (kernel documentation, "initramfs buffer format").</summary>
    private const int ArchiveAlignment = 4;

    /// <summary>The installer's kernel is loaded; otherwise the machine is to restart.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Whether the installer is a Linux kernel with an initramfs: Windows' and ESXi's are not.</summary>
    public static bool IsLinux(InstallPlan plan) => plan.Installer?.Assets is { } assets && assets.Any(asset => asset.Role == Kernel) && assets.Any(asset => asset.Role == Initrd);

    /// <param name="kexecOnly">The boot script would start us again, since the machine is bound to its TPM: there is no other way.</param>
    /// <exception cref="InstallException">The disk is not what was approved, or a file is not; nothing may be started then.</exception>
    public async Task PrepareAsync(InstallPlan plan, string? token, bool kexecOnly, CancellationToken cancellationToken)
    {
        if (plan.Disk is not null)
        {
            foreach (var disk in await finder.FindAsync(plan, cancellationToken).ConfigureAwait(false))
                log.Line($"  Disk {disk.Device}, serial {disk.Disk.Serial ?? "-"}, is the planned one and unchanged");
        }
        var assets = plan.Installer?.Assets ?? [];
        if (assets.FirstOrDefault(asset => asset.Role == Kernel) is not { } kernel || assets.FirstOrDefault(asset => asset.Role == Initrd) is not { } initrd || token is null)
        {
            Restart(kexecOnly, "this installer is no Linux kernel with an initramfs");
            return;
        }
        var (commandLine, why) = await commandLines.FetchAsync(token, cancellationToken).ConfigureAwait(false);
        if (commandLine is null)
        {
            Restart(kexecOnly, why);
            return;
        }
        var folder = Directory.CreateTempSubdirectory("lpmos-installer-");
        try
        {
            using var kernelFile = await FetchAsync(folder, Kernel, [kernel], cancellationToken).ConfigureAwait(false);
            using var initrdFile = await FetchAsync(folder, Initrd, [initrd, .. assets.Where(asset => asset.Role == RootFileSystem)], cancellationToken).ConfigureAwait(false);
            load(kernelFile, initrdFile, commandLine);
            log.Line($"Handing over to the installer of {Printable.Clean(plan.Os.Name, 80)} without a restart (kexec)");
            IsLoaded = true;
        }
        catch (IOException e)
        {
            Restart(kexecOnly, e.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Restart(bool kexecOnly, string why)
    {
        if (kexecOnly)
        {
            throw new InstallException(FailureCodes.KexecFailed, $"The installer cannot be started out of the boot image ({Printable.Clean(why, 300)}), and the boot script starts none on a machine that is bound to its TPM, which only the boot image can prove.",
                "Install an image of the system instead, or release the machine's TPM for the time of the installation.");
        }
        log.Line($"Handing over to the installer by a restart into its boot script: {Printable.Clean(why, 300)}");
    }

    /// <summary>The files one after the other in one; each is what was approved, or none of them is used.</summary>
    private async Task<SafeFileHandle> FetchAsync(DirectoryInfo folder, string name, IEnumerable<AssetPlan> assets, CancellationToken cancellationToken)
    {
        var path = Path.Join(folder.FullName, name);
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            foreach (var asset in assets)
            {
                using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                await file.WriteAsync(new byte[(ArchiveAlignment - (file.Length % ArchiveAlignment)) % ArchiveAlignment], cancellationToken).ConfigureAwait(false);
                await source.ReadAsync(asset.Url, asset.SizeBytes, async (block, token) =>
                {
                    digest.AppendData(block.Span);
                    try
                    {
                        await file.WriteAsync(block, token).ConfigureAwait(false);
                    }
                    catch (IOException e)
                    {
                        // No fault of the transfer: asking again would not help.
                        throw new UnpackException($"{asset.Name} does not fit into the memory of this machine: {e.Message}", e);
                    }
                }, cancellationToken).ConfigureAwait(false);
                var found = Convert.ToHexStringLower(digest.GetHashAndReset());
                if (found != asset.Sha256)
                    throw new InstallException(FailureCodes.ImageDigestMismatch, $"The SHA-256 of {asset.Name} is {found}, approved was {asset.Sha256}.", "The boot service holds another file than the one that was asked for (lpmosctl assets verify), then retry the task.");
                log.Line($"  {asset.Name}: {asset.SizeBytes} bytes, SHA-256 verified: {found}");
            }
        }
        return File.OpenHandle(path);
    }
}
