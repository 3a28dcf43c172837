using System.Globalization;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks.Wiping;

/// <summary>Wipes a disk by the method that the plan names, and looks afterwards whether it did.</summary>
internal sealed class Wiper(SystemTree tree, ProgramRunner programs, ProgressReporter progress, RegionalClient regional, AgentLog log, TimeProvider time)
{
    private const int Chunk = 4 << 20;
    private const long DiscardChunk = 1L << 30;
    /// <summary>Labels of file systems and of their members lie within so much of each edge.</summary>
    private const long EdgeOfDisk = 16L << 20, EdgeOfPartition = 1L << 20;
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ErasureRhythm = TimeSpan.FromMinutes(1);
    private const string Advice = "Nothing of the new system was written. disk_layout.wipe: overwrite does not depend on what the disk says that it can; wipe: none installs without; or replace the disk.";

    private long _said;

    /// <summary>Wipes those for which the plan names a method; each is reported, the failed one too.</summary>
    /// <returns>Whether every target reads as zeros all over now.</returns>
    /// <exception cref="InstallException">A wipe failed, did nothing, or has no certificate.</exception>
    public async Task<bool> WipeAsync(InstallPlan plan, IReadOnlyList<TargetDisk> targets, CancellationToken cancellationToken)
    {
        var zeroed = true;
        foreach (var target in targets)
        {
            if (target.Plan.Wipe is null)
            {
                zeroed = false;
                continue;
            }
            var (report, zeros) = await WipeAsync(target, cancellationToken).ConfigureAwait(false);
            zeroed &= zeros;
            var answer = await regional.WipedAsync(report with { Sn = progress.Sn, TaskId = plan.TaskId, Attempt = plan.Attempt }, cancellationToken).ConfigureAwait(false);
            if (report.Result != WipeResults.Verified)
                throw new InstallException(FailureCodes.WipeFailed, $"{report.Device} (serial {report.Serial ?? "-"}) could not be wiped by {report.Method}: {report.Message}", Advice);
            if (answer.Value is null)
                throw new InstallException(FailureCodes.WipeFailed, $"{report.Device} (serial {report.Serial ?? "-"}) was wiped by {report.Method}, but the regional service made no certificate of it: {answer.Refusal}", "Nothing of the new system was written. Look at the regional service's log, then retry the task: the disk is wiped once more.");
        }
        return zeroed;
    }

    /// <returns>What was done and found; <see cref="WipeReport.Result"/> says whether the wipe holds. And whether zeros are what is read now.</returns>
    private async Task<(WipeReport Report, bool Zeros)> WipeAsync(TargetDisk target, CancellationToken cancellationToken)
    {
        var method = target.Plan.Wipe!;
        // A clock that is set in the middle must not make the end come before the beginning.
        var (began, from) = (time.GetUtcNow(), time.GetTimestamp());
        var samples = WipeSamples.Of(Reached(method, target.Disk));
        string? fault;
        IReadOnlyList<long> left = [];
        var zeros = false;
        try
        {
            using var device = BlockDevice.Open(target.Device, target.Disk.SizeBytes);
            await Task.Run(() => samples.Mark(device), cancellationToken).ConfigureAwait(false);
            log.Line($"  {target.Device}: wiping by {method}, {samples.Offsets.Count} samples marked");
            await RunAsync(method, device, target, cancellationToken).ConfigureAwait(false);
            var unlike = await Task.Run(() => samples.Left(device, zeros: true), cancellationToken).ConfigureAwait(false);
            // Many disks promise nothing of what they read as after a discard, but that it is not what was there.
            left = method is WipeMethods.Overwrite or WipeMethods.Edges ? unlike : await Task.Run(() => samples.Left(device, zeros: false), cancellationToken).ConfigureAwait(false);
            zeros = unlike.Count == 0 && method is WipeMethods.Overwrite or WipeMethods.Discard;
            fault = left.Count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{left.Count} of {samples.Offsets.Count} samples still hold what was there before, the first at byte {left[0]}");
        }
        catch (Exception e) when (e is IOException or ProgramException or UnauthorizedAccessException)
        {
            fault = e.Message;
        }
        log.Line(fault is null ? $"  {target.Device}: wiped, {samples.Offsets.Count} samples verified" : $"  {target.Device}: the wipe failed: {fault}");
        return (new()
        {
            Sn = "", TaskId = "", Attempt = 0, Device = target.Device, PlannedAs = target.Plan.Array is null ? null : target.Plan.Device, Serial = target.Disk.Serial, Wwn = target.Disk.Wwn, Model = target.Disk.Model, SizeBytes = target.Disk.SizeBytes, Method = method,
            BeganAt = began, EndedAt = began + time.GetElapsedTime(from), Samples = samples.Offsets.Count, SamplesLeft = left.Count, Result = fault is null ? WipeResults.Verified : WipeResults.Failed, Message = Printable.Clean(fault, 500),
        }, zeros);
    }

