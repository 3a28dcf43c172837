using Microsoft.Win32.SafeHandles;

namespace LpmOs.Boot.Files;

/// <summary>What a path stands for, the same by TFTP and by HTTP.</summary>
internal abstract record BootFile
{
    public abstract long Length { get; }
}

/// <summary>A file below the files folder.</summary>
/// <param name="Path">Absolute, without links.</param>
internal sealed record AssetFile(string Path, long Size, DateTimeOffset LastModified) : BootFile
{
    public override long Length => Size;

    public SafeFileHandle Open() => File.OpenHandle(Path, options: FileOptions.SequentialScan);
}

/// <summary>A script made for this request.</summary>
internal sealed record RenderedFile(ReadOnlyMemory<byte> Content) : BootFile
{
    public override long Length => Content.Length;
}
