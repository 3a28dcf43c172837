using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Templates;

/// <summary>Every shipped template renders for every system of the catalogue that takes it, on every sample machine.</summary>
public sealed class ShippedTemplatesTests
{
    private static readonly OsCatalog Catalog = OsCatalog.Load(Repository.Templates);
    private static readonly SiteTemplates Templates = new(Repository.Templates);

    [Fact]
    public void All_render()
    {
        var names = Templates.Names(StateSnapshot.Empty, "dc1");
        var faults = TemplateTrials.Lint(Templates.For(StateSnapshot.Empty, "dc1"), names, Catalog, out var rendered, TestContext.Current.CancellationToken);
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(rendered > 500, $"only {rendered} renderings");
    }

    [Fact]
    public void Every_template_is_taken_by_something()
    {
        var used = Catalog.Entries.SelectMany(os => os.Methods.Where(Catalog.Installers.ContainsKey).SelectMany(method => InstallerFiles.Starters(os, Catalog.Installers[method]).Select(file => file.Template).Concat(Catalog.Installers[method].Files.Values))).ToHashSet();
        var idle = Templates.Names(StateSnapshot.Empty, "dc1").Where(name => !used.Contains(name) && !name.StartsWith("snippets/", StringComparison.Ordinal) && !name.StartsWith("ipxe/", StringComparison.Ordinal) && !name.StartsWith("grub/", StringComparison.Ordinal));
        Assert.Empty(idle);
    }
}