    private async Task RunAsync(string method, BlockDevice device, TargetDisk target, CancellationToken cancellationToken)
    {
        switch (method)
        {
            case WipeMethods.Overwrite or WipeMethods.Edges:
                await Task.Run(() => Overwrite(device, Reached(method, target.Disk), cancellationToken), cancellationToken).ConfigureAwait(false);
                break;
            case WipeMethods.Discard:
                await Task.Run(() => Discard(device, cancellationToken), cancellationToken).ConfigureAwait(false);
                // Whatever it reads as now: no label of before is taken for a file system, an array or a volume.
                await Task.Run(() => Overwrite(device, Reached(WipeMethods.Edges, target.Disk), cancellationToken), cancellationToken).ConfigureAwait(false);
                break;
            case WipeMethods.NvmeFormat or WipeMethods.NvmeFormatCrypto:
                var space = (uint)(tree.Number($"sys/block/{Path.GetFileName(device.Path)}/nsid") ?? throw new IOException($"{device.Path}: the kernel does not tell its namespace"));
                await ToldAsync(Task.Run(() => NvmeErasure.Format(device, space, method == WipeMethods.NvmeFormatCrypto), cancellationToken), device).ConfigureAwait(false);
                break;
            case WipeMethods.NvmeSanitizeBlock or WipeMethods.NvmeSanitizeCrypto:
                NvmeErasure.Sanitize(device, method == WipeMethods.NvmeSanitizeCrypto);
                while (NvmeErasure.SanitizeProgress(device) is { } share)
                {
                    Say(device, (long)(share * device.SizeBytes));
                    await Task.Delay(Rhythm, time, cancellationToken).ConfigureAwait(false);
                }
                break;
            case WipeMethods.AtaSecureErase or WipeMethods.AtaEnhancedSecureErase:
                await ToldAsync(new AtaErasure(programs.RunAsync).EraseAsync(device.Path, method == WipeMethods.AtaEnhancedSecureErase, cancellationToken), device).ConfigureAwait(false);
                break;
            default:
                throw new IOException($"this agent knows no method '{Printable.Clean(method, 40)}'");
        }
    }

    /// <summary>Such an erasure is the disk's own work, takes hours on a large one and says nothing meanwhile: that it goes on is told for it.</summary>
    private async Task ToldAsync(Task erasure, BlockDevice device)
    {
        var from = time.GetTimestamp();
        while (await Task.WhenAny(erasure, Task.Delay(ErasureRhythm, time)).ConfigureAwait(false) != erasure)
            progress.Report(ProgressSteps.Partitioning, ProgressSteps.Percent[ProgressSteps.Partitioning], string.Create(CultureInfo.InvariantCulture, $"{device.Path} erases itself for {time.GetElapsedTime(from).TotalMinutes:0} minutes now; do not cut the machine's power"));
        await erasure.ConfigureAwait(false);
    }

    private void Overwrite(BlockDevice device, IReadOnlyList<(long Start, long Length)> ranges, CancellationToken cancellationToken)
    {
        var zeros = new byte[Chunk];
        foreach (var (start, length) in ranges)
        {
            for (long done = 0; done < length; done += Chunk)
            {
                cancellationToken.ThrowIfCancellationRequested();
                device.Write(start + done, zeros.AsSpan(0, (int)Math.Min(Chunk, length - done)));
                Say(device, start + done);
            }
        }
        device.Flush();
    }

    private void Discard(BlockDevice device, CancellationToken cancellationToken)
    {
        for (long done = 0; done < device.SizeBytes; done += DiscardChunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            device.Discard(done, Math.Min(DiscardChunk, device.SizeBytes - done));
            Say(device, done);
        }
        device.Flush();
    }

    private void Say(BlockDevice device, long done)
    {
        if (_said != 0 && time.GetElapsedTime(_said) < Rhythm)
            return;
        _said = time.GetTimestamp();
        progress.Report(ProgressSteps.Partitioning, ProgressSteps.Percent[ProgressSteps.Partitioning], string.Create(CultureInfo.InvariantCulture, $"Wiping {device.Path}, {done / 1e9:0.#} of {device.SizeBytes / 1e9:0.#} GB"));
    }

    /// <summary>What of the disk a method reaches.</summary>
    private static IReadOnlyList<(long Start, long Length)> Reached(string method, Disk disk)
    {
        if (method != WipeMethods.Edges)
            return [(0, disk.SizeBytes)];
        var edge = Math.Min(EdgeOfDisk, disk.SizeBytes / 2);
        var parts = (disk.Content?.Partitions ?? []).Where(part => part.StartBytes >= edge && part.SizeBytes >= 2 * EdgeOfPartition && part.StartBytes + part.SizeBytes <= disk.SizeBytes - edge)
            .SelectMany(part => ((long, long)[])[(part.StartBytes, EdgeOfPartition), (part.StartBytes + part.SizeBytes - EdgeOfPartition, EdgeOfPartition)]);
        return [(0, edge), .. parts.Take(32), (disk.SizeBytes - edge, edge)];
    }
}
