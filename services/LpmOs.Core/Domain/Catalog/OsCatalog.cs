using LpmOs.Core.Hosting;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace LpmOs.Core.Domain.Catalog;

/// <summary>A system and version that the catalogue knows.</summary>
public sealed record CatalogMatch(string Id, string Version, string Name, string Family)
{
    /// <summary>How it can be installed, the default first: <see cref="InstallMethods.Image"/> or an installer's name.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [InstallMethods.Image];
    /// <summary>Files that its installers boot and read, by the role that templates know them by.</summary>
    public IReadOnlyDictionary<string, CatalogAsset> Assets { get; init; } = new Dictionary<string, CatalogAsset>();
    /// <summary>What is particular to it, for templates.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
    /// <summary>Variables that a task must give, each with an example.</summary>
    public IReadOnlyDictionary<string, string> Requires { get; init; } = new Dictionary<string, string>();
    /// <summary>File to template, in place of the installer's own.</summary>
    public IReadOnlyDictionary<string, string> Templates { get; init; } = new Dictionary<string, string>();
}

/// <summary>The systems that a task may name, from <c>catalog.yaml</c> in the templates folder.</summary>
public sealed class OsCatalog
{
    private readonly IReadOnlyList<CatalogSystem> _systems;
    private readonly IReadOnlyDictionary<string, CatalogInstaller> _installers;

    private OsCatalog(CatalogFile file) => (_systems, _installers) = (file.Systems, file.Installers);

    public IReadOnlyList<CatalogSystem> Systems => _systems;

    /// <summary>Installers by their names.</summary>
    public IReadOnlyDictionary<string, CatalogInstaller> Installers => _installers;

    /// <summary>Every system and version.</summary>
    public IEnumerable<CatalogMatch> Entries => _systems.SelectMany(system => system.Versions.Select(version => Match(system, version)));

    /// <exception cref="SettingException">The folder has no catalogue, or one that cannot be read.</exception>
    public static OsCatalog Load(string templatesPath)
    {
        var path = Path.Combine(templatesPath, "catalog.yaml");
        try
        {
            var file = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build().Deserialize<CatalogFile>(File.ReadAllText(path));
            foreach (var version in file.Systems.SelectMany(system => system.Versions))
            {
                foreach (var asset in version.Assets.Values)
                    asset.Sums ??= version.Sums;
            }
            var catalog = new OsCatalog(file);
            if (catalog.Fault() is { } fault)
                throw new SettingException("Templates:Path", path, fault);
            return catalog;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException or NullReferenceException)
        {
            throw new SettingException("Templates:Path", templatesPath, $"a folder with a readable catalog.yaml ({e.Message})");
        }
    }

    /// <summary>What people may write, for messages.</summary>
    public string Allowed => string.Join(", ", _systems.Select(system => $"{system.Name} ({system.Id}) {string.Join("/", system.Versions.Select(v => v.Version))}"));

    /// <summary>
    /// Finds a system by its id, its name, "name version" with or without suffixes such as LTS, or an alias. A version given beside must agree;
    /// without any, the first of the catalogue is taken. Point releases ("22.04.3") stand for their version.
    /// </summary>
    public CatalogMatch? Resolve(string osType, string? osVersion)
    {
        var wanted = Fold(osType);
        foreach (var system in _systems)
        {
            foreach (var version in system.Versions)
            {
                var names = version.Aliases.Append(version.Name).Append($"{system.Name} {version.Version}").Append($"{system.Id} {version.Version}").Append($"{system.Id}-{version.Version}");
                if (names.Any(name => Fold(name) == wanted) && (osVersion is null || IsVersion(version.Version, osVersion)))
                    return Match(system, version);
            }
            if (wanted != Fold(system.Id) && wanted != Fold(system.Name))
                continue;
            var chosen = osVersion is null ? system.Versions[0] : system.Versions.FirstOrDefault(version => IsVersion(version.Version, osVersion));
            return chosen is null ? null : Match(system, chosen);
        }
        return null;
    }

    /// <summary>What a person must mend in the file, or null.</summary>
    private string? Fault()
    {
        if (_systems.FirstOrDefault(system => system.Id.Length == 0 || system.Versions.Count == 0) is not null)
            return "every system in catalog.yaml needs an id and at least one version";
        foreach (var entry in Entries)
        {
            if (entry.Methods.FirstOrDefault(method => method != InstallMethods.Image && !_installers.ContainsKey(method)) is { } unknown)
                return $"the install method '{unknown}' of {entry.Name} is not among the installers: image, {string.Join(", ", _installers.Keys)}";
            if (entry.Assets.FirstOrDefault(asset => !CatalogAsset.IsName(asset.Value.Name)) is { Key: { } role, Value.Name: var name })
                return $"the asset '{name}' ({role}) of {entry.Name} has no allowed name: {CatalogAsset.NameAllowed}";
            if (entry.Assets.Values.FirstOrDefault(asset => asset.Sha256 is { } digest && !(digest.Length == 64 && digest.All(char.IsAsciiHexDigitLower))) is { } undigested)
                return $"the sha256 '{undigested.Sha256}' of the asset '{undigested.Name}' of {entry.Name} is not 64 hexadecimal digits in lower case";
            if (entry.Assets.Values.SelectMany(asset => new[] { asset.Source, asset.Sums }).FirstOrDefault(url => url is not null && !IsWebAddress(url)) is { } wrong)
                return $"the address '{wrong}' of an asset of {entry.Name} is no http or https URL";
            if (entry.Assets.Values.FirstOrDefault(asset => asset.Sums is null && asset.Source?.Contains('*', StringComparison.Ordinal) is true) is { Source: { } open })
                return $"the address '{open}' of an asset of {entry.Name} has '*' and no list of the vendor (sums) that says which file it is";
        }
        return null;
    }

    private static CatalogMatch Match(CatalogSystem system, CatalogVersion version) => new(system.Id, version.Version, version.Name, system.Family)
    {
        Methods = version.Install.Count > 0 ? [.. version.Install] : system.Install.Count > 0 ? [.. system.Install] : [InstallMethods.Image],
        Assets = Merged(system.Assets, version.Assets), Options = Merged(system.Options, version.Options), Templates = Merged(system.Templates, version.Templates), Requires = Merged(system.Requires, version.Requires),
    };

    private static SortedDictionary<string, T> Merged<T>(IDictionary<string, T> system, IDictionary<string, T> version)
    {
        var all = new SortedDictionary<string, T>(system, StringComparer.Ordinal);
        foreach (var (name, value) in version)
            all[name] = value;
        return all;
    }

    private static bool IsWebAddress(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is ("http" or "https") && !url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));

    private static bool IsVersion(string known, string asked) =>
        asked == known || asked.StartsWith(known + ".", StringComparison.Ordinal) || Fold(asked) == Fold(known);

    private static string Fold(string text) =>
        string.Join(' ', text.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word is not "lts"));

    private sealed class CatalogFile
    {
        public Dictionary<string, CatalogInstaller> Installers { get; set; } = [];
        public List<CatalogSystem> Systems { get; set; } = [];
    }
}
