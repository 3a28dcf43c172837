namespace LpmOs.Core.Domain.Catalog;

/// <summary>One system of the catalogue; settable because YAML is read into it. What stands here holds for all its versions that say nothing else.</summary>
public sealed class CatalogSystem
{
    public string Id { get; set; } = "";
    public string Name { get; set; } = "";
    /// <summary><c>debian</c>, <c>rhel</c>, <c>suse</c>, <c>coreos</c>, <c>esxi</c> or <c>windows</c>: which tools the installed system has.</summary>
    public string Family { get; set; } = "";
    public IList<string> Install { get; set; } = [];
    public IDictionary<string, CatalogAsset> Assets { get; set; } = new Dictionary<string, CatalogAsset>();
    /// <summary>Variables that a task must give, each with an example.</summary>
    public IDictionary<string, string> Requires { get; set; } = new Dictionary<string, string>();
    public IDictionary<string, string> Options { get; set; } = new Dictionary<string, string>();
    public IDictionary<string, string> Templates { get; set; } = new Dictionary<string, string>();
    public IList<CatalogVersion> Versions { get; set; } = [];
}

public sealed class CatalogVersion
{
    public string Version { get; set; } = "";
    public string Name { get; set; } = "";
    public IList<string> Aliases { get; set; } = [];
    /// <summary>Methods, the default first.</summary>
    public IList<string> Install { get; set; } = [];
    public IDictionary<string, CatalogAsset> Assets { get; set; } = new Dictionary<string, CatalogAsset>();
    /// <summary>See <see cref="CatalogAsset.Sums"/>.</summary>
    public string? Sums { get; set; }
    /// <summary>Variables that a task must give, each with an example.</summary>
    public IDictionary<string, string> Requires { get; set; } = new Dictionary<string, string>();
    public IDictionary<string, string> Options { get; set; } = new Dictionary<string, string>();
    /// <summary>File to template, where it is not the installer's own.</summary>
    public IDictionary<string, string> Templates { get; set; } = new Dictionary<string, string>();
}
