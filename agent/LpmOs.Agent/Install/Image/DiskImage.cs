using System.Diagnostics;
using System.Text;
using LpmOs.Agent.Reporting;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Agent.Install.Image;

/// <summary>
/// Writes the image of a whole disk. What is zero in it is zeroed on the disk by the device itself where it can, never just passed over: the disk may hold something there.
/// The first MiB, with partition table and boot code, is kept back until <see cref="CommitAsync"/>: until the image is known to be the approved one, nothing of it boots.
/// </summary>
internal sealed class DiskImage : IImageSink
{
    public const int HeadBytes = 1 << 20;
    private const int BufferBytes = 1 << 20;
    private const int PieceBytes = 64 << 10;
    private const int PipeBytes = 1 << 20;
    private const long LongestZeroing = 256L << 20;
    private const int LongestComplaint = 600;

    private readonly SafeFileHandle _disk;
    private readonly long _diskBytes;
    private readonly long? _rawBytes;
    private readonly byte[] _head = new byte[HeadBytes];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Process? _process;
    private readonly Task<string>? _errors;
    private readonly Task? _output;
    private readonly CancellationTokenSource _stop = new();
    private int _filled;
    private long _bufferAt;
    private long _zeroFrom;
    private long _zeroBytes;

    /// <param name="rawBytes">What the image has unpacked; null: not known.</param>
    /// <exception cref="ProgramException">The decompressor could not be started.</exception>
    /// <exception cref="IOException">The disk cannot be opened.</exception>
    public DiskImage(string format, string device, long diskBytes, long? rawBytes, AgentLog log)
    {
        (_diskBytes, _rawBytes) = (diskBytes, rawBytes);
        _disk = File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (format == "raw")
            return;
        try
        {
            var program = format == "raw.gz" ? "gzip" : "zstd";
            _process = ProgramRunner.Start(program, program == "gzip" ? ["-d", "-c"] : ["-d", "-q", "-c"], redirectOutput: true);
        }
        catch (ProgramException)
        {
            _disk.Dispose();
            throw;
        }
        if (_process.StandardOutput.BaseStream is System.IO.Pipes.PipeStream pipe)
            Kernel.WidenPipe(pipe.SafePipeHandle, PipeBytes);
        _errors = ReadErrorsAsync(log);
        _output = Task.Run(WriteOutAsync);
    }

