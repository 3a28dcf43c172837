using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;

namespace LpmOs.Core.Domain.Templates;

/// <summary>The templates as an IDC has them: its own overrides first, then those of all IDCs, then the files of the templates folder. Thread-safe.</summary>
public sealed class SiteTemplates
{
    public const string Global = "global";
    /// <summary>Folder of what is only ever included.</summary>
    public const string Snippets = "snippets";

    private readonly string _path;
    private readonly TemplateEngine _files;
    private readonly ConcurrentDictionary<string, Entry> _sites = new(StringComparer.Ordinal);

    /// <param name="templatesPath">Setting <c>Templates:Path</c>.</param>
    public SiteTemplates(string templatesPath)
    {
        _path = templatesPath;
        _files = new TemplateEngine(new TemplateSource(templatesPath));
    }

    /// <summary>The engine that renders for an IDC; the same one until an override changes.</summary>
    public TemplateEngine For(StateSnapshot snapshot, string idc)
    {
        if (snapshot.Templates.IsEmpty)
            return _files;
        var (own, all) = (Of(snapshot, idc), Of(snapshot, Global));
        if (own is null && all is null)
            return _files;
        // An IDC without overrides of its own shares the engine of all: what callers name does not make the table grow.
        var key = own is null ? Global : idc;
        if (_sites.TryGetValue(key, out var entry) && ReferenceEquals(entry.Own, own) && ReferenceEquals(entry.All, all))
            return entry.Engine;
        entry = new Entry(own, all, new TemplateEngine(new TemplateSource(_path, Texts(own, all))));
        _sites[key] = entry;
        return entry.Engine;
    }

    /// <summary>The engine that an IDC would have if one override were another text: for what is being edited.</summary>
    /// <param name="where">Whose override: the IDC's own, or that of all.</param>
    /// <param name="text">Null: the override is not in force.</param>
    public TemplateEngine Changed(StateSnapshot snapshot, string idc, string where, string name, string? text)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var layer in idc == Global ? new[] { Global } : [Global, idc])
        {
            foreach (var (other, one) in Of(snapshot, layer) ?? [])
            {
                if (one.Text is { } theirs && !(layer == where && other == name))
                    texts[other] = theirs;
            }
            if (layer == where && text is not null)
                texts[name] = text;
        }
        return new TemplateEngine(new TemplateSource(_path, texts));
    }

    /// <summary>IDCs with overrides of their own beside which that of all IDCs is in force.</summary>
    public static IEnumerable<string> SitesBeside(StateSnapshot snapshot, string name) =>
        snapshot.Templates.Where(site => site.Key != Global && site.Value.Values.Any(one => one.Text is not null) && site.Value.GetValueOrDefault(name)?.Text is null).Select(site => site.Key).Order(StringComparer.Ordinal);

    /// <summary>Names of all templates that an IDC has, sorted; the catalogue is none.</summary>
    public IReadOnlyList<string> Names(StateSnapshot snapshot, string idc) =>
        [.. new TemplateSource(_path, Texts(Of(snapshot, idc), Of(snapshot, Global))).List().Where(IsName)];

    /// <summary>The override in force, and whether it is that of all IDCs; null where the folder's template is in use.</summary>
    public static (TemplateOverride Override, string Origin)? InForce(StateSnapshot snapshot, string idc, string name)
    {
        foreach (var where in idc == Global ? new[] { Global } : [idc, Global])
        {
            if (Of(snapshot, where)?.GetValueOrDefault(name) is { Text: not null } one)
                return (one, where);
        }
        return null;
    }

    /// <summary>The folder's text; null where it has no such template.</summary>
    public string? BuiltIn(string name) => IsName(name) ? new TemplateSource(_path).FileText(name, _files.Limits.MaxSourceLength) : null;

    /// <summary>
    /// Tells one templates folder from another, in 12 hexadecimal digits: names and texts of all its templates. Services whose folders differ render different files,
    /// and a boot service gives no machine a file that is not what was approved.
    /// </summary>
    public string Digest()
    {
        var source = new TemplateSource(_path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in source.List().Where(IsName))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name + '\0'));
            hash.AppendData(Encoding.UTF8.GetBytes(source.FileText(name, _files.Limits.MaxSourceLength) + '\0'));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    /// <summary>Folder and file: what a template's name consists of.</summary>
    public static bool IsName(string name) => Catalog.CatalogAsset.IsName(name);

    private static ImmutableDictionary<string, TemplateOverride>? Of(StateSnapshot snapshot, string idc) => snapshot.Templates.GetValueOrDefault(idc);

    private static Dictionary<string, string> Texts(ImmutableDictionary<string, TemplateOverride>? own, ImmutableDictionary<string, TemplateOverride>? all)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, one) in (all ?? []).Concat(own ?? []))
        {
            if (one.Text is { } text)
                texts[name] = text;
        }
        return texts;
    }

    private sealed record Entry(ImmutableDictionary<string, TemplateOverride>? Own, ImmutableDictionary<string, TemplateOverride>? All, TemplateEngine Engine);
}
