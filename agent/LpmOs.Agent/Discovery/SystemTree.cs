namespace LpmOs.Agent.Discovery;

/// <summary>The kernel's files below a root: <c>/</c>, or a recorded tree. Reads are bounded, absence is an answer.</summary>
internal sealed class SystemTree(string root)
{
    private const int LongestFile = 256 * 1024;
    private const int MostEntries = 4096;

    public string PathOf(string path) => $"{root.TrimEnd('/')}/{path.TrimStart('/')}";

    /// <summary>First bytes of a file; empty where there is none, or the kernel refuses (a NIC without link has no speed: EINVAL).</summary>
    public byte[] Bytes(string path, int longest = LongestFile)
    {
        try
        {
            using var file = new FileStream(PathOf(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            var buffer = new byte[Math.Min(longest, LongestFile)];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return [];
        }
    }

    /// <summary>One cleaned line, or null where there is nothing.</summary>
    public string? Line(string path) => Printable.Clean(Bytes(path, 4096)) is { Length: > 0 } line ? line : null;

    public long? Number(string path) => long.TryParse(Line(path), out var number) ? number : null;

    public bool Exists(string path) => Path.Exists(PathOf(path));

    /// <summary>Names in a folder, in a fixed order.</summary>
    public IReadOnlyList<string> Names(string path)
    {
        try
        {
            var names = Directory.EnumerateFileSystemEntries(PathOf(path)).Take(MostEntries).Select(entry => Path.GetFileName(entry)).ToList();
            names.Sort(NaturalOrder.Compare);
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Where a symbolic link finally leads, as text; the path itself for anything else.</summary>
    public string Target(string path)
    {
        try
        {
            var full = PathOf(path);
            return (Directory.Exists(full) ? Directory.ResolveLinkTarget(full, returnFinalTarget: true) : File.ResolveLinkTarget(full, returnFinalTarget: true))?.FullName ?? full;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PathOf(path);
        }
    }
}
