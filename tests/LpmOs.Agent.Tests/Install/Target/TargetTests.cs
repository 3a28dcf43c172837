using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Target;
using LpmOs.Agent.Install.Target.Network;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Install.Target;

public sealed class TargetTests
{
    [Fact]
    public void SymbolicLinksOfTheNewSystemNeverLeadOutOfIt()
    {
        using var machine = new RecordedMachine().File("etc/keep", "x");
        var outside = Path.Join(Path.GetTempPath(), "lpmos-outside-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(outside);
        File.CreateSymbolicLink(Path.Join(machine.Root, "absolute"), outside);
        File.CreateSymbolicLink(Path.Join(machine.Root, "up"), "../../../../../../../.." + outside);
        File.CreateSymbolicLink(Path.Join(machine.Root, "etc/resolv.conf"), Path.Join(outside, "stub"));
        File.CreateSymbolicLink(Path.Join(machine.Root, "circle"), "circle");
        var tree = new TargetTree(machine.Root);

        tree.Write("/absolute/a", "1");
        tree.Write("/up/b", "2");
        tree.Write("/etc/resolv.conf", "3");

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.Equal("1", File.ReadAllText(Path.Join(machine.Root, outside, "a")));
        Assert.Equal("2", File.ReadAllText(Path.Join(machine.Root, outside, "b")));
        Assert.Equal("3", File.ReadAllText(Path.Join(machine.Root, "etc/resolv.conf")));
        Assert.Throws<IOException>(() => tree.Write("/circle/x", "4"));
        Directory.Delete(outside);
    }

    [Theory]
    [InlineData("hostname", "db;reboot")]
    [InlineData("users.name", "-x")]
    [InlineData("users.name", "a b")]
    [InlineData("users.ssh_keys", "ssh-ed25519 AAAA\nroot ALL")]
    [InlineData("kernel_arguments", "init=/bin/sh;x")]
    [InlineData("partitions.name", "a\" , type=0")]
    [InlineData("disk.device", "/dev/../etc/passwd")]
    [InlineData("image.sha256", "abc")]
    [InlineData("timezone", "/etc/shadow")]
    [InlineData("timezone", "../../etc/shadow")]
    [InlineData("locale", "de_DE;x")]
    [InlineData("keyboard", "us\"\n")]
    [InlineData("packages", "--installroot=/x")]
    public void ValuesThatCouldMeanSomethingElseAreRefused(string field, string value)
    {
        var plan = field switch
        {
            "hostname" => Plans.Plan with { Hostname = value },
            "users.name" => Plans.Plan with { Users = [new() { Name = value }] },
            "users.ssh_keys" => Plans.Plan with { Users = [new() { Name = "a", SshKeys = [value] }] },
            "timezone" => Plans.Plan with { Timezone = value },
            "locale" => Plans.Plan with { Locale = value },
            "keyboard" => Plans.Plan with { Keyboard = value },
            "packages" => Plans.Plan with { Packages = [value] },
            "kernel_arguments" => Plans.Plan with { KernelArguments = [value] },
            "partitions.name" => Plans.Plan with { Partitions = [.. Plans.Plan.Partitions.Skip(1), new() { Name = value, Role = "esp" }] },
            "disk.device" => Plans.Plan with { Disk = Plans.Plan.Disk! with { Device = value } },
            _ => Plans.Plan with { Image = Plans.Plan.Image! with { Sha256 = value } },
        };

        var failure = Assert.Throws<InstallException>(() => PlanCheck.Require(plan));

        Assert.Equal("plan_invalid", failure.Code);
        Assert.Contains(field, failure.Message, StringComparison.Ordinal);
        PlanCheck.Require(Plans.Plan);
    }

    [Fact]
    public void AStaticNetworkIsWrittenInEachForm()
    {
        var plans = NetworkPlan.From(new() { Interfaces = [new() { Mac = "52:54:00:00:00:02", Dhcp4 = false, Addresses = ["10.0.0.5/24", "2001:db8::5/64"], Gateway = "10.0.0.1", Dns = ["10.0.0.53"] }] }, "52:54:00:00:00:01");

        Assert.Equal("""
            network:
              version: 2
              ethernets:
                lpmos0:
                  match:
                    macaddress: "52:54:00:00:00:02"
                  dhcp4: false
                  addresses:
                    - "10.0.0.5/24"
                    - "2001:db8::5/64"
                  routes:
                    - to: "0.0.0.0/0"
                      via: "10.0.0.1"
                  nameservers:
                    addresses:
                      - "10.0.0.53"

            """, NetplanFile.Text(plans));
        Assert.Equal("[Match]\nMACAddress=52:54:00:00:00:02\n\n[Network]\nDHCP=no\nAddress=10.0.0.5/24\nAddress=2001:db8::5/64\nGateway=10.0.0.1\nDNS=10.0.0.53\n", NetworkdFiles.Network(plans[0], plans));
        Assert.Contains("[ipv4]\nmethod=manual\naddress1=10.0.0.5/24\ngateway=10.0.0.1\ndns=10.0.0.53;\n\n[ipv6]\nmethod=manual\naddress1=2001:db8::5/64\n", NetworkManagerFiles.Text(plans[0], plans), StringComparison.Ordinal);
        Assert.Contains("iface lan0 inet static\n  address 10.0.0.5/24\n  gateway 10.0.0.1\n", IfupdownFile.Text(plans), StringComparison.Ordinal);
        Assert.Throws<InstallException>(() => NetworkPlan.From(new() { Interfaces = [new() { Addresses = ["10.0.0.5\nExecStart=x"] }] }, "52:54:00:00:00:01"));
    }

    [Fact]
    public async Task TheFirstBootScriptCallsUntilItIsHeardThenForgetsItsToken()
    {
        await using var regional = await FakeRegional.StartAsync();
        var refusals = 2;
        regional.Misbehave = context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(refusals-- > 0);
        };
        using var machine = new RecordedMachine().File("usr/bin/curl", "").File("etc/systemd/system.conf", "");
        var tree = new TargetTree(machine.Root);
        var awkward = Plans.Plan with { Sn = "SN \"1\" %s \\ $(reboot)" };
        new FirstBootUnit(tree).Write(awkward, new FirstBootCall { Url = regional.Url + "api/v1/installed", Token = "one-time" });
        Assert.Equal(TargetTree.PrivateFile, File.GetUnixFileMode(Path.Join(machine.Root, "etc/lpmos/first-boot/report")));
        // The script's absolute paths are turned to the test's folder; all else runs as it is.
        var folder = Path.Join(machine.Root, "etc/lpmos/first-boot");
        var script = File.ReadAllText(Path.Join(machine.Root, FirstBootUnit.Program))
            .Replace(FirstBootUnit.Folder, folder, StringComparison.Ordinal).Replace("/run/", machine.Root + "/", StringComparison.Ordinal).Replace("sleep \"$pause\"", "sleep 0.1", StringComparison.Ordinal).Replace("systemctl ", "echo systemctl ", StringComparison.Ordinal);

        var output = RecordedMachine.Program("sh", "-s", script);

        var call = Assert.Single(regional.Installed);
        Assert.Equal((awkward.Sn, Plans.TaskId, "one-time", "db-1"), (call.Sn, call.TaskId, call.Token, call.Hostname));
        Assert.Equal(RecordedMachine.Program("uname", "-r").Trim(), call.Kernel);
        Assert.False(Directory.Exists(folder));
        Assert.Contains("systemctl --no-reload disable lpmos-firstboot.service", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(machine.Root, "*.json"));
    }

