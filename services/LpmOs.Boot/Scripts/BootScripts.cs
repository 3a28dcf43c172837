using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Planning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;

namespace LpmOs.Boot.Scripts;

/// <summary>Renders the scripts from <c>templates/ipxe</c> and <c>templates/grub</c>: a function of watched copy, request and signing key.</summary>
internal sealed class BootScripts(SiteTemplates templates, OsCatalog catalog, BootOptions options, FirmwareQuirks quirks, Site site, WatchedState? state, TimeProvider time)
{
    private const string ServerOfGrub = "$net_default_server";
    private const int PortOfGrub = 80;
    private static readonly string[] Starters = [InstallerFiles.Boot, InstallerFiles.Grub, InstallerFiles.CommandLine];

    private DerivedKey? _signing;
    /// <summary>Of the machine that asked last: most ask at one address.</summary>
    private UrlPair? _regional;

    /// <summary>Our URL as the machine reaches it: the configured one, else the address of ours that it asked.</summary>
    public string BaseUrl(IPAddress? localAddress, int? localPort = null)
    {
        var port = localPort ?? options.HttpPort;
        return options.PublicUrl ?? string.Create(CultureInfo.InvariantCulture, $"{(options.HttpsPorts.Contains(port) ? "https" : "http")}://{Host(localAddress)}:{port}");
    }

    /// <summary>Our URL for programs that may know no TLS: by http, where we listen so and no other is configured.</summary>
    public string PlainUrl(IPAddress? localAddress) => BaseUrl(localAddress, options.PlainPort);

    /// <summary>Our URL by https; null: we do not listen so, or the configured URL is all that machines are told.</summary>
    public string? SecureUrl(IPAddress? localAddress) => options is { PublicUrl: null, HttpsPorts.Count: > 0 } ? BaseUrl(localAddress, options.HttpsPorts.Min()) : null;

    /// <summary>
    /// iPXE since 2020 asks for autoexec.ipxe by TFTP before it asks DHCP, which alone tells us whether it speaks HTTPS: where that matters and DHCP is ours, there is no such file,
    /// and it goes on to what DHCP tells.
    /// </summary>
    public bool LeavesAutoexecToDhcp => options is { IpxeHttps: true, Dhcp.Mode: not DhcpMode.Off } && (options.PublicUrl is { } url ? IsHttps(url) : options.HttpsPorts.Count > 0);

    /// <summary>The first script of every machine: it says who it is and goes on with the answer.</summary>
    public string Entry(string baseUrl) => Engine(state?.Current).Render("ipxe/entry.ipxe", new Dictionary<string, object?> { ["boot_url"] = baseUrl });

    /// <summary>The machine's own iPXE script.</summary>
    public void Write(BootDecision decision, BootRequest request, StateSnapshot snapshot, string baseUrl, IBufferWriter<byte> output)
    {
        if (decision.Kind == BootKind.Installer)
            Encoding.ASCII.GetBytes(Installer(decision, request, snapshot, baseUrl), output);
        else
            Engine(snapshot).Render($"ipxe/{Template(decision, request)}.ipxe", Variables(decision, request, snapshot, baseUrl), output);
    }

    /// <summary>GRUB's first file; see <see cref="GrubPath"/>.</summary>
    public string GrubEntry(GrubSource source) =>
        Engine(state?.Current).Render("grub/entry.cfg", new Dictionary<string, object?> { ["device"] = Device(source), ["server"] = source.Server ?? ServerOfGrub });

    /// <summary>The machine's own file for GRUB.</summary>
    public string ForGrub(BootDecision decision, BootRequest request, StateSnapshot snapshot, GrubSource source)
    {
        var files = Device(source) + (source.ByHttp ? "/files" : "");
        return decision.Kind == BootKind.Installer ? Installer(decision, request, snapshot, source.BaseUrl, (source, files))
            : Engine(snapshot).Render($"grub/{Template(decision, request)}.cfg", Variables(decision, request, snapshot, source.BaseUrl, (source, files)));
    }

    /// <summary>Where GRUB 2.06 reaches us: its HTTP knows port 80 alone, so everywhere else by TFTP.</summary>
    public GrubSource Grub(IPAddress? localAddress, bool askedByHttp, int? localPort = null)
    {
        var baseUrl = BaseUrl(localAddress, localPort);
        var url = new Uri(baseUrl);
        return askedByHttp && url is { Scheme: "http", Port: PortOfGrub } ? new GrubSource(true, url.Host, baseUrl)
            : new GrubSource(false, localAddress is { AddressFamily: AddressFamily.InterNetwork } or { IsIPv4MappedToIPv6: true } ? Host(localAddress) : null, baseUrl);
    }

    private static string Device(GrubSource source) => $"({(source.ByHttp ? "http" : "tftp")},{source.Server ?? ServerOfGrub})";

