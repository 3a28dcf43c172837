using System.Net;

namespace LpmOs.Boot.Files;

/// <summary>Renders the scripts that stand at fixed paths.</summary>
/// <param name="localAddress">The address of ours that was asked: what the script refers to where no public URL is set.</param>
internal delegate byte[]? ScriptSource(string path, IPAddress? localAddress);

/// <summary>
/// The one place where a path that came over the network becomes a file: TFTP and HTTP both ask here.
/// Served are regular files below the files folder, and rendered scripts. A link that leads out of the folder leads nowhere.
/// </summary>
internal sealed class FileResolver
{
    private const int MaximumPathLength = 512;

    private readonly string _root;
    private readonly ScriptSource _scripts;

    public FileResolver(string filesPath, ScriptSource scripts)
    {
        _root = RealPath(Path.TrimEndingDirectorySeparator(Path.GetFullPath(filesPath)));
        _scripts = scripts;
    }

    public string Root => _root;

    /// <summary>Null: nothing is served at that path.</summary>
    public BootFile? Resolve(string path, IPAddress? localAddress)
    {
        if (path.Length > MaximumPathLength)
            return null;
        // What scripts are asked by may hold what no file's name does: MACs with colons, serial numbers with spaces.
        if (_scripts(Collapse(path), localAddress) is { } script)
            return new RenderedFile(script);
        return Normalize(path) is { } relative ? Asset(relative) : null;
    }

    private static string Collapse(string path) => string.Join('/', path.Replace('\\', '/').Split('/').SkipWhile(part => part.Length == 0));

    /// <summary>As <see cref="Resolve"/>, and a bare name is also looked for among the boot programs: firmware asks for "undionly.kpxe".</summary>
    public BootFile? ResolveForFirmware(string path, IPAddress? localAddress) =>
        Resolve(path, localAddress) ?? (Normalize(path) is { } relative && !relative.StartsWith("ipxe/", StringComparison.Ordinal) ? Asset("ipxe/" + relative) : null);

    /// <summary>Whether an asset exists at the path below the files folder.</summary>
    public bool Exists(string relative) => Asset(relative) is not null;

    /// <summary>The path below the root with single forward slashes, or null where it holds anything that no file of ours has.</summary>
    internal static string? Normalize(string path)
    {
        if (path.Length is 0 or > MaximumPathLength)
            return null;
        var parts = path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries); // Some UEFI firmware writes backslashes.
        foreach (var part in parts)
            if (part[0] == '.' || part.AsSpan().ContainsAnyExceptInRange(' ', '~') || part.Contains(':'))
                return null;
        return parts.Length == 0 ? null : string.Join('/', parts);
    }

    private AssetFile? Asset(string relative)
    {
        try
        {
            var info = new FileInfo(RealPath(Path.Combine(_root, relative)));
            if (!info.FullName.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !IsRegular(info))
                return null;
            return new AssetFile(info.FullName, info.Length, new DateTimeOffset(info.LastWriteTimeUtc, TimeSpan.Zero));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opening a pipe would block and a device has no end; .NET shows both as neither link nor directory but of no length on disk.</summary>
    private static bool IsRegular(FileInfo info) => info.Exists && (info.Attributes & (FileAttributes.Directory | FileAttributes.Device | FileAttributes.ReparsePoint)) == 0;

    /// <summary>Follows every link on the way, as realpath(3) does; what is missing stays as it is.</summary>
    private static string RealPath(string path)
    {
        const int mostLinks = 40; // Linux gives up there too (ELOOP).
        var root = Path.GetPathRoot(path)!;
        var done = root;
        var rest = new Stack<string>(path[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == ".")
                continue;
            if (part == "..")
            {
                done = Path.GetDirectoryName(done) ?? root;
                continue;
            }
            var next = Path.Combine(done, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }
            if (++links > mostLinks)
                throw new IOException($"'{path}' leads through too many links.");
            if (Path.IsPathRooted(target))
                done = root;
            foreach (var piece in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                rest.Push(piece);
        }
        return done;
    }
}