    /// <summary>Bytes of the image on the disk so far.</summary>
    public long Written => _bufferAt + _filled;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        if (_process is null)
        {
            Take(block.Span);
            return;
        }
        if (_output!.IsFaulted)
            await _output.ConfigureAwait(false);
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(block, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new UnpackException("the decompressor does not take more", e);
        }
    }

    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
        {
            try
            {
                await _process.StandardInput.BaseStream.DisposeAsync().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has ended; its code says how.
            }
            await _output!.WaitAsync(cancellationToken).ConfigureAwait(false);
            await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (_process.ExitCode != 0)
                throw new InstallException(FailureCodes.ImageUnpack, $"The image could not be unpacked: {await _errors!.ConfigureAwait(false)} (code {_process.ExitCode}).", "The file at the boot service is broken or not of its format: check it (zstd -t, gzip -t), register it anew and approve a new plan.");
        }
        Flush();
        WriteZeros();
        if (_rawBytes is { } planned && Written != planned)
            throw new InstallException(FailureCodes.ImageUnpack, $"The image has {Written} bytes unpacked, its manifest says {planned}.", "Register the image anew and approve a new plan.");
        // A disk begins with boot code and a partition table, whose last two bytes are these (UEFI 2.10, 5.2.1).
        if (_head[510] != 0x55 || _head[511] != 0xAA)
            throw new InstallException(FailureCodes.ImageUnpack, "The image is not that of a disk: it has no partition table.", "A root file system or an installation medium cannot be written as a whole disk. Build the image with a partition table, or register an archive as tar.zst.");
    }

    /// <summary>Writes the first MiB: from here on the disk is the image's.</summary>
    /// <exception cref="InstallException">The disk does not take it.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        var length = (int)Math.Min(HeadBytes, Written);
        // First all the rest, which takes minutes where there is much memory: a disk that boots is whole. Whoever gives up does not wait for the kernel.
        await Task.Run(() => RandomAccess.FlushToDisk(_disk), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        await Task.Run(() => Put(0, _head.AsSpan(0, length)), cancellationToken).ConfigureAwait(false);
        await Task.Run(() => RandomAccess.FlushToDisk(_disk), CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_process is not null)
        {
            if (!_process.HasExited)
                await ProgramRunner.KillAsync(_process).ConfigureAwait(false);
            await _output!.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _process.Dispose();
        }
        _disk.Dispose();
        _stop.Dispose();
    }

    private async Task WriteOutAsync()
    {
        var output = _process!.StandardOutput.BaseStream;
        try
        {
            while (true)
            {
                var read = await output.ReadAsync(_buffer.AsMemory(_filled), _stop.Token).ConfigureAwait(false);
                if (read == 0)
                    return;
                _filled += read;
                if (_filled == BufferBytes)
                    Flush();
            }
        }
        catch (Exception)
        {
            // Nobody reads on: the decompressor, and who feeds it, must not wait for that.
            await ProgramRunner.KillAsync(_process).ConfigureAwait(false);
            throw;
        }
    }

    private void Take(ReadOnlySpan<byte> block)
    {
        while (!block.IsEmpty)
        {
            var part = block[..Math.Min(block.Length, BufferBytes - _filled)];
            part.CopyTo(_buffer.AsSpan(_filled));
            _filled += part.Length;
            block = block[part.Length..];
            if (_filled == BufferBytes)
                Flush();
        }
    }

    private void Flush()
    {
        var all = _buffer.AsSpan(0, _filled);
        if (_bufferAt + all.Length > _diskBytes)
            throw new InstallException(FailureCodes.ImageUnpack, $"The image is larger than the disk, which has {_diskBytes} bytes.", "Choose a larger disk (disk_layout.disk), or make the image smaller.");
        if (_bufferAt < HeadBytes)
        {
            // Buffers are as large as the head: it is the first one.
            all.CopyTo(_head);
            (_bufferAt, _filled) = (_filled, 0);
            return;
        }
        for (var at = 0; at < all.Length;)
        {
            var zero = IsZero(all, at, out var end);
            while (end < all.Length && IsZero(all, end, out var next) == zero)
                end = next;
            if (zero)
                Zero(_bufferAt + at, end - at);
            else
                Put(_bufferAt + at, all[at..end]);
            at = end;
        }
        (_bufferAt, _filled) = (_bufferAt + _filled, 0);
    }

    private static bool IsZero(ReadOnlySpan<byte> all, int at, out int end)
    {
        end = Math.Min(all.Length, at + PieceBytes);
        return !all[at..end].ContainsAnyExcept((byte)0);
    }

    private void Zero(long at, long length)
    {
        if (_zeroBytes > 0 && (_zeroFrom + _zeroBytes != at || _zeroBytes >= LongestZeroing))
            WriteZeros();
        if (_zeroBytes == 0)
            _zeroFrom = at;
        _zeroBytes += length;
    }

    private void WriteZeros()
    {
        if (_zeroBytes == 0)
            return;
        var (from, length) = (_zeroFrom, _zeroBytes);
        _zeroBytes = 0;
        try
        {
            // Whole sectors alone can be zeroed so; an image that ends within one is written to its end.
            if (length % 512 == 0 && Kernel.ZeroOut(_disk, from, length))
                return;
        }
        catch (IOException e)
        {
            throw Failed(from, e);
        }
        var zeros = new byte[PieceBytes];
        for (var done = 0L; done < length; done += PieceBytes)
            Put(from + done, zeros.AsSpan(0, (int)Math.Min(PieceBytes, length - done)));
    }

    private void Put(long at, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_disk, bytes, at);
        }
        catch (IOException e)
        {
            throw Failed(at, e);
        }
    }

    private static InstallException Failed(long at, IOException e) =>
        new(FailureCodes.DiskFailed, $"The disk does not take byte {at} of the image: {e.Message}", "Check the disk, its cabling and its controller; replace it where its own log shows errors.", e);

    private async Task<string> ReadErrorsAsync(AgentLog log)
    {
        var said = new StringBuilder();
        var lines = new BoundedLines(_process!.StandardError, LongestComplaint);
        while (await lines.NextAsync().ConfigureAwait(false) is { } line)
        {
            if (said.Length > LongestComplaint)
                continue;
            log.Line($"  {_process.StartInfo.FileName}: {Printable.Clean(line, 500)}");
            said.Append(Printable.Clean(line, 300)).Append("; ");
        }
        return said.Length > 0 ? said.ToString().TrimEnd(' ', ';') : "the decompressor said nothing";
    }
}
