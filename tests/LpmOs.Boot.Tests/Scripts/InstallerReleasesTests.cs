using System.Xml.Linq;
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

/// <summary>What one release of a system needs and another does not know; each was read in the vendor's documents or in a release's own files (docs/catalogue.md).</summary>
public sealed class InstallerReleasesTests
{
    private static readonly OsCatalog Catalog = OsCatalog.Load(Repository.Templates);
    private static readonly SiteTemplates Templates = new(Repository.Templates);

    private static async Task<string> FileAsync(string os, string method, string file, string serial = "VD0")
    {
        var hardware = Snapshots.Hardware() with { Disks = [new Disk { Device = "/dev/vda", Serial = serial, SizeBytes = 4_000_000_000 }] };
        var found = Catalog.Resolve(os, null)!;
        var task = Snapshots.Task(TaskState.Approved) with { OsType = found.Id, OsVersion = found.Version, InstallMethod = method, Variables = found.Requires.ToDictionary() };
        var assets = found.Assets.Values.ToDictionary(asset => asset.Name, asset => new SiteAsset { Name = asset.Name, Sha256 = new string('a', 64), SizeBytes = 1 });
        var outcome = Planner.Plan(task, hardware, new PlanningInput(Catalog, Templates.For(StateSnapshot.Empty, "dc1")) { Assets = assets });
        Assert.True(outcome.Plan is not null, string.Join("\n", outcome.Problems.Select(problem => problem.Message)));
        task = task with { Plan = outcome.Plan };
        var options = BootOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Templates:Path", Repository.Templates)]).Build());
        return new BootScripts(Templates, Catalog, options, new FirmwareQuirks([]), new Site("dc1"), null, new ManualTime())
            .InstallerFile(task, file, "the.token", await Snapshots.Of(task, hardware), "http://10.77.0.1:8082")!;
    }

    /// <summary>The list of groups of RHEL 7 calls the environment by another name; of one that does not exist anaconda asks a person.</summary>
    [Theory]
    [InlineData("CentOS 7", "@^minimal")]
    [InlineData("Rocky Linux 8", "@^minimal-environment")]
    [InlineData("CentOS Stream 10", "@^minimal-environment")]
    [InlineData("Fedora 43", "@^minimal-environment")]
    [InlineData("openEuler 24.03 LTS", "@^minimal-environment")]
    public async Task A_kickstart_file_asks_for_the_environment_by_the_releases_own_name(string os, string environment) =>
        Assert.Equal(environment, Assert.Single((await FileAsync(os, "kickstart", "ks.cfg")).Split('\n'), line => line.StartsWith("@^", StringComparison.Ordinal)));

    /// <summary>SUSE's own product has no packages of a base system: its kernel and shell are in a module of the Full medium. Leap has them in one repository.</summary>
    [Theory]
    [InlineData("SLES 15 SP6", true)]
    [InlineData("SLES 15 SP5", true)]
    [InlineData("openSUSE Leap 15.6", false)]
    public async Task SLES_takes_its_base_system_from_the_module_on_the_medium(string os, bool module)
    {
        var document = XDocument.Parse(await FileAsync(os, "autoyast", "autoinst.xml"));
        XNamespace suse = "http://www.suse.com/1.0/yast2ns";
        var entries = document.Root!.Elements(suse + "add-on").Elements(suse + "add_on_products").Elements(suse + "listentry").ToList();
        Assert.Equal(module ? "sle-module-basesystem" : "", string.Join(' ', entries.Elements(suse + "product").Select(one => one.Value)));
        Assert.All(entries, one => Assert.Equal("/Module-Basesystem", one.Element(suse + "product_dir")!.Value));
        Assert.All(entries, one => Assert.Equal(Catalog.Resolve(os, null)!.Options["mirror"], one.Element(suse + "media_url")!.Value));
    }

    /// <summary>SELinux of Fedora CoreOS lets systemd start a shell, not every file of /opt.</summary>
    [Fact]
    public async Task The_live_systems_program_is_read_by_a_shell()
    {
        using var live = System.Text.Json.JsonDocument.Parse(await FileAsync("Fedora CoreOS stable", "ignition", "live.ign"));
        var unit = Assert.Single(live.RootElement.GetProperty("systemd").GetProperty("units").EnumerateArray().ToList()).GetProperty("contents").GetString()!;
        var path = Assert.Single(live.RootElement.GetProperty("storage").GetProperty("files").EnumerateArray().ToList()).GetProperty("path").GetString();
        Assert.Contains($"\nExecStart=/bin/bash {path}\n", unit, StringComparison.Ordinal);
    }

    /// <summary>Windows Server 2025 comes without wmic: the script host finds the disk there, by the same words.</summary>
    [Fact]
    public async Task Windows_finds_the_disk_without_wmic()
    {
        var lines = (await FileAsync("Windows Server 2025", "windows", "install.cmd", "WD-77")).Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        var check = lines.IndexOf(@"if not exist %SYS%\wbem\wmic.exe goto script");
        var (script, counted) = (lines.IndexOf(":script"), lines.IndexOf(":counted"));
        Assert.InRange(lines.FindIndex(line => line.Contains("'wmic ", StringComparison.Ordinal)), check + 1, script - 2);
        Assert.Equal("goto counted", lines[script - 1]);
        Assert.Equal(script + 2, counted);
        Assert.Contains(@"cscript //nologo //e:jscript X:\disk.js", lines[script + 1], StringComparison.Ordinal);
        Assert.Contains(lines.Take(check), line => line.EndsWith("/install/the.token/disk.js", StringComparison.Ordinal) && line.Contains(@" -o X:\disk.js ", StringComparison.Ordinal));
        Assert.Contains("\nvar serial = \"WD-77\".toLowerCase();\nvar size = 4000000000;\n", await FileAsync("Windows Server 2025", "windows", "disk.js", "WD-77"), StringComparison.Ordinal);
    }
}
