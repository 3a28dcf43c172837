using System.Xml.Linq;
using LpmOs.Boot.Scripts;
using LpmOs.Boot.Tests.Lab;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Testing;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>What one release of a system needs and another does not know; each was read in the vendor's documents or in a release's own files (docs/catalogue.md).</summary>
public sealed class InstallerReleasesTests
{
    /// <summary>The list of groups of RHEL 7 calls the environment by another name; of one that does not exist anaconda asks a person.</summary>
    [Theory]
    [InlineData("CentOS 7", "@^minimal")]
    [InlineData("Rocky Linux 8", "@^minimal-environment")]
    [InlineData("CentOS Stream 10", "@^minimal-environment")]
    [InlineData("Fedora 43", "@^custom-environment")]
    [InlineData("openEuler 24.03 LTS", "@^minimal-environment")]
    public async Task A_kickstart_file_asks_for_the_environment_by_the_releases_own_name(string os, string environment) =>
        Assert.Equal(environment, Assert.Single((await InstallerFile.RenderAsync(os, "kickstart", "ks.cfg")).Split('\n'), line => line.StartsWith("@^", StringComparison.Ordinal)));

    /// <summary>A site without a way out has one mirror: AppStream lies beside BaseOS there, not with the vendor. An image's own tree names its repositories itself.</summary>
    [Theory]
    [InlineData("Rocky Linux 9", null, null, "AppStream=https://dl.rockylinux.org/pub/rocky/9/AppStream/x86_64/os/")]
    [InlineData("Rocky Linux 9", "http://10.0.0.5/rocky/9/BaseOS/x86_64/os", null, "AppStream=http://10.0.0.5/rocky/9/AppStream/x86_64/os")]
    [InlineData("Oracle Linux 9", "http://10.0.0.5/OL9/baseos/latest/x86_64/", null, "AppStream=http://10.0.0.5/OL9/appstream/x86_64/")]
    [InlineData("Rocky Linux 9", "http://10.0.0.5/dvd/", null, "")]
    [InlineData("Rocky Linux 9", "http://10.0.0.5/dvd/", "", "")]
    [InlineData("Rocky Linux 9", null, "A=http://10.0.0.5/a?x=1&y=2, own=http://10.0.0.5/own/", "A=http://10.0.0.5/a?x=1&y=2 own=http://10.0.0.5/own/")]
    [InlineData("CentOS 7", "http://10.0.0.5/7/", "extras=http://10.0.0.5/extras/", "extras=http://10.0.0.5/extras/")]
    [InlineData("CentOS 7", "http://10.0.0.5/7/", null, "")]
    public async Task Repositories_are_those_of_the_mirror(string os, string? mirror, string? repositories, string expected)
    {
        var variables = new[] { ("mirror", mirror), ("repositories", repositories) }.Where(one => one.Item2 is not null).Select(one => (one.Item1, one.Item2!)).ToArray();
        var lines = (await InstallerFile.RenderAsync(os, "kickstart", "ks.cfg", variables: variables)).Split('\n').Where(line => line.StartsWith("repo ", StringComparison.Ordinal));
        Assert.Equal(expected, string.Join(' ', lines.Select(line => line.Replace("repo --name=", "", StringComparison.Ordinal).Replace(" --baseurl=", "=", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal))));
    }

    /// <summary>subiquity takes security.ubuntu.com where nothing is said; apt-setup of Debian asks a person where the security host does not answer.</summary>
    [Theory]
    [InlineData(null, "http://10.0.0.5/ubuntu", "updates", "")]
    [InlineData("http://10.0.0.6/sec", "http://10.0.0.6/sec", "security, updates", "10.0.0.6/sec")]
    [InlineData("http://10.0.0.6:8000/debian-security/", "http://10.0.0.6:8000/debian-security/", "security, updates", "10.0.0.6:8000")]
    public async Task Security_updates_come_from_where_the_site_says(string? security, string ubuntu, string services, string host)
    {
        (string, string)[] variables = security is null ? [("mirror", "http://10.0.0.5/ubuntu")] : [("mirror", "http://10.0.0.5/ubuntu"), ("security_mirror", security)];
        var file = await InstallerFile.RenderAsync("Ubuntu 24.04", "autoinstall", "user-data", variables: variables);
        Assert.Contains($"    security:\n      - arches: [default]\n        uri: \"{ubuntu}\"\n", file, StringComparison.Ordinal);
        var preseed = (await InstallerFile.RenderAsync("Debian 12", "preseed", "preseed.cfg", variables: variables)).Split('\n');
        Assert.Contains("d-i apt-setup/services-select multiselect " + services, preseed);
        Assert.Equal(host.Length == 0 ? [] : [$"d-i apt-setup/security_host string {host}"], preseed.Where(line => line.Contains("security_host", StringComparison.Ordinal)));
    }

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

    /// <summary>user-setup of Debian asks a person for another name where it is one that Debian keeps (reserved-usernames: admin, backup…).</summary>
    [Fact]
    public async Task Debian_makes_no_user_itself()
    {
        var lines = (await InstallerFile.RenderAsync("Debian 13", "preseed", "preseed.cfg")).Split('\n');
        Assert.Equal(["d-i passwd/root-login boolean true", "d-i passwd/root-password-crypted password *", "d-i passwd/make-user boolean false"], lines.Where(line => line.StartsWith("d-i passwd/", StringComparison.Ordinal)));
        Assert.Contains("useradd -m -s /bin/bash admin", await InstallerFile.RenderAsync("Debian 13", "preseed", "late.sh"), StringComparison.Ordinal);
    }

