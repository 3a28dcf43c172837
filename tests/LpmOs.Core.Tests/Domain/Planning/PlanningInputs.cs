using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Planning;

/// <summary>What plans are made from beside task and machine.</summary>
internal static class PlanningInputs
{
    /// <summary>The project's own catalogue and templates, and one image.</summary>
    public static PlanningInput OneImage { get; } = new(OsCatalog.Load(Repository.Templates), new SiteTemplates(Repository.Templates).For(StateSnapshot.Empty, "dc1")) { Images = [Samples.Image()] };
}
