using System.Security.Cryptography;
using System.Text;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Templates;

namespace LpmOs.Core.Domain.Templates;

/// <summary>The files of one installation by an installer, and how each is made. The same templates and variables for plan, preview and machine.</summary>
public sealed record InstallerFiles(InstallPlan Plan, InstallTask Task, Inventory Machine, CatalogMatch Os, CatalogInstaller Installer, TemplateEngine Engine)
{
    /// <summary>Name of the boot script among the files.</summary>
    public const string Boot = "boot.ipxe";

    /// <summary>The same for GRUB.</summary>
    public const string Grub = "grub.cfg";

    /// <summary>The kernel's command line, for whoever loads the kernel by other means than a boot script.</summary>
    public const string CommandLine = "command-line.txt";

    /// <summary>Name by which it is fetched, to template; the boot scripts first.</summary>
    public IReadOnlyList<(string Name, string Template)> All => [.. Starters(Os, Installer), .. Installer.Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => (file.Key, Os.Templates.GetValueOrDefault(file.Key, file.Value)))];

    /// <summary>What starts the installer, by name and template.</summary>
    public static IEnumerable<(string Name, string Template)> Starters(CatalogMatch os, CatalogInstaller installer) =>
        new (string Name, string? Template)[] { (Boot, installer.Boot), (Grub, installer.Grub), (CommandLine, installer.CommandLine) }
            .Where(file => file.Template is not null).Select(file => (file.Name, os.Templates.GetValueOrDefault(file.Name, file.Template!)));

    /// <exception cref="TemplateException">It cannot be rendered with these values.</exception>
    public string Render(string template, RunTimeValues run) => Engine.Render(template, Variables(run));

    public Dictionary<string, object?> Variables(RunTimeValues run)
    {
        var variables = InstallerVariables.Of(Plan, Task, Machine, Os, AssetUrls, run);
        variables["command_line"] = Starters(Os, Installer).FirstOrDefault(file => file.Name == CommandLine).Template;
        return variables;
    }

    /// <summary>What the plan says of each file.</summary>
    /// <exception cref="TemplateException">One of them cannot be rendered.</exception>
    public IReadOnlyList<RenderedFilePlan> Describe() => [.. All.Select(file => Describe(file.Name, file.Template, out _))];

    /// <summary>The file as the machine gets it; null where it is not what the plan says: another text, from other sources, or with a template that is none of those.</summary>
    /// <exception cref="TemplateException">It cannot be rendered.</exception>
    public string? RenderAsPlanned(string name, string template, RunTimeValues run)
    {
        if (Plan.Installer?.Files.FirstOrDefault(file => file.Name == name) is not { } planned)
            return null;
        var now = Describe(name, template, out var sources);
        var isOlder = planned.SourcesSha256 is null;
        if (planned != (isOlder ? now with { SourcesSha256 = null } : now))
            return null;
        var used = new HashSet<string>(StringComparer.Ordinal);
        var text = Engine.Render(template, Variables(run), used);
        return isOlder || sources.IsSupersetOf(used) ? text : null;
    }

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private Dictionary<string, string> AssetUrls => (Plan.Installer?.Assets ?? []).ToDictionary(asset => asset.Role, asset => asset.Url);

    private RenderedFilePlan Describe(string name, string template, out SortedSet<string> sources)
    {
        sources = new(StringComparer.Ordinal);
        Engine.Render(template, Variables(RunTimeValues.SecureStandIn), sources);
        var text = Engine.Render(template, Variables(RunTimeValues.StandIn), sources);
        return new() { Name = name, Template = template, Sha256 = Digest(text), SizeBytes = Encoding.UTF8.GetByteCount(text), SourcesSha256 = Engine.Digest(sources) };
    }
}
