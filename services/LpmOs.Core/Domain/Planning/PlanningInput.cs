using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;

namespace LpmOs.Core.Domain.Planning;

/// <summary>What a plan is made from, beside task and hardware.</summary>
public sealed record PlanningInput(OsCatalog Catalog, TemplateEngine Templates)
{
    public IEnumerable<SiteImage> Images { get; init; } = [];
    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, SiteAsset> Assets { get; init; } = new Dictionary<string, SiteAsset>();

    /// <summary>Of <see cref="SiteSettings.ImageKeys"/>.</summary>
    public IReadOnlyList<string> ImageKeys { get; init; } = [];

    public InstallerTrust Trust { get; init; } = InstallerTrust.None;

    public static PlanningInput Of(StateSnapshot snapshot, string idc, OsCatalog catalog, SiteTemplates templates) =>
        new(catalog, templates.For(snapshot, idc)) { Images = snapshot.ImagesOf(idc), Assets = snapshot.AssetsOf(idc), ImageKeys = snapshot.Settings(idc).ImageKeys, Trust = InstallerTrust.Of(snapshot, idc) };
}
