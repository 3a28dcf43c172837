using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Templates;

/// <summary>The shipped templates, rendered as machines would get them.</summary>
internal static class Renderings
{
    public static OsCatalog Catalog { get; } = OsCatalog.Load(Repository.Templates);
    private static readonly TemplateEngine Engine = new SiteTemplates(Repository.Templates).For(StateSnapshot.Empty, "dc1");

    public static IEnumerable<(CatalogMatch Os, string Method)> Installers =>
        from os in Catalog.Entries from method in os.Methods where Catalog.Installers.ContainsKey(method) select (os, method);

    public static InstallerFiles Files(CatalogMatch os, string method, InstallTask task, Inventory hardware) =>
        Planner.Preview(task, hardware, os, method, new PlanningInput(Catalog, Engine))!;

    /// <summary>One file of every system by a method, on every sample machine.</summary>
    public static IEnumerable<(string Who, string Text)> Of(string method, string file)
    {
        foreach (var (os, _) in Installers.Where(one => one.Method == method))
        {
            foreach (var sample in SampleMachine.All)
            {
                var files = Files(os, method, sample.Task(os, method, "dc1"), sample.Hardware);
                yield return ($"{file} of {os.Name} on {sample.Name}", files.Render(files.All.Single(one => one.Name == file).Template, RunTimeValues.StandIn));
            }
        }
    }
}
