using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using LpmOs.Core.Templates.Runtime;

namespace LpmOs.Core.Templates;

/// <summary>
/// Renders Scriban templates: strict (an unknown variable or member is an error with its place), hermetic (nothing is read
/// but the templates folder, no clock, no chance) and bounded (<see cref="TemplateLimits"/>). What it writes is, byte for byte,
/// what Scriban writes with StrictVariables on and EnableRelaxedMemberAccess off.
/// Thread-safe; compiled templates are cached until their file changes.
/// </summary>
public sealed class TemplateEngine
{
    private readonly TemplateSource _source;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _cache = new(StringComparer.Ordinal);
    private long _uses;

    public TemplateEngine(TemplateSource source, TemplateLimits? limits = null)
    {
        _source = source;
        Limits = limits ?? new TemplateLimits();
    }

    public TemplateLimits Limits { get; }

    /// <param name="name">Path relative to the templates folder, for example <c>ipxe/boot.ipxe</c>.</param>
    /// <param name="variables">snake_case names; see <see cref="TemplateValue"/> for what values may be.</param>
    /// <exception cref="TemplateException">There is no such template, it has an error, or exceeds a limit.</exception>
    public string Render(string name, IReadOnlyDictionary<string, object?> variables) =>
        Render(Load(name), variables);

    /// <param name="sources">Takes the names of all templates that had a part in it.</param>
    /// <exception cref="TemplateException">There is no such template, it has an error, or exceeds a limit.</exception>
    public string Render(string name, IReadOnlyDictionary<string, object?> variables, ISet<string> sources)
    {
        sources.Add(name);
        return Render(Load(name), variables, sources);
    }

    /// <summary>SHA-256 over names and texts of templates, lower-case hexadecimal.</summary>
    /// <param name="names">Sorted.</param>
    /// <exception cref="TemplateException">One of them is gone.</exception>
    public string Digest(IEnumerable<string> names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name + '\0'));
            hash.AppendData(Encoding.UTF8.GetBytes(Load(name).Text + '\0'));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The same as ASCII, without a text of it in between: boot scripts are made thousands of times a second.</summary>
    /// <exception cref="TemplateException">There is no such template, it has an error, or exceeds a limit; nothing was written.</exception>
    public void Render(string name, IReadOnlyDictionary<string, object?> variables, IBufferWriter<byte> output)
    {
        var template = Load(name);
        var context = new RenderContext(this, template, variables);
        template.Root.Run(context);
        context.Output.End(output);
    }

    /// <summary>Whether there is such a template, valid or not.</summary>
    public bool Has(string name) => TemplateSource.Check(name) is null && _source.Stamp(name, _source.PathOf(name)) is not null;

    /// <exception cref="TemplateException">There is no such template, or it is no valid one.</exception>
    public void Check(string name) => _ = Load(name);

    /// <exception cref="TemplateException">The text is no valid template.</exception>
    public CompiledTemplate Parse(string text, string name) => CompiledTemplate.Parse(text, name, Limits);

    /// <exception cref="TemplateException">The template has an error that shows only with these variables, or exceeds a limit.</exception>
    public string Render(CompiledTemplate template, IReadOnlyDictionary<string, object?> variables) => Render(template, variables, null);

    private string Render(CompiledTemplate template, IReadOnlyDictionary<string, object?> variables, ISet<string>? sources)
    {
        var context = new RenderContext(this, template, variables) { Sources = sources };
        template.Root.Run(context);
        return context.Output.End();
    }

    private CompiledTemplate Load(string name) => TryLoad(name, out var problem) ?? throw new TemplateException(name, 1, 1, problem);

    /// <returns>Null where it cannot be had; <paramref name="problem"/> says why.</returns>
    internal CompiledTemplate? TryLoad(string name, out string problem)
    {
        problem = "";
        // A name under which something is kept has been looked at.
        if (Known(name) is { } known && _source.Stamp(name, known.Path) == known.Stamp)
            return known.Template;
        problem = TemplateSource.Check(name) ?? "";
        if (problem.Length > 0)
            return null;
        var path = _source.PathOf(name);
        if (_source.Stamp(name, path) is not { } stamp)
        {
            problem = $"there is no template '{name}' in the templates folder";
            return null;
        }
        try
        {
            var template = CompiledTemplate.Parse(_source.Read(name, Limits.MaxSourceLength), name, Limits);
            Keep(name, new Entry(template, path, stamp));
            return template;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"the template '{name}' cannot be read: {e.Message}";
            return null;
        }
    }

    private Entry? Known(string name)
    {
        lock (_lock)
        {
            if (_cache.TryGetValue(name, out var entry))
                entry.LastUse = ++_uses;
            return entry;
        }
    }

    private void Keep(string name, Entry entry)
    {
        lock (_lock)
        {
            entry.LastUse = ++_uses;
            if (_cache.Count >= Limits.MaxCachedTemplates && !_cache.ContainsKey(name))
                _cache.Remove(_cache.MinBy(e => e.Value.LastUse).Key);
            _cache[name] = entry;
        }
    }

    private sealed class Entry(CompiledTemplate template, string path, TemplateStamp stamp)
    {
        public string Path { get; } = path;

        public CompiledTemplate Template { get; } = template;

        public TemplateStamp Stamp { get; } = stamp;

        public long LastUse { get; set; }
    }
}
