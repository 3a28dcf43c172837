using LpmOs.Boot.Scripts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>An approved task of an installer, asked for by iPXE, GRUB and the agent.</summary>
public sealed class InstallerScriptsTests
{
    private const string BaseUrl = "http://10.77.0.1:8082";
    private static readonly OsCatalog Catalog = OsCatalog.Load(Repository.Templates);
    private static readonly SiteTemplates Templates = new(Repository.Templates);
    private static readonly GrubSource Tftp = new(false, "10.77.0.1", BaseUrl);
    private readonly List<FirmwareQuirk> _quirks = [];

    private static Inventory Hardware => Snapshots.Hardware() with { Company = "Acme", Product = "PizzaBox", Disks = [new Disk { Device = "/dev/vda", Serial = "VD0", SizeBytes = 4_000_000_000 }] };

    private BootScripts Scripts(SiteTemplates? templates = null, params (string Key, string Value)[] settings) => new(
        templates ?? Templates, Catalog,
        BootOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Templates:Path", Repository.Templates), .. settings.Select(one => KeyValuePair.Create<string, string?>(one.Key, one.Value))]).Build()),
        new FirmwareQuirks(_quirks), new Site("dc1"), null, new ManualTime());

    /// <summary>With the plan that an operator would approve.</summary>
    private static async Task<(InstallTask Task, StateSnapshot Snapshot)> ApprovedAsync(string os, string method, Func<InstallPlan, InstallPlan>? change = null, SiteTemplates? templates = null)
    {
        var found = Catalog.Resolve(os, null)!;
        var task = Snapshots.Task(TaskState.Approved) with { OsType = found.Id, OsVersion = found.Version, InstallMethod = method, Variables = found.Requires.ToDictionary() };
        var assets = found.Assets.Values.ToDictionary(asset => asset.Name, asset => new SiteAsset { Name = asset.Name, Sha256 = new string('a', 64), SizeBytes = 1 });
        var outcome = Planner.Plan(task, Hardware, new PlanningInput(Catalog, (templates ?? Templates).For(StateSnapshot.Empty, "dc1")) { Assets = assets });
        Assert.True(outcome.Plan is not null, string.Join("\n", outcome.Problems.Select(problem => problem.Message)));
        task = task with { Plan = change is null ? outcome.Plan : change(outcome.Plan) };
        return (task, await Snapshots.Of(task, Hardware));
    }

    [Fact]
    public async Task An_installer_waits_for_the_TPM_of_the_machine_that_only_the_MAC_links_to_the_task()
    {
        var (task, _) = await ApprovedAsync("Debian 12", "preseed");
        task = task with { Sn = "ticket-77" };
        var (unbound, bound) = (await Snapshots.Of(task, Hardware), await Snapshots.Of(task, Hardware, tpm: (Snapshots.Sn, new TpmBinding { EndorsementKey = "aa", BoundAt = DateTimeOffset.UnixEpoch })));
        // By the machine's serial number, the task's, none, and one that somebody says who has copied the MAC.
        foreach (var serial in new[] { Snapshots.Sn, "ticket-77", null, "SN-CLONE" })
        {
            var request = BootRequest.Create(Snapshots.Mac, serial, null, null, null, null, null, out _)!;
            Assert.Equal((BootKind.Installer, BootKind.Agent), (BootDecision.Of(unbound, "dc1", request).Kind, BootDecision.Of(bound, "dc1", request).Kind));
        }
        Assert.Equal((Snapshots.Sn, Snapshots.Sn, null), (bound.WithholdsFrom(task, null)?.Key.Sn, bound.WithholdsFrom(task, "bb")?.Key.Sn, bound.WithholdsFrom(task, "aa")?.Key.Sn));
    }

