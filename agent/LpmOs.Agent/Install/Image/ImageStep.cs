using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Image;

/// <summary>Fetches, verifies and unpacks the image in one stream: percent follows the bytes fetched, then the bytes written out. Fetching goes on while the disk is busy, and the other way round, as far as a small buffer reaches.</summary>
internal sealed class ImageStep(ImageSource source, ProgressReporter progress, AgentLog log, SystemTree tree, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    /// <summary>Blocks of at most 256 KiB between network and disk.</summary>
    private const int MostBlocks = 32;

    /// <exception cref="InstallException">Not fetched, not the approved bytes, or not unpacked.</exception>
    /// <param name="root">Where the new system's file systems are mounted.</param>
    /// <param name="writeOut">Waits until their disks have everything.</param>
    public async Task UnpackAsync(ImagePlan image, string root, Action writeOut, int? megabitsPerSecond, CancellationToken cancellationToken)
    {
        await RunAsync(image, () => new Unpacker(image.Format, root, log), megabitsPerSecond, _ => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
        await WriteOutAsync(writeOut, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="InstallException">Not fetched, not the approved bytes, no whole disk, or too large for this one.</exception>
    public Task WriteAsync(ImagePlan image, string device, long diskBytes, int? megabitsPerSecond, CancellationToken cancellationToken) =>
        RunAsync(image, () => new DiskImage(image.Format, device, diskBytes, image.RawBytes, log), megabitsPerSecond, disk => disk.CommitAsync(cancellationToken), cancellationToken);

    private async Task RunAsync<TSink>(ImagePlan image, Func<TSink> open, int? megabitsPerSecond, Func<TSink, Task> commit, CancellationToken cancellationToken) where TSink : IImageSink
    {
        progress.Step(ProgressSteps.Downloading, $"Fetching {source.Resolve(image.Url)} ({Megabytes(image.SizeBytes)} MB)");
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            var sink = open();
            await using var closing = sink.ConfigureAwait(false);
            await FetchAsync(image, sink, digest, megabitsPerSecond, cancellationToken).ConfigureAwait(false);
            var found = Convert.ToHexStringLower(digest.GetHashAndReset());
            if (!string.Equals(found, image.Sha256, StringComparison.OrdinalIgnoreCase))
                throw new InstallException(FailureCodes.ImageDigestMismatch, $"The image's SHA-256 is {found}, approved was {image.Sha256}.", "The file at the boot service is not the one that was registered: register it anew and approve a new plan, or restore the file.");
            log.Line($"  SHA-256 verified: {found}");
            progress.Step(ProgressSteps.Installing, "Image verified, unpacking the rest");
            await sink.FinishAsync(cancellationToken).ConfigureAwait(false);
            await commit(sink).ConfigureAwait(false);
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.ImageUnpack, e.Message, "Rebuild the boot image: it must hold tar and zstd.", e);
        }
        catch (IOException e)
        {
            throw new InstallException(FailureCodes.DiskFailed, $"The disk could not be written: {e.Message}", "Check the disk, its cabling and its controller.", e);
        }
    }

    private async Task FetchAsync(ImagePlan image, IImageSink sink, IncrementalHash digest, int? megabitsPerSecond, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var blocks = Channel.CreateBounded<(byte[] Bytes, int Length)>(new BoundedChannelOptions(MostBlocks) { SingleReader = true, SingleWriter = true });
        var taking = TakeAsync(image, sink, digest, blocks.Reader, stop.Token);
        // A sink that fails ends the transfer at once.
        _ = taking.ContinueWith(_ => stop.CancelAsync(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        try
        {
            await source.ReadAsync(image.Url, image.SizeBytes, megabitsPerSecond, async (block, token) =>
            {
                var copy = ArrayPool<byte>.Shared.Rent(block.Length);
                block.CopyTo(copy);
                await blocks.Writer.WriteAsync((copy, block.Length), token).ConfigureAwait(false);
            }, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What the sink says is the reason.
        }
        catch (Exception)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        blocks.Writer.TryComplete();
        try
        {
            await taking.ConfigureAwait(false);
        }
        catch (UnpackException)
        {
            // The program's own words say more than the broken pipe.
            await sink.FinishAsync(cancellationToken).ConfigureAwait(false);
            throw new InstallException(FailureCodes.ImageUnpack, "The unpacking program ended before the image did, without an error.", "Is there data behind the image's end? Build the image anew.");
        }
    }

    private async Task TakeAsync(ImagePlan image, IImageSink sink, IncrementalHash digest, ChannelReader<(byte[] Bytes, int Length)> blocks, CancellationToken cancellationToken)
    {
        var (from, to) = (ProgressSteps.Percent[ProgressSteps.Downloading], ProgressSteps.Percent[ProgressSteps.Installing]);
        long done = 0;
        await foreach (var (bytes, length) in blocks.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            digest.AppendData(bytes, 0, length);
            await sink.WriteAsync(bytes.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(bytes);
            done += length;
            // The mark of the next step is its own to set.
            var percent = Math.Min(to - 1, from + (int)((to - from) * done / image.SizeBytes));
            progress.Report(ProgressSteps.Downloading, percent, $"{Megabytes(done)} of {Megabytes(image.SizeBytes)} MB");
        }
    }

    // tar has handed everything to the kernel; what is not yet on the disk counts down in /proc/meminfo.
    private async Task WriteOutAsync(Action writeOut, CancellationToken cancellationToken)
    {
        var (from, to) = (ProgressSteps.Percent[ProgressSteps.Installing], ProgressSteps.Percent[ProgressSteps.Configuring]);
        var first = Math.Max(1, Unwritten());
        var sync = Task.Run(writeOut, CancellationToken.None);
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
