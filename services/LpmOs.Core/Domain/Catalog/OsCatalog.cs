using LpmOs.Core.Hosting;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace LpmOs.Core.Domain.Catalog;

/// <summary>A system and version that the catalogue knows.</summary>
public sealed record CatalogMatch(string Id, string Version, string Name, string Family);

/// <summary>The systems that a task may name, from <c>catalog.yaml</c> in the templates folder.</summary>
public sealed class OsCatalog
{
    private readonly IReadOnlyList<CatalogSystem> _systems;

    private OsCatalog(IReadOnlyList<CatalogSystem> systems) => _systems = systems;

    public IReadOnlyList<CatalogSystem> Systems => _systems;

    /// <exception cref="SettingException">The folder has no catalogue, or one that cannot be read.</exception>
    public static OsCatalog Load(string templatesPath)
    {
        var path = Path.Combine(templatesPath, "catalog.yaml");
        try
        {
            var file = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build().Deserialize<CatalogFile>(File.ReadAllText(path));
            foreach (var system in file.Systems)
            {
                if (system.Id.Length == 0 || system.Versions.Count == 0)
                    throw new SettingException("Templates:Path", path, "every system in catalog.yaml needs an id and at least one version");
            }
            return new OsCatalog(file.Systems);
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

    private static CatalogMatch Match(CatalogSystem system, CatalogVersion version) => new(system.Id, version.Version, version.Name, system.Family);

    private static bool IsVersion(string known, string asked) =>
        asked == known || asked.StartsWith(known + ".", StringComparison.Ordinal) || Fold(asked) == Fold(known);

    private static string Fold(string text) =>
        string.Join(' ', text.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word is not "lts"));

    private sealed class CatalogFile
    {
        public List<CatalogSystem> Systems { get; set; } = [];
    }
}

/// <summary>One system of the catalogue; settable because YAML is read into it.</summary>
public sealed class CatalogSystem
{
    public string Id { get; set; } = "";
    public string Name { get; set; } = "";
    /// <summary><c>debian</c> or <c>rhel</c>: which tools the installed system has.</summary>
    public string Family { get; set; } = "";
    public IList<CatalogVersion> Versions { get; set; } = [];
}

public sealed class CatalogVersion
{
    public string Version { get; set; } = "";
    public string Name { get; set; } = "";
    public IList<string> Aliases { get; set; } = [];
}
