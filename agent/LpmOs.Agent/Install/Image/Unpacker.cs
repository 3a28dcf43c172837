using System.Diagnostics;
using System.Text;
using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Install.Image;

/// <summary>Pipes the archive into <c>tar</c>, which starts the decompressor itself; the unpacked bytes never pass through this process.</summary>
internal sealed class Unpacker : IImageSink
{
    private const int LongestComplaint = 600;

    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <exception cref="ProgramException">tar could not be started.</exception>
    public Unpacker(string format, string root, AgentLog log)
    {
        var decompress = format == "tar.gz" ? "gzip -d" : "zstd -d -q";
        // Without a clock battery files may seem to come from the future: no reason for a warning each.
        _process = ProgramRunner.Start("tar", ["-x", "-f", "-", "-C", root, "-I", decompress, "--numeric-owner", "--xattrs", "--xattrs-include=*", "--warning=no-timestamp"], redirectOutput: false);
        _errors = ReadErrorsAsync(log);
    }

    /// <exception cref="UnpackException">tar has ended before the archive did.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(block, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new UnpackException("tar does not take more", e);
        }
    }

    /// <summary>Waits until all is unpacked.</summary>
    /// <exception cref="InstallException">tar or the decompressor failed.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.BaseStream.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has ended; its code says how.
        }
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (_process.ExitCode != 0)
            throw new InstallException(FailureCodes.ImageUnpack, $"The image could not be unpacked: tar ended with code {_process.ExitCode}: {await _errors.ConfigureAwait(false)}", "Is the disk large enough for the image? Is the archive whole (zstd -t)? Then retry the task.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await ProgramRunner.KillAsync(_process).ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<string> ReadErrorsAsync(AgentLog log)
    {
        var said = new StringBuilder();
        var lines = new BoundedLines(_process.StandardError, LongestComplaint);
        while (await lines.NextAsync().ConfigureAwait(false) is { } line)
        {
            if (said.Length > LongestComplaint)
                continue;
            log.Line($"  tar: {Printable.Clean(line, 500)}");
            said.Append(Printable.Clean(line, 300)).Append("; ");
        }
        return said.Length > 0 ? said.ToString() : "it said nothing";
    }
}