    /// <summary>netplan of 20.04 refuses an IPv6 address as gateway4.</summary>
    [Theory]
    [InlineData("Ubuntu 20.04", "2001:db8::1", "gateway6: \"2001:db8::1\"")]
    [InlineData("Ubuntu 20.04", "10.0.0.1", "gateway4: \"10.0.0.1\"")]
    [InlineData("Ubuntu 24.04", "2001:db8::1", "routes: [{to: default, via: \"2001:db8::1\"}]")]
    public async Task A_gateway_is_written_as_its_release_knows_it(string os, string gateway, string written)
    {
        var network = new NetworkSpec { Interfaces = [new InterfaceSpec { Dhcp4 = false, Addresses = [gateway.Contains(':', StringComparison.Ordinal) ? "2001:db8::5/64" : "10.0.0.5/24"], Gateway = gateway }] };
        Assert.Contains((await InstallerFile.RenderAsync(os, "autoinstall", "user-data", network: network)).Split('\n'), line => line.Trim().Replace('\'', '"') == written);
    }

    /// <summary>The first call of a CoreOS goes to a site with an authority of its own as well.</summary>
    [Fact]
    public async Task The_new_CoreOS_knows_the_sites_authority()
    {
        using var certificates = new TestCertificates();
        async Task<string?> AuthorityAsync(string? file)
        {
            using var target = System.Text.Json.JsonDocument.Parse(await InstallerFile.RenderAsync("Flatcar stable", "ignition", "target.ign", authorities: file));
            var found = target.RootElement.GetProperty("storage").GetProperty("files").EnumerateArray().FirstOrDefault(one => one.GetProperty("path").GetString() == "/etc/lpmos/first-boot/ca.pem");
            return found.ValueKind == System.Text.Json.JsonValueKind.Undefined ? null : Uri.UnescapeDataString(found.GetProperty("contents").GetProperty("source").GetString()!["data:,".Length..]);
        }
        Assert.Null(await AuthorityAsync(null));
        Assert.Equal((await File.ReadAllTextAsync(certificates.Authority, TestContext.Current.CancellationToken)).Trim(), (await AuthorityAsync(certificates.Authority))?.Trim());
    }

    /// <summary>Kernels say names of different kinds of the same disk: t10. before naa. where they are old, nvme. for eui. where a disk's is known to be bogus.</summary>
    [Theory]
    [InlineData("VD0", "naa.5000c500a1b2c3d7", "naa.5000c500a1b2c3d7", true)]
    [InlineData("VD0", "naa.5000c500a1b2c3d7", "t10.ATA     ST4000NM000A      ZC1", true)]
    [InlineData("VD0", "eui.002538b911b01234", "nvme.144d-5344-534d-00000001", true)]
    [InlineData("VD0", "naa.5000c500a1b2c3d7", "naa.5000c500ffffffff", false)]
    [InlineData(null, "naa.5000c500a1b2c3d7", "t10.ATA     ST4000NM000A      ZC1", false)]
    [InlineData("OTHER", "naa.5000c500a1b2c3d7", "naa.5000c500a1b2c3d7", false)]
    public async Task A_disk_is_the_planned_one_whatever_kind_of_name_the_installers_kernel_has(string? serial, string planned, string said, bool found)
    {
        using var folder = new TemporaryFolder();
        var disk = Directory.CreateDirectory(folder.File("sda")).FullName;
        foreach (var (name, text) in new[] { ("size", "7812500"), ("serial", "VD0"), ("wwid", said) })
            await File.WriteAllTextAsync(Path.Combine(disk, name), text + "\n", TestContext.Current.CancellationToken);
        var script = await InstallerFile.RenderAsync("Debian 13", "preseed", "disk.sh", new Disk { Device = "/dev/sda", Serial = serial, Wwn = planned, SizeBytes = 4_000_000_000 });
        var from = script.IndexOf("# LpmOs: the one disk", StringComparison.Ordinal);
        var functions = script[from..script.IndexOf("\nif disk=", from, StringComparison.Ordinal)].Replace("/sys/block", folder.Path, StringComparison.Ordinal);
        var (code, output) = await Command.Try(RequiredProgram.Find("dash", "dash"), "-c", functions + "\nlpmos_disk");
        Assert.Equal(found ? (0, "/dev/sda") : (1, ""), (code, output));
    }

    /// <summary>iPXE gives a kernel that UEFI starts the files that its command line names, and no others.</summary>
    [Fact]
    public async Task The_root_file_system_of_a_live_CoreOS_is_named_to_the_kernel()
    {
        var (task, snapshot) = await InstallerFile.ApprovedAsync("Fedora CoreOS stable", "ignition");
        var text = InstallerFile.Scripts().For(BootDecision.Of(snapshot, "dc1", BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", "x86_64", null, null, out _)!), BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", "x86_64", null, null, out _)!, snapshot, "http://10.77.0.1:8082");
        Assert.Equal("Fedora CoreOS stable", task.Plan!.Os.Name);
        var named = Assert.Single(text.Split('\n'), line => line.StartsWith("kernel ", StringComparison.Ordinal)).Split(' ').Where(word => word.StartsWith("initrd=", StringComparison.Ordinal)).Select(word => word["initrd=".Length..]);
        Assert.Equal(text.Split('\n').Where(line => line.StartsWith("initrd --name ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]), named);
    }
}