    [Fact]
    public async Task TheFirstBootScriptTrustsTheSitesAuthoritiesAlone()
    {
        using var certificates = new TestCertificates();
        await using var regional = await FakeRegional.StartAsync(certificates);
        foreach (var known in new[] { false, true })
        {
            using var machine = new RecordedMachine().File("usr/bin/curl", "").File("etc/systemd/system.conf", "");
            new FirstBootUnit(new TargetTree(machine.Root)).Write(Plans.Plan, new FirstBootCall { Url = regional.Url + "api/v1/installed", Token = "one-time" }, known ? File.ReadAllText(certificates.Authority) : null);
            var folder = Path.Join(machine.Root, "etc/lpmos/first-boot");
            var script = File.ReadAllText(Path.Join(machine.Root, FirstBootUnit.Program))
                .Replace(FirstBootUnit.Folder, folder, StringComparison.Ordinal).Replace("/run/", machine.Root + "/", StringComparison.Ordinal).Replace("sleep \"$pause\"", "exit 9", StringComparison.Ordinal).Replace("systemctl ", "echo systemctl ", StringComparison.Ordinal);

            RecordedMachine.Program("sh", "-s", $"( {script} ) || true");

            Assert.Equal(known ? 1 : 0, regional.Installed.Count);
            Assert.Equal(!known, File.Exists(folder + "/report"));
        }
    }

    [Fact]
    public void TheUnitIsValidForSystemd()
    {
        Assert.True(File.Exists("/usr/bin/systemd-analyze"), "Needs systemd-analyze: apt-get install systemd.");
        using var machine = new RecordedMachine().File("usr/bin/curl", "").File("etc/systemd/system.conf", "");
        new FirstBootUnit(new TargetTree(machine.Root)).Write(Plans.Plan, new FirstBootCall { Url = "http://x/", Token = "t" });

        var said = RecordedMachine.Program("systemd-analyze", $"verify {machine.Root}/etc/systemd/system/{FirstBootUnit.Unit} 2>&1 || true");

        Assert.DoesNotContain("Unknown", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Failed to parse", said, StringComparison.Ordinal);
    }
}
