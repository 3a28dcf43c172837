using System.Globalization;
using System.Security.Cryptography;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Image;

/// <summary>Fetches, verifies and unpacks the image in one stream: percent follows the bytes fetched, then the bytes written out.</summary>
internal sealed class ImageStep(ImageSource source, ProgressReporter progress, AgentLog log, SystemTree tree, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <exception cref="InstallException">Not fetched, not the approved bytes, or not unpacked.</exception>
    public async Task RunAsync(ImagePlan image, string root, CancellationToken cancellationToken)
    {
        progress.Step(ProgressSteps.Downloading, $"Fetching {source.Resolve(image.Url)} ({Megabytes(image.SizeBytes)} MB)");
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await using var unpacker = new Unpacker(image.Format, root, log);
            await FetchAsync(image, unpacker, digest, cancellationToken).ConfigureAwait(false);
            var found = Convert.ToHexStringLower(digest.GetHashAndReset());
            if (!string.Equals(found, image.Sha256, StringComparison.OrdinalIgnoreCase))
                throw new InstallException(FailureCodes.ImageDigestMismatch, $"The image's SHA-256 is {found}, approved was {image.Sha256}.", "The file at the boot service is not the one that was registered: register it anew and approve a new plan, or restore the file.");
            log.Line($"  SHA-256 verified: {found}");
            progress.Step(ProgressSteps.Installing, "Image verified, unpacking the rest");
            await unpacker.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.ImageUnpack, e.Message, "Rebuild the boot image: it must hold tar and zstd.", e);
        }
        await WriteOutAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task FetchAsync(ImagePlan image, Unpacker unpacker, IncrementalHash digest, CancellationToken cancellationToken)
    {
        var (from, to) = (ProgressSteps.Percent[ProgressSteps.Downloading], ProgressSteps.Percent[ProgressSteps.Installing]);
        long done = 0;
        try
        {
            await source.ReadAsync(image.Url, image.SizeBytes, async (block, token) =>
            {
                digest.AppendData(block.Span);
                await unpacker.WriteAsync(block, token).ConfigureAwait(false);
                done += block.Length;
                // The mark of the next step is its own to set.
                var percent = Math.Min(to - 1, from + (int)((to - from) * done / image.SizeBytes));
                progress.Report(ProgressSteps.Downloading, percent, $"{Megabytes(done)} of {Megabytes(image.SizeBytes)} MB");
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (UnpackException)
        {
            // tar's own words say more than the broken pipe.
            await unpacker.FinishAsync(cancellationToken).ConfigureAwait(false);
            throw new InstallException(FailureCodes.ImageUnpack, "tar ended before the archive did, without an error.", "Is there data behind the archive's end? Build the image anew.");
        }
    }

    // tar has handed everything to the kernel; what is not yet on the disk counts down in /proc/meminfo.
    private async Task WriteOutAsync(CancellationToken cancellationToken)
    {
        var (from, to) = (ProgressSteps.Percent[ProgressSteps.Installing], ProgressSteps.Percent[ProgressSteps.Configuring]);
        var first = Math.Max(1, Unwritten());
        var sync = Task.Run(Kernel.Sync, CancellationToken.None);
        while (await Task.WhenAny(sync, Task.Delay(Look, time, cancellationToken)).ConfigureAwait(false) != sync)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var left = Math.Min(first, Unwritten());
            progress.Report(ProgressSteps.Installing, Math.Min(to - 1, from + (int)((to - from) * (first - left) / first)), $"Writing out, {Megabytes(left)} of {Megabytes(first)} MB left");
        }
        await sync.ConfigureAwait(false);
    }

    private long Unwritten()
    {
        long bytes = 0;
        foreach (var line in System.Text.Encoding.ASCII.GetString(tree.Bytes("proc/meminfo")).Split('\n'))
        {
            if ((line.StartsWith("Dirty:", StringComparison.Ordinal) || line.StartsWith("Writeback:", StringComparison.Ordinal))
                && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes))
                bytes += kilobytes * 1024;
        }
        return bytes;
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.#", CultureInfo.InvariantCulture);
}
