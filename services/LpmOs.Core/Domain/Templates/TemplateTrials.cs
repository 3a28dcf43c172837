using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Templates;

namespace LpmOs.Core.Domain.Templates;

/// <summary>A template's place in the catalogue: system and method that take it.</summary>
public sealed record TemplateUse(CatalogMatch Os, string Method)
{
    public override string ToString() => $"{Os.Name} by {Method}";
}

/// <summary>Tries templates on sample machines.</summary>
public static class TemplateTrials
{
    private const string SampleIdc = "dc1";

    /// <summary>Where the catalogue takes a template.</summary>
    public static IEnumerable<TemplateUse> Uses(OsCatalog catalog, string template) =>
        from os in catalog.Entries
        from method in os.Methods
        where catalog.Installers.TryGetValue(method, out var installer) && TemplatesOf(os, installer).Contains(template)
        select new TemplateUse(os, method);

    /// <summary>Every template tried for every system that takes it on every sample machine. Each fault once for a place and a template.</summary>
    public static IReadOnlyList<TemplateFault> Lint(TemplateEngine engine, IReadOnlyList<string> names, OsCatalog catalog, out int rendered)
    {
        var faults = new Dictionary<(string, string, int, int, string), TemplateFault>();
        rendered = 0;
        foreach (var name in names)
        {
            foreach (var (target, render) in Trials(engine, name, catalog))
            {
                try
                {
                    render();
                    rendered++;
                }
                catch (TemplateException e)
                {
                    faults.TryAdd((name, e.Name, e.Line, e.Column, e.Problem), TemplateFault.Of(e, name, target));
                }
            }
        }
        return [.. faults.Values];
    }

    private static IEnumerable<(string? Target, Action Render)> Trials(TemplateEngine engine, string name, OsCatalog catalog)
    {
        yield return (null, () => engine.Check(name));
        var uses = Uses(catalog, name).ToList();
        if (uses.Count == 0)
        {
            // Scripts of every boot get no more than this; other files are rendered by whoever includes them.
            if (name.StartsWith("ipxe/", StringComparison.Ordinal) || name.StartsWith("grub/", StringComparison.Ordinal))
            {
                yield return ("a machine that nobody knows", () => engine.Render(name, OfGrub(BootVariables.Of(SampleIdc, new BootingMachine("52:54:00:12:34:56", null, "x86_64"), null, RunTimeValues.StandIn))));
                yield return ("a machine with a task", () => engine.Render(name, OfGrub(BootVariables.Of(SampleIdc, new BootingMachine("52:54:00:12:34:56", "SAMPLE-1", "arm64") { Quirk = "exit" }, ("task-00000000", "Debian 12"), RunTimeValues.StandIn))));
            }
            yield break;
        }
        foreach (var use in uses)
        {
            foreach (var sample in SampleMachine.All)
                yield return ($"{sample.Name}, {use}", () => Render(engine, name, use, sample, catalog));
        }
    }

    /// <summary>With how GRUB reaches us; iPXE's scripts have no use for it.</summary>
    public static Dictionary<string, object?> OfGrub(Dictionary<string, object?> variables)
    {
        (variables["device"], variables["server"], variables["files"]) = ("(tftp,192.0.2.1)", "192.0.2.1", "(tftp,192.0.2.1)");
        return variables;
    }

    private static void Render(TemplateEngine engine, string name, TemplateUse use, SampleMachine sample, OsCatalog catalog) =>
        Planner.Preview(sample.Task(use.Os, use.Method, SampleIdc), sample.Hardware, use.Os, use.Method, new PlanningInput(catalog, engine))!.Render(name, RunTimeValues.StandIn);

    private static IEnumerable<string> TemplatesOf(CatalogMatch os, CatalogInstaller installer) =>
        installer.Files.Select(file => os.Templates.GetValueOrDefault(file.Key, file.Value)).Concat(InstallerFiles.Starters(os, installer).Select(file => file.Template));
}
