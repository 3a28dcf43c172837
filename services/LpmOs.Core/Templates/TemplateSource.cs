namespace LpmOs.Core.Templates;

/// <summary>Reads template files below one folder; no name leads out of it. Thread-safe.</summary>
public sealed class TemplateSource
{
    private const int MaxNameLength = 200;
    private readonly string _root;
    private readonly IReadOnlyDictionary<string, string> _instead;

    /// <param name="rootFolder">The templates folder, setting <c>Templates:Path</c>.</param>
    /// <param name="instead">Texts by name that stand in place of files, or beside them.</param>
    public TemplateSource(string rootFolder, IReadOnlyDictionary<string, string>? instead = null)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(rootFolder));
        _instead = instead ?? new Dictionary<string, string>();
    }

    public string RootFolder => _root;

    /// <summary>Names of all templates, sorted; folders with /.</summary>
    public IReadOnlyList<string> List() => [.. Files().Concat(_instead.Keys).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The file's own text, whatever stands in its place; null where there is no file, or none that may be read.</summary>
    public string? FileText(string name, long maxLength)
    {
        try
        {
            return Check(name) is null && File.Exists(Path.Combine(_root, name)) ? ReadFile(name, maxLength) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private IReadOnlyList<string> Files()
    {
        if (!Directory.Exists(_root))
            return [];
        return [.. Directory.EnumerateFiles(_root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden })
            .Select(path => Path.GetRelativePath(_root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];
    }

    /// <returns>What is wrong with the name, or null.</returns>
    internal static string? Check(string name)
    {
        if (name.Length is 0 or > MaxNameLength)
            return $"a template name has 1 to {MaxNameLength} characters";
        if (name.AsSpan().ContainsAny('\\', ':') || name.Any(char.IsControl))
            return "a template name has no \\, : or control characters";
        foreach (var segment in name.Split('/'))
        {
            if (segment.Length == 0 || segment[0] == '.')
                return "a template name is relative to the templates folder; none of its parts is empty or begins with '.'";
        }
        return null;
    }

    internal string PathOf(string name) => Path.Combine(_root, name);

    /// <summary>Changes whenever the file changes; null where there is no such file.</summary>
    /// <param name="path"><see cref="PathOf"/>.</param>
    internal TemplateStamp? Stamp(string name, string path)
    {
        if (_instead.TryGetValue(name, out var text))
            return new TemplateStamp(-1, text.Length);
        var file = new FileInfo(path);
        return file.Exists ? new TemplateStamp(file.LastWriteTimeUtc.Ticks, file.Length) : null;
    }

    /// <exception cref="IOException">It cannot be read, or leads out of the folder through a link.</exception>
    internal string Read(string name, long maxLength) => _instead.TryGetValue(name, out var text) ? text : ReadFile(name, maxLength);

    private string ReadFile(string name, long maxLength)
    {
        RefuseLinksOut(name);
        using var stream = new FileStream(Path.Combine(_root, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > maxLength * 4)
            throw new IOException($"the file is longer than {maxLength} characters");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private void RefuseLinksOut(string name)
    {
        var path = _root;
        foreach (var segment in name.Split('/'))
        {
            path = Path.Combine(path, segment);
            FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            if (info.LinkTarget is null)
                continue;
            var target = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? "";
            if (!target.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new IOException("it is a link that leads out of the templates folder");
        }
    }
}

/// <summary>Tells one version of a template file from another.</summary>
internal readonly record struct TemplateStamp(long WrittenTicks, long Length);