    private string Template(BootDecision decision, BootRequest request) =>
        decision.Kind == BootKind.LocalDisk ? "local" : Image(request) is null ? "unsupported" : "agent";

    /// <summary>Folder of the boot image for the machine's processor, or null where there is none.</summary>
    private string? Image(BootRequest request) => request.Architecture switch
    {
        "arm64" => File.Exists(Path.Combine(options.FilesPath, "boot", "arm64", "vmlinuz")) ? "boot/arm64" : null,
        "arm32" or "arm" => null,
        _ => "boot",
    };

    /// <param name="grub">How GRUB reaches us and the files folder; null: iPXE asks.</param>
    private Dictionary<string, object?> Variables(BootDecision decision, BootRequest request, StateSnapshot snapshot, string baseUrl, (GrubSource Source, string Files)? grub = null)
    {
        // The serial port of Arm servers (SBSA) has another driver and name.
        var arguments = request.Architecture == "arm64" ? options.KernelArguments + " console=ttyAMA0,115200" : options.KernelArguments;
        var machine = new BootingMachine(request.Mac, request.Serial, request.Architecture) { Image = Image(request), Quirk = quirks.For(snapshot, site.Idc, request)?.Local };
        var run = RunTime(decision.Reason, Token(decision, request, snapshot), baseUrl) with { KernelArguments = arguments, SigningKey = SigningKey(snapshot) };
        var variables = BootVariables.Of(site.Idc, machine, decision.Task is { } task ? (task.TaskId, task.OsType) : null, run);
        // The same as a template's trial has, whichever of them is rendered.
        if (grub is var (source, files))
            (variables["device"], variables["server"], variables["files"]) = (Device(source), source.Server ?? ServerOfGrub, files);
        return variables;
    }

    // Derived anew only when the store's key is another: a rack of machines asks at once.
    private string? SigningKey(StateSnapshot snapshot)
    {
        var tokenKey = snapshot.MachineTokenKey;
        if (tokenKey.IsEmpty)
            return null;
        var known = _signing;
        if (known is null || !known.Of.Span.SequenceEqual(tokenKey.Span))
            _signing = known = new DerivedKey(tokenKey.ToArray(), HardwareSigner.PublicKey(tokenKey.Span));
        return known.Public;
    }

    private sealed record UrlPair(string Boot, string Regional);

    private sealed record DerivedKey(ReadOnlyMemory<byte> Of, string Public);

    private TemplateEngine Engine(StateSnapshot? snapshot) => templates.For(snapshot ?? StateSnapshot.Empty, site.Idc);

    /// <summary>A file that a machine's installer fetches, with its own token; null where this task has no such file.</summary>
    /// <exception cref="TemplateException">It does not render any more.</exception>
    /// <exception cref="NotAsApprovedException">It would not be what was approved.</exception>
    /// <param name="grubFiles">The files folder as GRUB reaches it, for the file that GRUB reads.</param>
    public string? InstallerFile(InstallTask task, string name, string token, StateSnapshot snapshot, string baseUrl, string grubFiles = "")
    {
        if (InstallerOf(task, snapshot) is not { } files || files.All.FirstOrDefault(file => file.Name == name) is not { Template: { } template })
            return null;
        if (Starters.Contains(name) && Trust(baseUrl).WhyNot(files.Installer, task.Plan!.Os.InstallMethod) is { } distrust)
            throw new NotAsApprovedException($"{distrust} Install by image, or see docs/security.md, TLS.");
        return files.RenderAsPlanned(name, template, RunTime("the task is approved", token, baseUrl) with { InstalledToken = FirstBootToken(task, snapshot), GrubFiles = grubFiles }) ?? throw NotAsApprovedException.Of(name);
    }

    private InstallerTrust Trust(string baseUrl) => new(options.Authorities is not null, IsHttps(baseUrl), IsHttps(RegionalUrl(baseUrl)));

    private static bool IsHttps(string url) => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>What starts the installer, or says why nothing is started.</summary>
    /// <param name="grub">How GRUB reaches us and the files folder; null: iPXE asks.</param>
    private string Installer(BootDecision decision, BootRequest request, StateSnapshot snapshot, string baseUrl, (GrubSource Source, string Files)? grub = null)
    {
        var (name, blocked) = grub is null ? (InstallerFiles.Boot, "ipxe/blocked.ipxe") : (InstallerFiles.Grub, "grub/blocked.cfg");
        try
        {
            return IsArm(request) ? throw new NotAsApprovedException($"{decision.Task!.OsType} has an installer for x86-64 processors alone; this machine has another one ({request.Architecture}).")
                : InstallerFile(decision.Task!, name, Token(decision, request, snapshot), snapshot, baseUrl, grub?.Files ?? "")
                ?? throw (decision.Task?.Plan?.Installer?.Files.Any(file => file.Name == InstallerFiles.Grub) == false && grub is not null
                    ? new NotAsApprovedException($"The installer of {decision.Task.Plan.Os.Name} is started by iPXE alone; this machine came through GRUB.")
                    : NotAsApprovedException.Of(name));
        }
        catch (Exception e) when (e is TemplateException or NotAsApprovedException)
        {
            // Nothing is started that nobody has approved. The machine asks again until the template or the task is put right.
            return Engine(snapshot).Render(blocked, Variables(decision with { Reason = BootVariables.Plain(e.Message) }, request, snapshot, baseUrl, grub));
        }
    }

