using LpmOs.Boot.Scripts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>A file of an installer as a machine with an approved task fetches it.</summary>
internal static class InstallerFile
{
    public static OsCatalog Catalog { get; } = OsCatalog.Load(Repository.Templates);
    private static readonly SiteTemplates Templates = new(Repository.Templates);

    /// <summary>A task with the plan that an operator would approve.</summary>
    /// <param name="disk">The machine's only disk.</param>
    public static async Task<(InstallTask Task, StateSnapshot Snapshot)> ApprovedAsync(string os, string method, Disk? disk = null, NetworkSpec? network = null, params (string Name, string Value)[] variables)
    {
        var hardware = Snapshots.Hardware() with { Disks = [disk ?? new Disk { Device = "/dev/vda", Serial = "VD0", SizeBytes = 4_000_000_000 }] };
        var found = Catalog.Resolve(os, null)!;
        var task = Snapshots.Task(TaskState.Approved) with { OsType = found.Id, OsVersion = found.Version, InstallMethod = method, Variables = found.Requires.Concat(variables.Select(one => KeyValuePair.Create(one.Name, one.Value))).ToDictionary(), Network = network };
        var assets = found.Assets.Values.ToDictionary(asset => asset.Name, asset => new SiteAsset { Name = asset.Name, Sha256 = new string('a', 64), SizeBytes = 1 });
        var outcome = Planner.Plan(task, hardware, new PlanningInput(Catalog, Templates.For(StateSnapshot.Empty, "dc1")) { Assets = assets });
        Assert.True(outcome.Plan is not null, string.Join("\n", outcome.Problems.Select(problem => problem.Message)));
        task = task with { Plan = outcome.Plan };
        return (task, await Snapshots.Of(task, hardware));
    }

    /// <param name="authorities">File of the site's own (<c>Boot:CaFile</c>).</param>
    public static BootScripts Scripts(string? authorities = null)
    {
        var options = BootOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Templates:Path", Repository.Templates), KeyValuePair.Create("Boot:CaFile", authorities)]).Build());
        return new(Templates, Catalog, options, new FirmwareQuirks([]), new Site("dc1"), null, new ManualTime());
    }

    public static async Task<string> RenderAsync(string os, string method, string file, Disk? disk = null, NetworkSpec? network = null, string? authorities = null, params (string Name, string Value)[] variables)
    {
        var (task, snapshot) = await ApprovedAsync(os, method, disk, network, variables);
        return Scripts(authorities).InstallerFile(task, file, "the.token", snapshot, "http://10.77.0.1:8082")!;
    }
}
