using System.Buffers;
using LpmOs.Boot.Files;
using Microsoft.Win32.SafeHandles;

namespace LpmOs.Boot.Tftp;

/// <summary>A file as the stream of bytes that goes over the wire, read once from start to end.</summary>
internal sealed class BlockSource : IDisposable
{
    private readonly SafeFileHandle? _handle;
    private readonly ReadOnlyMemory<byte> _content;
    private readonly bool _netAscii;
    private readonly byte[] _raw = new byte[16 * 1024];
    /// <summary>Read ahead: one call to the kernel for many blocks.</summary>
    private readonly byte[] _ahead = [];
    private int _aheadStart, _aheadEnd;
    private long _offset;
    private int _rawStart, _rawEnd;
    private byte? _pending;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public BlockSource(BootFile file, bool netAscii)
    {
        _netAscii = netAscii;
        if (file is AssetFile asset)
        {
            _handle = asset.Open();
            _ahead = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(asset.Size, 512, 64 * 1024));
        }
        else
            _content = ((RenderedFile)file).Content;
    }

    /// <summary>Fills the block; fewer bytes than it holds only at the end.</summary>
    public int Read(Span<byte> block)
    {
        var filled = 0;
        while (filled < block.Length)
        {
            var count = _netAscii ? ReadNetAscii(block[filled..]) : ReadRaw(block[filled..]);
            if (count == 0)
                break;
            filled += count;
        }
        return filled;
    }

    public void Dispose()
    {
        _handle?.Dispose();
        if (_ahead.Length > 0)
            ArrayPool<byte>.Shared.Return(_ahead);
    }

    private int ReadRaw(Span<byte> target)
    {
        int count;
        if (_handle is not null)
        {
            if (_aheadStart == _aheadEnd)
                (_aheadStart, _aheadEnd) = (0, RandomAccess.Read(_handle, _ahead, _offset));
            count = Math.Min(target.Length, _aheadEnd - _aheadStart);
            _ahead.AsSpan(_aheadStart, count).CopyTo(target);
            _aheadStart += count;
        }
        else
        {
            count = (int)Math.Min(target.Length, _content.Length - _offset);
            _content.Span.Slice((int)_offset, count).CopyTo(target);
        }
        _offset += count;
        return count;
    }

    /// <summary>RFC 764: a line feed goes as CR LF, a bare carriage return as CR NUL; either pair may straddle two blocks.</summary>
    private int ReadNetAscii(Span<byte> target)
    {
        var filled = 0;
        while (filled < target.Length)
        {
            if (_pending is { } second)
            {
                target[filled++] = second;
                _pending = null;
                continue;
            }
            if (_rawStart == _rawEnd && (_rawEnd = ReadRaw(_raw), _rawStart = 0).Item1 == 0)
                break;
            var b = _raw[_rawStart++];
            if (b == '\n')
                (target[filled++], _pending) = ((byte)'\r', (byte)'\n');
            else if ((target[filled++] = b) == '\r')
                _pending = 0;
        }
        return filled;
    }
}