    /// <summary>The catalogue's installers are for x86-64.</summary>
    private static bool IsArm(BootRequest request) => request.Architecture?.StartsWith("arm", StringComparison.Ordinal) == true;

    /// <summary>Why a running system is not to start the installer's kernel by itself; null where it may try.</summary>
    public string? WhyNoKexec(InstallTask task, StateSnapshot snapshot) => snapshot.FindHardware(task)?.Inventory is { } hardware && quirks.For(hardware.Company, hardware.Product) is { Kexec: false } quirk
        ? $"{FirmwareQuirks.FileName} rules kexec out for {hardware.Company} {hardware.Product}{(quirk.Why is { } why ? $" ({why})" : "")}." : null;

    private InstallerFiles? InstallerOf(InstallTask task, StateSnapshot snapshot) =>
        task is { Plan: { Installer: not null } plan } && snapshot.FindHardware(task)?.Inventory is { } hardware && catalog.Resolve(task.OsType, task.OsVersion) is { } os
        && catalog.Installers.GetValueOrDefault(plan.Os.InstallMethod) is { } installer
            ? new InstallerFiles(plan, task, hardware, os, installer, templates.For(snapshot, site.Idc)) : null;

    private RunTimeValues RunTime(string reason, string token, string baseUrl) => new()
    {
        BootUrl = baseUrl, RegionalUrl = RegionalUrl(baseUrl), AuthoritiesSha256 = options.Authorities?.Sha256, AuthoritiesPem = options.Authorities?.Certificates, Token = token, KernelArguments = options.KernelArguments, Reason = reason, InstalledToken = "",
    };

    /// <summary>What the installed system shows at its first boot; bound to task and attempt, as the one that our agent leaves.</summary>
    private string FirstBootToken(InstallTask task, StateSnapshot snapshot) => MachineTokens.Issue(
        new TokenClaims
        {
            Purpose = MachineTokens.FirstBootPurpose, Idc = site.Idc, Sn = task.Sn, TaskId = task.TaskId, Attempt = task.Attempt,
            Expires = (time.GetUtcNow() + MachineTokens.FirstBootLife).ToUnixTimeSeconds(),
        },
        snapshot.MachineTokenKey.Span);

    private string Token(BootDecision decision, BootRequest request, StateSnapshot snapshot) => MachineTokens.Issue(
        new TokenClaims
        {
            Purpose = MachineTokens.AgentPurpose,
            Idc = site.Idc,
            Sn = request.Serial,
            Mac = request.Mac,
            TaskId = decision.Kind is BootKind.AgentWithTask or BootKind.Installer ? decision.Task?.TaskId : null,
            Attempt = decision.Kind is BootKind.AgentWithTask or BootKind.Installer ? decision.Task?.Attempt : null,
            Boot = time.GetUtcNow().ToUnixTimeMilliseconds(),
            // An installer's hooks cannot renew theirs.
            Expires = (time.GetUtcNow() + (decision.Kind == BootKind.Installer ? MachineTokens.InstallerLife : options.TokenLifetime)).ToUnixTimeSeconds(),
        },
        snapshot.MachineTokenKey.Span);

    private string RegionalUrl(string baseUrl)
    {
        if (options.RegionalUrl is { } url)
            return url;
        var known = _regional;
        if (known?.Boot != baseUrl)
        {
            var here = new UriBuilder(baseUrl) { Scheme = options.RegionalScheme, Port = options.RegionalPort, Path = "" };
            _regional = known = new UrlPair(baseUrl, here.Uri.GetLeftPart(UriPartial.Authority));
        }
        return known.Regional;
    }

    private static string Host(IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return address is null ? "127.0.0.1" : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{new IPAddress(address.GetAddressBytes())}]" : address.ToString();
    }
}

/// <summary>How GRUB reaches us.</summary>
/// <param name="Server">Null: the server that it knows from DHCP.</param>
/// <param name="BaseUrl">For what is started after it.</param>
internal sealed record GrubSource(bool ByHttp, string? Server, string BaseUrl);

/// <summary>An installer cannot be started, or given a file, as things are.</summary>
internal sealed class NotAsApprovedException(string message) : Exception(message)
{
    /// <summary>A file would be another one than the plan that was approved says.</summary>
    public static NotAsApprovedException Of(string file) =>
        new($"The installer's file {file} is not what was approved: a template or the catalogue has changed since. Put it back, or cancel the task and approve a new one.");
}
