using System.Diagnostics;
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
    /// <summary>For all templates of an IDC together, of which each may take <see cref="TemplateLimits.TotalTime"/>.</summary>
    private static readonly TimeSpan TotalTime = TimeSpan.FromSeconds(30);

    /// <summary>Where the catalogue takes a template.</summary>
    public static IEnumerable<TemplateUse> Uses(OsCatalog catalog, string template) =>
        Installers(catalog).Where(one => TemplatesOf(one.Use.Os, one.Installer).Contains(template)).Select(one => one.Use);

    /// <summary>Where what the catalogue takes includes a template, on the first sample machine.</summary>
    public static IEnumerable<TemplateUse> UsesOfSnippet(TemplateEngine engine, OsCatalog catalog, string snippet) =>
        Installers(catalog).Where(one => TemplatesOf(one.Use.Os, one.Installer).Any(template => Includes(engine, one.Use, template, catalog, snippet))).Select(one => one.Use);

    private static IEnumerable<(TemplateUse Use, CatalogInstaller Installer)> Installers(OsCatalog catalog) =>
        from os in catalog.Entries
        from method in os.Methods
        where catalog.Installers.ContainsKey(method)
        select (new TemplateUse(os, method), catalog.Installers[method]);

    private static bool Includes(TemplateEngine engine, TemplateUse use, string template, OsCatalog catalog, string snippet)
    {
        var sources = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            engine.Render(template, Files(engine, use, SampleMachine.All[0], catalog).Variables(RunTimeValues.StandIn), sources);
        }
        catch (TemplateException)
        {
            // Known as far as it came: what is being edited need not render.
        }
        return sources.Contains(snippet);
    }

    /// <summary>Every template tried for every system that takes it on every sample machine, with the values of sites with and without TLS. Each fault once for a place and a template.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static IReadOnlyList<TemplateFault> Lint(TemplateEngine engine, IReadOnlyList<string> names, OsCatalog catalog, out int rendered, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var faults = new Dictionary<(string, string, int, int, string), TemplateFault>();
        rendered = 0;
        foreach (var name in names)
        {
            foreach (var (target, render) in Trials(engine, name, catalog))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Stopwatch.GetElapsedTime(began) > TotalTime)
                {
                    faults.TryAdd((name, name, 1, 1, ""), new TemplateFault { Template = name, Name = name, Line = 1, Column = 1, Problem = $"trying all templates took longer than {TotalTime.TotalSeconds} s; this one, or what was tried before it, is too slow", Target = target });
                    return [.. faults.Values];
                }
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
                foreach (var run in RunTimeValues.StandIns)
                {
                    yield return ("a machine that nobody knows", () => engine.Render(name, OfGrub(BootVariables.Of(SampleIdc, new BootingMachine("52:54:00:12:34:56", null, "x86_64"), null, run))));
                    yield return ("a machine with a task", () => engine.Render(name, OfGrub(BootVariables.Of(SampleIdc, new BootingMachine("52:54:00:12:34:56", "SAMPLE-1", "arm64") { Quirk = "exit" }, ("task-00000000", "Debian 12"), run))));
                }
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

    private static void Render(TemplateEngine engine, string name, TemplateUse use, SampleMachine sample, OsCatalog catalog)
    {
        var files = Files(engine, use, sample, catalog);
        foreach (var run in RunTimeValues.StandIns)
            files.Render(name, run);
    }

    private static InstallerFiles Files(TemplateEngine engine, TemplateUse use, SampleMachine sample, OsCatalog catalog) =>
        Planner.Preview(sample.Task(use.Os, use.Method, SampleIdc), sample.Hardware, use.Os, use.Method, new PlanningInput(catalog, engine))!;

    private static IEnumerable<string> TemplatesOf(CatalogMatch os, CatalogInstaller installer) =>
        installer.Files.Select(file => os.Templates.GetValueOrDefault(file.Key, file.Value)).Concat(InstallerFiles.Starters(os, installer).Select(file => file.Template));
}
