using System.Net;
using LpmOs.Boot.Scripts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>The shipped templates against exact text.</summary>
public sealed class BootScriptsTests
{
    private readonly ManualTime _time = new();
    private readonly List<FirmwareQuirk> _quirks = [];

    private BootScripts Scripts(params IEnumerable<(string Key, string? Value)> settings) => new(
        new SiteTemplates(Repository.Templates), OsCatalog.Load(Repository.Templates),
        BootOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Append((Key: "Templates:Path", Value: Repository.Templates)).Select(s => KeyValuePair.Create(s.Key, s.Value))).Build()),
        new FirmwareQuirks(_quirks),
        new Site("dc1"),
        null,
        _time);

    /// <summary>Of the store's key in these tests.</summary>
    private static readonly string Key = LpmOs.Core.Security.HardwareSigner.PublicKey(new byte[32]);

    private async Task<(string Script, string Token)> Render(TaskState? state, bool awaiting = false, string? arch = "x86_64", string? mac = Snapshots.Mac, BootScripts? scripts = null)
    {
        var snapshot = await Snapshots.Of(state is { } s ? Snapshots.Task(s, awaiting) : null);
        var request = BootRequest.Create(mac, Snapshots.Sn, null, "efi", arch, "Acme", "Box", out _)!;
        var text = (scripts ?? Scripts()).For(BootDecision.Of(snapshot, "dc1", request), request, snapshot, "http://10.77.0.1:8082");
        var at = text.IndexOf("lpmos.token=", StringComparison.Ordinal);
        return (text, at < 0 ? "" : text[(at + 12)..text.IndexOf(' ', at)]);
    }

    /// <summary>One site in 64 has such a key: a point in base64url may begin with a minus, which iPXE takes for an option only at the beginning of a word.</summary>
    [Fact]
    public async Task A_site_whose_public_key_begins_with_a_minus_boots_as_others()
    {
        var ring = Enumerable.Range(0, 10_000).Select(n => System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(n))).First(key => HardwareSigner.PublicKey(key)[0] == '-');
        var snapshot = await Snapshots.Of(null) with { MachineTokenKey = ring };
        var request = BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", "x86_64", "Acme", "Box", out _)!;
        Assert.Contains($" lpmos.key={HardwareSigner.PublicKey(ring)} BOOTIF=", Scripts().For(BootDecision.Of(snapshot, "dc1", request), request, snapshot, "http://10.77.0.1:8082"), StringComparison.Ordinal);
    }

    private static string Agent(string title, string token, string rest = " BOOTIF=01-52-54-00-77-00-01") => $$"""
        #!ipxe
        # LpmOs: the agent's image, in memory. It discovers and reports the hardware; a disk is written only for an approved task.
        echo LpmOs dc1: {{title}}
        set lpmos-try:int32 0
        :load
        imgfree ||
        kernel http://10.77.0.1:8082/files/boot/vmlinuz initrd=initramfs quiet mitigations=off init_on_alloc=0 panic=-1 console=tty0 console=ttyS0,115200 lpmos.regional=http://10.77.0.1:8081 lpmos.boot=http://10.77.0.1:8082 lpmos.idc=dc1 lpmos.token={{token}} lpmos.key={{Key}}{{rest}} || goto failed
        initrd --name initramfs http://10.77.0.1:8082/files/boot/initramfs || goto failed
        boot ||
        :failed
        inc lpmos-try
        echo
        echo LpmOs: the boot image could not be loaded from http://10.77.0.1:8082/files/boot/ (attempt ${lpmos-try} of 20).
        echo LpmOs: has it been built (make boot-image)? Trying again in 5 seconds; nothing has been changed on this machine.
        iseq ${lpmos-try} 20 && goto restart ||
        sleep 5
        goto load
        :restart
        echo LpmOs: starting this machine again in 10 seconds.
        sleep 10
        reboot

        """;

    private static string Local(string title) => $$"""
        #!ipxe
        # LpmOs: the system on the local disk.
        echo LpmOs dc1: {{title}}; starting the system on the local disk
        iseq ${platform} efi && goto efi ||
        # BIOS: this small GRUB finds the disk with the system; the BIOS itself would try its first disk alone.
        chain --autofree http://10.77.0.1:8082/files/ipxe/local.lkrn ||
        exit 1
        :efi
        # UEFI: many firmwares answer a plain exit with their setup page. This small program starts the disk's own loader.
        chain --autofree http://10.77.0.1:8082/files/ipxe/local.efi ||
        echo LpmOs: no loader was started; the firmware goes on to its next boot entry
        exit 1

        """;

    [Theory]
    [InlineData(null, "no task asks for this machine")]
    [InlineData(TaskState.Pending, "the task waits for its approval (task-0a1b2c3d, Debian 12 x net0ip shell)")]
    [InlineData(TaskState.Failed, "the task failed and waits for a retry (task-0a1b2c3d, Debian 12 x net0ip shell)")]
    [InlineData(TaskState.Approved, "the task is approved (task-0a1b2c3d, Debian 12 x net0ip shell)")]
    [InlineData(TaskState.Installing, "the installation goes on (task-0a1b2c3d, Debian 12 x net0ip shell)")]
    public async Task The_agents_script(TaskState? state, string title)
    {
        var (script, token) = await Render(state);
        Assert.Equal(Agent(title, token), script);
    }

    [Theory]
    [InlineData(TaskState.Installing, true, "installed, first start of the new system (task-0a1b2c3d)")]
    [InlineData(TaskState.Completed, false, "installed (task-0a1b2c3d)")]
    [InlineData(TaskState.Rejected, false, "the task was rejected (task-0a1b2c3d)")]
    [InlineData(TaskState.Cancelled, false, "the task was cancelled (task-0a1b2c3d)")]
    public async Task The_local_script_has_neither_token_nor_kernel(TaskState state, bool awaiting, string title) => Assert.Equal(Local(title), (await Render(state, awaiting)).Script);

    [Fact]
    public async Task The_script_of_a_decommissioned_machine_is_the_local_one()
    {
        var snapshot = await Snapshots.Of(Snapshots.Task(TaskState.Approved), null, (Snapshots.Sn, new MachineRecord { Decommissioned = new Decommission { At = DateTimeOffset.UnixEpoch, By = "a" } }));
        var request = BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", "x86_64", "Acme", "Box", out _)!;
        Assert.Equal(Local("the machine is decommissioned"), Scripts().For(BootDecision.Of(snapshot, "dc1", request), request, snapshot, "http://10.77.0.1:8082"));
    }

    [Fact]
    public async Task The_token_speaks_for_the_machine_and_its_approved_task_alone()
    {
        var key = new byte[32];
        var approved = MachineTokens.Verify((await Render(TaskState.Approved)).Token, key, _time.GetUtcNow())!;
        Assert.Equal(("agent", "dc1", Snapshots.Sn, Snapshots.Mac, Snapshots.TaskId, (int?)2), (approved.Purpose, approved.Idc, approved.Sn, approved.Mac, approved.TaskId, approved.Attempt));
        var waiting = MachineTokens.Verify((await Render(TaskState.Pending)).Token, key, _time.GetUtcNow())!;
        Assert.Equal((null, (int?)null), (waiting.TaskId, waiting.Attempt));
        Assert.Null(MachineTokens.Verify((await Render(TaskState.Pending)).Token, key, _time.GetUtcNow() + TimeSpan.FromDays(31)));
    }

    [Fact]
    public async Task Without_a_mac_there_is_no_bootif()
    {
        var (script, token) = await Render(null, mac: null);
        Assert.Equal(Agent("no task asks for this machine", token, ""), script);
    }

    [Fact]
    public async Task Settings_reach_the_kernel()
    {
        var (script, _) = await Render(null, scripts: Scripts(("Regional:PublicUrl", "https://regional.example/dc1/"), ("Boot:KernelArguments", "console=hvc0")));
        Assert.Contains(" console=hvc0 lpmos.regional=https://regional.example/dc1 lpmos.boot=", script);
    }

    [Fact]
    public async Task The_digest_of_the_sites_authorities_and_https_addresses_reach_the_kernel()
    {
        using var certificates = new TestCertificates();
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(certificates.Authority, TestContext.Current.CancellationToken)));
        var scripts = Scripts(("Boot:CaFile", certificates.Authority), ("Regional:Urls", "https://*:8444"), ("Boot:Urls", "http://0.0.0.0:8082;https://0.0.0.0:8443"));
        var (script, _) = await Render(null, scripts: scripts);
        Assert.Contains($" lpmos.regional=https://10.77.0.1:8444 lpmos.boot=http://10.77.0.1:8082 lpmos.idc=dc1 lpmos.ca={digest} lpmos.token=", script);
        // Whoever came by TLS goes on by TLS.
        Assert.Equal("https://10.77.0.1:8443", scripts.BaseUrl(IPAddress.Parse("10.77.0.1"), 8443));
        Assert.Equal("http://10.77.0.1:8082", scripts.BaseUrl(IPAddress.Parse("10.77.0.1"), 8082));
        // iPXE that looks for autoexec.ipxe first would not come to what DHCP tells.
        Assert.False(scripts.LeavesAutoexecToDhcp);
        (string, string) dhcp = ("Boot:Dhcp:Mode", "proxy"), both = ("Boot:Urls", "http://0.0.0.0:8082;https://0.0.0.0:8443");
        Assert.True(Scripts(dhcp, both).LeavesAutoexecToDhcp);
        Assert.False(Scripts(dhcp).LeavesAutoexecToDhcp);
        Assert.False(Scripts(dhcp, both, ("Boot:IpxeHttps", "false")).LeavesAutoexecToDhcp);
        Assert.False(Scripts(dhcp, both, ("Boot:PublicUrl", "http://boot.example")).LeavesAutoexecToDhcp);
        // What DHCP tells: both where both are, in whatever order they are configured; the configured one alone.
        var address = IPAddress.Parse("10.77.0.1");
        Assert.Equal(("http://10.77.0.1:8082", "https://10.77.0.1:8443"), (scripts.PlainUrl(address), scripts.SecureUrl(address)));
        var turned = Scripts(("Boot:Urls", "https://0.0.0.0:8443;http://0.0.0.0:8082"));
        Assert.Equal(("http://10.77.0.1:8082", "https://10.77.0.1:8443"), (turned.PlainUrl(address), turned.SecureUrl(address)));
        Assert.Equal(("https://10.77.0.1:8443", "https://10.77.0.1:8443"), Scripts(("Boot:Urls", "https://0.0.0.0:8443")) is var tls ? (tls.PlainUrl(address), tls.SecureUrl(address)) : default);
        Assert.Equal(("http://boot.example", null), Scripts(("Boot:Urls", "http://0.0.0.0:8082;https://0.0.0.0:8443"), ("Boot:PublicUrl", "http://boot.example")) is var named ? (named.PlainUrl(address), named.SecureUrl(address)) : default);
        var request = BootRequest.Create(Snapshots.Mac, Snapshots.Sn, null, "efi", "x86_64", "Acme", "Box", out _)!;
        var snapshot = await Snapshots.Of(null);
        Assert.Contains($" lpmos.ca={digest} lpmos.token=", scripts.ForGrub(BootDecision.Of(snapshot, "dc1", request), request, snapshot, scripts.Grub(IPAddress.Parse("10.77.0.1"), askedByHttp: false)).Replace("'", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_processor_without_a_boot_image_goes_on_to_its_disk() =>
        Assert.Equal("#!ipxe\n# LpmOs: there is no boot image for this kind of processor.\necho LpmOs dc1: there is no boot image for arm64; going on to the next boot device\nsleep 5\nexit 1\n", (await Render(null, arch: "arm64")).Script);

    [Theory]
    [InlineData("exit", "starting the system on the local disk\n# This firmware goes on to its next boot entry by itself (templates/firmware.yaml).\nexit 1\n")]
    [InlineData("sanboot", "# This BIOS wants its first disk to be started by iPXE (templates/firmware.yaml).\nsanboot --no-describe --drive 0x80 ||\nexit 1\n:efi\n")]
    public async Task Firmware_that_needs_another_way_to_its_disk_gets_it(string way, string lines)
    {
        _quirks.Add(new FirmwareQuirk { Manufacturer = "Acme", Product = "B*", Local = way });
        Assert.Contains(lines, (await Render(TaskState.Completed)).Script);
    }

    private async Task<string> Grub(TaskState? state, string arch = "x86_64", IPAddress? address = null, bool byHttp = false, BootScripts? scripts = null)
    {
        var snapshot = await Snapshots.Of(state is { } s ? Snapshots.Task(s) : null, Snapshots.Hardware() with { Company = "Acme", Product = "Box" });
        var request = GrubPath.Parse($"grub/machine/{arch}-efi/{Snapshots.Mac}/{Snapshots.Sn}")!;
        scripts ??= Scripts(("Boot:KernelArguments", "console=tty0 console=ttyS0,115200"));
        return scripts.ForGrub(BootDecision.Of(snapshot, "dc1", request), request, snapshot, scripts.Grub(address ?? IPAddress.Parse("10.77.0.1"), byHttp, 8082));
    }

    [Fact]
    public async Task Grub_gets_the_same_facts_as_ipxe()
    {
        var text = await Grub(TaskState.Approved);
        var at = text.IndexOf("lpmos.token=", StringComparison.Ordinal) + 12;
        var token = text[at..text.IndexOf('\'', at)];
        Assert.Equal($$"""
            # LpmOs: the agent's image, in memory. It discovers and reports the hardware; a disk is written only for an approved task.
            echo 'LpmOs dc1: the task is approved' '(task-0a1b2c3d, Debian 12 x net0ip  shell)'
            echo 'LpmOs: loading the boot image'
            if linux (tftp,10.77.0.1)/boot/vmlinuz quiet mitigations=off init_on_alloc=0 panic=-1 'console=tty0' 'console=ttyS0,115200' 'lpmos.regional=http://10.77.0.1:8081' 'lpmos.boot=http://10.77.0.1:8082' 'lpmos.idc=dc1' 'lpmos.token={{token}}' 'lpmos.key={{Key}}' 'BOOTIF=01-52-54-00-77-00-01'; then
              if initrd (tftp,10.77.0.1)/boot/initramfs; then
                boot
              fi
            fi
            # Back to the entry file, which asks again.

            """, text);
        var claims = MachineTokens.Verify(token, new byte[32], _time.GetUtcNow())!;
        Assert.Equal((Snapshots.Sn, Snapshots.Mac, Snapshots.TaskId, (int?)2), (claims.Sn, claims.Mac, claims.TaskId, claims.Attempt));
    }

    [Fact]
    public async Task Grub_is_sent_to_the_local_disk_as_ipxe_is()
    {
        var text = await Grub(TaskState.Completed);
        Assert.StartsWith("# LpmOs: the system on the local disk.\necho 'LpmOs dc1: installed' '(task-0a1b2c3d)''; starting the system on the local disk'\n# Starts the system on a disk", text);
        Assert.DoesNotContain("token", text);
        Assert.DoesNotContain("vmlinuz", text);
        _quirks.Add(new FirmwareQuirk { Manufacturer = "Acme", Local = "exit" });
        Assert.EndsWith("(templates/firmware.yaml).\nexit\n", await Grub(TaskState.Completed, scripts: Scripts()));
    }

    [Fact]
    public async Task Every_file_for_grub_is_one_that_grub_can_read()
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-grub-").FullName;
        try
        {
            var texts = new List<string> { Scripts().GrubEntry(Scripts().Grub(IPAddress.Loopback, false)), await Grub(null), await Grub(TaskState.Completed), await Grub(null, "arm64") };
            foreach (var text in texts)
            {
                var file = Path.Combine(folder, "grub.cfg");
                await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
                var (code, said) = await Lab.Command.Try("grub-script-check", file);
                Assert.True(code == 0, said + text);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("http://boot.example", true, "(http,boot.example)/files/boot/vmlinuz")]
    [InlineData("http://boot.example", false, "(tftp,10.77.0.1)/boot/vmlinuz")]
    [InlineData("http://boot.example:8082", true, "(tftp,10.77.0.1)/boot/vmlinuz")]
    [InlineData("https://boot.example:80", true, "(tftp,10.77.0.1)/boot/vmlinuz")]
    public async Task Grub_loads_by_http_where_its_http_can_reach_us(string publicUrl, bool byHttp, string kernel) =>
        Assert.Contains($"if linux {kernel} ", await Grub(null, byHttp: byHttp, scripts: Scripts(("Boot:PublicUrl", publicUrl))));

    [Fact]
    public async Task Asked_over_ipv6_grub_keeps_to_the_server_that_it_knows() =>
        Assert.Contains("if linux (tftp,$net_default_server)/boot/vmlinuz ", await Grub(null, address: IPAddress.Parse("fd77::1")));

    [Fact]
    public async Task Arm_gets_its_own_image_where_there_is_one()
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-arm-").FullName;
        try
        {
            var scripts = Scripts(("Boot:FilesPath", folder));
            Assert.Contains("there is no boot image for arm64", await Grub(null, "arm64", scripts: scripts));
            Directory.CreateDirectory(Path.Combine(folder, "boot", "arm64"));
            await File.WriteAllTextAsync(Path.Combine(folder, "boot", "arm64", "vmlinuz"), "k", TestContext.Current.CancellationToken);
            var text = await Grub(null, "arm64", scripts: scripts);
            Assert.Contains("if linux (tftp,10.77.0.1)/boot/arm64/vmlinuz.gz ", text);
            Assert.Contains(" 'console=ttyAMA0,115200' ", text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_entry_script() => Assert.Equal("""
        #!ipxe
        # LpmOs: the first script of every machine. It tells the boot service who asks and goes on with the answer.
        # --replace: what the answer returns (exit 1: boot the disk) reaches the firmware, not this script.
        # As autoexec.ipxe it may be run before any link has an address.
        isset ${netX/ip} || dhcp ||
        set lpmos-ask http://10.77.0.1:8082/ipxe?mac=${netX/mac:hexhyp}&serial=${serial:uristring}&uuid=${uuid}&platform=${platform:uristring}&arch=${buildarch:uristring}&manufacturer=${manufacturer:uristring}&product=${product:uristring}
        set lpmos-try:int32 0
        :ask
        echo LpmOs: asking http://10.77.0.1:8082 for ${netX/mac} (${manufacturer} ${product} ${serial})
        chain --autofree --replace ${lpmos-ask} ||
        inc lpmos-try
        echo
        echo LpmOs: the boot service at http://10.77.0.1:8082 did not answer (attempt ${lpmos-try} of 20).
        echo LpmOs: is it running, and does it reach its store? Trying again in 5 seconds; nothing has been changed on this machine.
        iseq ${lpmos-try} 20 && goto restart ||
        sleep 5
        goto ask
        :restart
        echo LpmOs: starting this machine again in 10 seconds.
        sleep 10
        reboot

        """, Scripts().Entry("http://10.77.0.1:8082"));

    [Fact]
    public void The_url_is_the_configured_one_or_the_address_that_was_asked()
    {
        Assert.Equal("http://boot.example", Scripts(("Boot:PublicUrl", "http://boot.example/")).BaseUrl(IPAddress.Loopback));
        Assert.Equal("http://10.0.0.5:9082", Scripts(("Boot:Urls", "http://*:9082")).BaseUrl(IPAddress.Parse("::ffff:10.0.0.5")));
        Assert.Equal("http://[fd77::1]:8082", Scripts().BaseUrl(IPAddress.Parse("fd77::1%3")));
    }
}
