using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;

namespace LpmOs.Tasks.Templates;

/// <summary>Renders a template as a machine would get it.</summary>
internal sealed class TemplatePreview(WatchedState state, SiteTemplates templates, OsCatalog catalog)
{
    /// <exception cref="InvalidRequestException">There is no such machine, sample or system.</exception>
    public RenderedTemplate Render(RenderRequest request)
    {
        var snapshot = state.Current;
        var idc = request.Idc ?? SiteTemplates.Global;
        var engine = request.Text is { } text ? templates.Changed(snapshot, idc, idc, request.Name, text) : templates.For(snapshot, idc);
        var (hardware, task, who) = Machine(snapshot, request, idc);
        var use = Use(request, task, engine);
        if (use is null)
            return Rendered(request.Name, who, run => engine.Render(request.Name, TemplateTrials.OfGrub(BootVariables.Of(idc, Booting(hardware), task is null ? null : (task.TaskId, task.OsType), run))));
        var target = $"{who}, {use}";
        if (SampleMachine.Find(who) is { } sample)
            task = sample.Task(use.Os, use.Method, idc);
        task = (task ?? SampleMachine.TaskFor(hardware, use.Os, use.Method, idc)) with { OsType = use.Os.Id, OsVersion = use.Os.Version, InstallMethod = use.Method };
        if (request.Variables is { } given)
            task = task with { Variables = given.Concat(task.Variables ?? new Dictionary<string, string>()).DistinctBy(pair => pair.Key).ToDictionary() };
        var input = PlanningInput.Of(snapshot, idc, catalog, templates) with { Templates = engine };
        return Rendered(request.Name, target, run => Planner.Preview(task, hardware, use.Os, use.Method, input)!.Render(request.Name, run));
    }

    // As iPXE and GRUB name processors, which the kernel names otherwise.
    private static BootingMachine Booting(Inventory hardware) => hardware.Cpu?.Architecture is "aarch64" or "arm64"
        ? new BootingMachine(hardware.MacAddress, hardware.SerialNumber, "arm64") { Image = "boot/arm64" } : new BootingMachine(hardware.MacAddress, hardware.SerialNumber, hardware.Cpu?.Architecture);

    private static RenderedTemplate Rendered(string name, string target, Func<RunTimeValues, string> render)
    {
        try
        {
            var text = render(RunTimeValues.StandIn);
            // What sites with TLS are served must render, too.
            render(RunTimeValues.SecureStandIn);
            return new RenderedTemplate { Name = name, Target = target, Text = text, Sha256 = InstallerFiles.Digest(text) };
        }
        catch (TemplateException e)
        {
            return new RenderedTemplate { Name = name, Target = target, Fault = TemplateFault.Of(e, name, target) };
        }
    }

    private static (Inventory Hardware, InstallTask? Task, string Who) Machine(StateSnapshot snapshot, RenderRequest request, string idc)
    {
        if (request.Sn is null)
        {
            var name = request.Sample ?? SampleMachine.All[0].Name;
            var sample = SampleMachine.Find(name) ?? throw new InvalidRequestException("sample", $"There is no sample machine '{name}'; allowed: {string.Join(", ", SampleMachine.All.Select(one => one.Name))}.");
            return (sample.Hardware, null, sample.Name);
        }
        var view = snapshot.Machine(idc, request.Sn);
        var task = view?.Task;
        var hardware = task is null ? view?.Inventory : snapshot.FindHardware(task)?.Inventory;
        if (hardware is null && task is not null)
            return (SampleMachine.All[0].Hardware with { SerialNumber = task.Sn, MacAddress = task.Mac }, task, $"{idc}/{request.Sn} (hardware not known yet: {SampleMachine.All[0].Name})");
        return (hardware ?? throw new InvalidRequestException("sn", $"{idc} knows no machine {request.Sn}, or it has not reported its hardware yet."), task, $"{idc}/{request.Sn}");
    }

    /// <summary>System and method: those that were asked for, else the task's, else the first that take the template. Null for scripts of every boot.</summary>
    private TemplateUse? Use(RenderRequest request, InstallTask? task, TemplateEngine engine)
    {
        // A snippet has the variables of what includes it.
        var uses = request.Name.StartsWith(SiteTemplates.Snippets + "/", StringComparison.Ordinal) ? [.. TemplateTrials.UsesOfSnippet(engine, catalog, request.Name)] : TemplateTrials.Uses(catalog, request.Name).ToList();
        if (request.OsType is { } type)
        {
            var os = catalog.Resolve(type, request.OsVersion) ?? throw new InvalidRequestException("os_type", $"The catalogue knows no '{type}' '{request.OsVersion}'; allowed: {catalog.Allowed}.");
            var method = request.InstallMethod ?? uses.FirstOrDefault(use => use.Os.Id == os.Id && use.Os.Version == os.Version)?.Method ?? os.Methods.FirstOrDefault(catalog.Installers.ContainsKey);
            return method is not null && catalog.Installers.ContainsKey(method) && os.Methods.Contains(method) ? new TemplateUse(os, method)
                : throw new InvalidRequestException("install_method", $"{os.Name} has no installer '{method}'; it is installed by: {string.Join(", ", os.Methods)}.");
        }
        if (task is not null && catalog.Resolve(task.OsType, task.OsVersion) is { } own && uses.FirstOrDefault(use => use.Os.Id == own.Id && use.Os.Version == own.Version && (task.InstallMethod is null || use.Method == task.InstallMethod)) is { } fitting)
            return fitting;
        return uses.FirstOrDefault();
    }
}
