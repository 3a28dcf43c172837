using System.Text;

namespace LpmOs.Agent.Install.Target;

/// <summary>
/// Files of the new system. Symbolic links are followed as the new system would follow them: an absolute one leads from its root, never
/// into the system that is installing.
/// </summary>
internal sealed class TargetTree(string root)
{
    private const int MostLinks = 40;
    public const UnixFileMode PublicFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode PublicProgram = PublicFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    public const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;

    public string Root { get; } = root;

    /// <summary>Is there such a file or folder?</summary>
    public bool Exists(string path) => Path.Exists(Resolve(path));

    public bool HasProgram(string name) => FindProgram(name) is not null;

    /// <summary>Path of a program within the new system, or null.</summary>
    public string? FindProgram(string name) => ((string[])["/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"]).Select(folder => folder + name).FirstOrDefault(Exists);

    public string? Read(string path) => Resolve(path) is var full && File.Exists(full) ? File.ReadAllText(full) : null;

    /// <summary>Names in a folder; empty where there is none.</summary>
    public IReadOnlyList<string> Names(string path) =>
        Resolve(path) is var full && Directory.Exists(full) ? Directory.EnumerateFileSystemEntries(full).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal).ToList() : [];

    /// <summary>Paths of all files below a folder.</summary>
    public IEnumerable<string> Files(string path) => Resolve(path) is var full && Directory.Exists(full)
        ? Directory.EnumerateFiles(full, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => path + file[full.Length..]).ToList() : [];

    /// <summary>Replaces a file, or the symbolic link in its place, whole; the secret is never readable by others, not even for a moment.</summary>
    public void Write(string path, string text, UnixFileMode mode = PublicFile)
    {
        var full = Place(path);
        var fresh = full + ".lpmos-new";
        File.Delete(fresh);
        using (var file = new FileStream(fresh, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
            file.Write(Encoding.UTF8.GetBytes(text));
        File.SetUnixFileMode(fresh, mode);
        File.Move(fresh, full, overwrite: true);
    }

    /// <summary>Where the symbolic link itself leads; null where there is no link.</summary>
    public string? LinkTarget(string path) => new FileInfo(Place(path)).LinkTarget;

    /// <summary>New content of a file that is there, whose mode, owner and group stay.</summary>
    public void Rewrite(string path, string text)
    {
        using var file = new FileStream(Resolve(path), FileMode.Open, FileAccess.Write);
        var bytes = Encoding.UTF8.GetBytes(text);
        file.Write(bytes);
        file.SetLength(bytes.Length);
    }

    public void Link(string path, string target)
    {
        var full = Place(path);
        File.Delete(full);
        File.CreateSymbolicLink(full, target);
    }

    /// <summary>Moves a file, or the symbolic link itself, over whatever is at the other place.</summary>
    public void Move(string from, string to) => File.Move(Place(from), Place(to), overwrite: true);

    public void Delete(string path) => File.Delete(Place(path));

    /// <summary>Makes a folder, with those above it.</summary>
    public string Folder(string path, UnixFileMode? mode = null)
    {
        var full = Resolve(path);
        Directory.CreateDirectory(full);
        if (mode is not null)
            File.SetUnixFileMode(full, mode.Value);
        return full;
    }

    public void Copy(string from, string to)
    {
        Folder(Path.GetDirectoryName(to)!);
        File.Copy(Resolve(from), Place(to), overwrite: true);
    }

    /// <summary>Where a path of the new system is in the running one, all links followed.</summary>
    /// <exception cref="IOException">Links go round in a circle.</exception>
    public string Resolve(string path)
    {
        var waiting = new LinkedList<string>(Parts(path));
        var done = new List<string>();
        for (var links = 0; waiting.First is { } first;)
        {
            waiting.RemoveFirst();
            if (first.Value == "..")
            {
                if (done.Count > 0)
                    done.RemoveAt(done.Count - 1);
                continue;
            }
            done.Add(first.Value);
            if (new FileInfo(Full(done)).LinkTarget is not { } target)
                continue;
            if (++links > MostLinks)
                throw new IOException($"Too many symbolic links on the way to {path}");
            if (target.StartsWith('/'))
                done.Clear();
            else
                done.RemoveAt(done.Count - 1);
            foreach (var part in Parts(target).Reverse())
                waiting.AddFirst(part);
        }
        return Full(done);
    }

    // The entry itself, in its resolved folder, which is made where it is missing.
    private string Place(string path)
    {
        var folder = Folder(Path.GetDirectoryName(path)!);
        return Path.Join(folder, Path.GetFileName(path));
    }

    private string Full(List<string> parts) => parts.Count == 0 ? Root : Path.Join(Root, string.Join('/', parts));

    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
