using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;

namespace LpmOs.Boot.Scripts;

/// <summary>Renders the scripts from <c>templates/ipxe</c> and <c>templates/grub</c>: a function of watched copy, request and signing key.</summary>
internal sealed class BootScripts(TemplateEngine templates, BootOptions options, FirmwareQuirks quirks, Site site, TimeProvider time)
{
    private const string ServerOfGrub = "$net_default_server";
    private const int PortOfGrub = 80;

    /// <summary>Our URL as the machine reaches it: the configured one, else the address of ours that it asked.</summary>
    public string BaseUrl(IPAddress? localAddress, int? localPort = null) =>
        options.PublicUrl ?? string.Create(CultureInfo.InvariantCulture, $"http://{Host(localAddress)}:{localPort ?? options.HttpPort}");

    /// <summary>The first script of every machine: it says who it is and goes on with the answer.</summary>
    public string Entry(string baseUrl) => templates.Render("ipxe/entry.ipxe", new Dictionary<string, object?> { ["boot_url"] = baseUrl });

    /// <summary>The machine's own iPXE script.</summary>
    public string For(BootDecision decision, BootRequest request, StateSnapshot snapshot, string baseUrl) =>
        templates.Render($"ipxe/{Template(decision, request)}.ipxe", Variables(decision, request, snapshot, baseUrl));

    /// <summary>GRUB's first file; see <see cref="GrubPath"/>.</summary>
    public string GrubEntry(GrubSource source) =>
        templates.Render("grub/entry.cfg", new Dictionary<string, object?> { ["device"] = Device(source), ["server"] = source.Server ?? ServerOfGrub });

    /// <summary>The machine's own file for GRUB.</summary>
    public string ForGrub(BootDecision decision, BootRequest request, StateSnapshot snapshot, GrubSource source)
    {
        var variables = Variables(decision, request, snapshot, source.BaseUrl);
        variables["files"] = Device(source) + (source.ByHttp ? "/files" : "");
        return templates.Render($"grub/{Template(decision, request)}.cfg", variables);
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

    private Dictionary<string, object?> Variables(BootDecision decision, BootRequest request, StateSnapshot snapshot, string baseUrl) => new()
    {
        ["boot_url"] = baseUrl,
        ["files_url"] = baseUrl + "/files",
        ["regional_url"] = RegionalUrl(baseUrl),
        ["idc"] = site.Idc,
        ["reason"] = decision.Reason,
        ["image"] = Image(request),
        // The serial port of Arm servers (SBSA) has another driver and name.
        ["kernel_arguments"] = request.Architecture == "arm64" ? options.KernelArguments + " console=ttyAMA0,115200" : options.KernelArguments,
        ["token"] = Token(decision, request, snapshot),
        ["quirk"] = quirks.For(snapshot, site.Idc, request)?.Local,
        ["machine"] = new Dictionary<string, object?>
        {
            ["mac"] = request.Mac,
            ["serial"] = request.Serial,
            ["architecture"] = request.Architecture,
            // RFC 1700 hardware type and MAC with hyphens, as PXELINUX writes it; the boot image looks for it.
            ["bootif"] = request.Mac is { } mac ? "01-" + mac.Replace(':', '-') : null,
        },
        ["task"] = decision.Task is { } task ? new Dictionary<string, object?> { ["id"] = task.TaskId, ["os"] = Plain(task.OsType) } : null,
    };

    private string Token(BootDecision decision, BootRequest request, StateSnapshot snapshot) => MachineTokens.Issue(
        new TokenClaims
        {
            Purpose = MachineTokens.AgentPurpose,
            Idc = site.Idc,
            Sn = request.Serial,
            Mac = request.Mac,
            TaskId = decision.Kind == BootKind.AgentWithTask ? decision.Task?.TaskId : null,
            Attempt = decision.Kind == BootKind.AgentWithTask ? decision.Task?.Attempt : null,
            Expires = (time.GetUtcNow() + options.TokenLifetime).ToUnixTimeSeconds(),
        },
        snapshot.MachineTokenKey.Span);

    private string RegionalUrl(string baseUrl)
    {
        if (options.RegionalUrl is { } url)
            return url;
        var here = new UriBuilder(baseUrl) { Port = options.RegionalPort, Path = "" };
        return here.Uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Text that a person typed, as it may stand on an echo line.</summary>
    private static string Plain(string text) => string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '-' or '_'));

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
