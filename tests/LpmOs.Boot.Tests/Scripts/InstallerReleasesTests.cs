using System.Xml.Linq;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>What one release of a system needs and another does not know; each was read in the vendor's documents or in a release's own files (docs/catalogue.md).</summary>
public sealed class InstallerReleasesTests
{
    /// <summary>The list of groups of RHEL 7 calls the environment by another name; of one that does not exist anaconda asks a person.</summary>
    [Theory]
    [InlineData("CentOS 7", "@^minimal")]
    [InlineData("Rocky Linux 8", "@^minimal-environment")]
    [InlineData("CentOS Stream 10", "@^minimal-environment")]
    [InlineData("Fedora 43", "@^minimal-environment")]
    [InlineData("openEuler 24.03 LTS", "@^minimal-environment")]
    public async Task A_kickstart_file_asks_for_the_environment_by_the_releases_own_name(string os, string environment) =>
        Assert.Equal(environment, Assert.Single((await InstallerFile.RenderAsync(os, "kickstart", "ks.cfg")).Split('\n'), line => line.StartsWith("@^", StringComparison.Ordinal)));

    /// <summary>SUSE's own product has no packages of a base system: its kernel and shell are in a module of the Full medium. Leap has them in one repository.</summary>
    [Theory]
    [InlineData("SLES 15 SP6", true)]
    [InlineData("SLES 15 SP5", true)]
    [InlineData("openSUSE Leap 15.6", false)]
    public async Task SLES_takes_its_base_system_from_the_module_on_the_medium(string os, bool module)
    {
        var document = XDocument.Parse(await InstallerFile.RenderAsync(os, "autoyast", "autoinst.xml"));
        XNamespace suse = "http://www.suse.com/1.0/yast2ns";
        var entries = document.Root!.Elements(suse + "add-on").Elements(suse + "add_on_products").Elements(suse + "listentry").ToList();
        Assert.Equal(module ? "sle-module-basesystem" : "", string.Join(' ', entries.Elements(suse + "product").Select(one => one.Value)));
        Assert.All(entries, one => Assert.Equal("/Module-Basesystem", one.Element(suse + "product_dir")!.Value));
        Assert.All(entries, one => Assert.Equal(InstallerFile.Catalog.Resolve(os, null)!.Options["mirror"], one.Element(suse + "media_url")!.Value));
    }

    /// <summary>SELinux of Fedora CoreOS lets systemd start a shell, not every file of /opt.</summary>
    [Fact]
    public async Task The_live_systems_program_is_read_by_a_shell()
    {
        using var live = System.Text.Json.JsonDocument.Parse(await InstallerFile.RenderAsync("Fedora CoreOS stable", "ignition", "live.ign"));
        var unit = Assert.Single(live.RootElement.GetProperty("systemd").GetProperty("units").EnumerateArray().ToList()).GetProperty("contents").GetString()!;
        var path = Assert.Single(live.RootElement.GetProperty("storage").GetProperty("files").EnumerateArray().ToList()).GetProperty("path").GetString();
        Assert.Contains($"\nExecStart=/bin/bash {path}\n", unit, StringComparison.Ordinal);
    }
}