    [Fact]
    public async Task An_override_that_passes_its_trial_says_on_the_machine_why_an_installer_is_blocked()
    {
        var (_, snapshot) = await ApprovedAsync("Debian 12", "preseed", plan => plan with { Installer = plan.Installer! with { Files = [.. plan.Installer.Files.Select(file => file with { Sha256 = new string('0', 64) })] } });
        var folder = Directory.CreateTempSubdirectory("lpmos-templates-").FullName;
        try
        {
            await Lab.Command.Run("cp", "-r", Repository.Templates + "/.", folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "grub", "blocked.cfg"), "echo {{ files | quote.grub }} {{ device | quote.grub }} {{ server | quote.grub }} {{ reason | quote.grub }}", TestContext.Current.CancellationToken);
            var changed = new SiteTemplates(folder);
            Assert.Empty(TemplateTrials.Lint(changed.For(StateSnapshot.Empty, "dc1"), ["grub/blocked.cfg"], Catalog, out _, TestContext.Current.CancellationToken));
            Assert.StartsWith("echo '(tftp,10.77.0.1)' '(tftp,10.77.0.1)' '10.77.0.1' ", Grub(snapshot, templates: changed), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Grub(StateSnapshot snapshot, string arch = "x86_64", SiteTemplates? templates = null)
    {
        var request = BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", arch, null, null, out _)!;
        return Scripts(templates).ForGrub(BootDecision.Of(snapshot, "dc1", request), request, snapshot, Tftp);
    }

    [Fact]
    public async Task Grub_loads_the_approved_kernel_by_tftp_with_the_words_that_ipxe_gives_it()
    {
        var (_, snapshot) = await ApprovedAsync("Debian 12", "preseed");
        var script = Grub(snapshot);
        Assert.Contains($"if linux '(tftp,10.77.0.1)/assets/{new string('a', 64)}/linux' 'auto=true' 'priority=critical'", script, StringComparison.Ordinal);
        Assert.Contains($"if initrd '(tftp,10.77.0.1)/assets/{new string('a', 64)}/initrd.gz'; then", script, StringComparison.Ordinal);
        Assert.Matches(@"'url=http://10\.77\.0\.1:8082/install/[^/ ']+/preseed\.cfg'", script);
        Assert.DoesNotContain("boot.invalid", script, StringComparison.Ordinal);
        var request = BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", "x86_64", null, null, out _)!;
        Assert.Contains(" auto=true priority=critical ", Scripts().For(BootDecision.Of(snapshot, "dc1", request), request, snapshot, BaseUrl), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_nobody_approved_starts_nothing_by_grub()
    {
        var (_, snapshot) = await ApprovedAsync("Debian 12", "preseed", plan => plan with { Installer = plan.Installer! with { Files = [.. plan.Installer.Files.Select(file => file with { Sha256 = new string('0', 64) })] } });
        var script = Grub(snapshot);
        Assert.DoesNotContain("linux '", script, StringComparison.Ordinal);
        Assert.Contains("is not what was approved", script, StringComparison.Ordinal);
    }

    /// <summary>What a template does with the boot's own values shows in no rendering that anybody approves.</summary>
    [Theory]
    // Put in after the approval.
    [InlineData("", "{{ if token != \"TOKEN-OF-THIS-BOOT\" }}echo owned{{ end }}")]
    [InlineData("", "{{ if !(boot_url | string.contains \".invalid\") }}echo owned{{ end }}")]
    // There before, and leading to what can be changed afterwards.
    [InlineData("{{ if token != \"TOKEN-OF-THIS-BOOT\" }}{{ include 'snippets/later.sh' }}{{ end }}", "")]
    public async Task What_a_template_does_on_the_real_machine_alone_is_not_done(string before, string after)
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-templates-").FullName;
        try
        {
            await Lab.Command.Run("cp", "-r", Repository.Templates + "/.", folder);
            var hook = Path.Combine(folder, "preseed", "early.sh");
            await File.AppendAllTextAsync(hook, before, TestContext.Current.CancellationToken);
            var (task, snapshot) = await ApprovedAsync("Debian 12", "preseed", templates: new SiteTemplates(folder));
            if (before.Length == 0)
                Assert.NotNull(Scripts(new SiteTemplates(folder)).InstallerFile(task, "early.sh", "the.token", snapshot, BaseUrl));
            await File.WriteAllTextAsync(Path.Combine(folder, "snippets", "later.sh"), "echo owned\n", TestContext.Current.CancellationToken);
            await File.AppendAllTextAsync(hook, after, TestContext.Current.CancellationToken);
            Assert.Throws<NotAsApprovedException>(() => Scripts(new SiteTemplates(folder)).InstallerFile(task, "early.sh", "the.token", snapshot, BaseUrl));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_installer_that_is_no_Linux_kernel_is_left_to_ipxe()
    {
        var (_, snapshot) = await ApprovedAsync("VMware ESXi 8.0", "esxi");
        Assert.Contains("is started by iPXE alone", Grub(snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_with_another_processor_gets_no_installer()
    {
        var (_, snapshot) = await ApprovedAsync("Debian 12", "preseed");
        var script = Grub(snapshot, "arm64");
        Assert.DoesNotContain("linux '", script, StringComparison.Ordinal);
        Assert.Contains("for x86-64 processors alone", script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_authority_of_the_sites_own_the_hooks_carry_it_and_an_installer_that_would_have_to_know_it_is_not_started()
    {
        using var certificates = new TestCertificates();
        var (task, snapshot) = await ApprovedAsync("Debian 12", "preseed");
        var scripts = Scripts(null, ("Boot:CaFile", certificates.Authority), ("Regional:Urls", "https://*:8444"), ("Boot:Urls", "http://0.0.0.0:8082;https://0.0.0.0:8443"));
        var certificate = (await File.ReadAllTextAsync(certificates.Authority, TestContext.Current.CancellationToken)).Trim().Split('\n')[1];
        Assert.Contains(certificate, scripts.InstallerFile(task, "early.sh", "the.token", snapshot, BaseUrl), StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN CERTIFICATE", Scripts().InstallerFile(task, "early.sh", "the.token", snapshot, BaseUrl), StringComparison.Ordinal);

        var request = BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", "x86_64", null, null, out _)!;
        string Script(BootScripts by, string url) => by.For(BootDecision.Of(snapshot, "dc1", request), request, snapshot, url);
        Assert.Contains("kernel http://10.77.0.1:8082/", Script(scripts, BaseUrl), StringComparison.Ordinal);
        const string Secure = "https://10.77.0.1:8443";
        Assert.DoesNotContain("kernel ", Script(scripts, Secure), StringComparison.Ordinal);
        Assert.Contains("installer of preseed does not know", Script(scripts, Secure), StringComparison.Ordinal);
        Assert.Throws<NotAsApprovedException>(() => scripts.InstallerFile(task, InstallerFiles.CommandLine, "the.token", snapshot, Secure));
        // A certificate of an authority that installers know needs nothing.
        Assert.Contains($"kernel {Secure}/", Script(Scripts(null, ("Boot:Urls", "https://0.0.0.0:8443")), Secure), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_is_a_file_of_the_task_and_may_be_ruled_out_by_the_table_of_firmware()
    {
        var (task, snapshot) = await ApprovedAsync("Rocky Linux 9", "kickstart");
        var line = Scripts().InstallerFile(task, InstallerFiles.CommandLine, "the.token", snapshot, BaseUrl)!;
        Assert.Contains(" inst.ks=http://10.77.0.1:8082/install/the.token/ks.cfg ", line, StringComparison.Ordinal);
        Assert.Single(line.Trim().Split('\n'));
        Assert.Null(Scripts().WhyNoKexec(task, snapshot));
        _quirks.Add(new FirmwareQuirk { Manufacturer = "Acme*", Product = "PizzaBox", Kexec = false, Why = "the RAID controller hangs" });
        Assert.Contains("the RAID controller hangs", Scripts().WhyNoKexec(task, snapshot), StringComparison.Ordinal);
    }
}
