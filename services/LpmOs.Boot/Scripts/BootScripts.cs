using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Templates;

namespace LpmOs.Boot.Scripts;

/// <summary>Renders the iPXE scripts from <c>templates/ipxe</c>: a function of watched copy, request and signing key.</summary>
internal sealed class BootScripts(TemplateEngine templates, BootOptions options, Site site, TimeProvider time)
{
    /// <summary>Our URL as the machine reaches it: the configured one, else the address of ours that it asked.</summary>
    public string BaseUrl(IPAddress? localAddress, int? localPort = null) =>
        options.PublicUrl ?? string.Create(CultureInfo.InvariantCulture, $"http://{Host(localAddress)}:{localPort ?? options.HttpPort}");

    /// <summary>The first script of every machine: it says who it is and goes on with the answer.</summary>
    public string Entry(string baseUrl) => templates.Render("ipxe/entry.ipxe", new Dictionary<string, object?> { ["boot_url"] = baseUrl });

    /// <summary>The machine's own script.</summary>
    public string For(BootDecision decision, BootRequest request, StateSnapshot snapshot, string baseUrl)
    {
        var template = decision.Kind == BootKind.LocalDisk ? "ipxe/local.ipxe"
            : request.Architecture is "arm32" or "arm64" ? "ipxe/unsupported.ipxe"
            : "ipxe/agent.ipxe";
        return templates.Render(template, new Dictionary<string, object?>
        {
            ["boot_url"] = baseUrl,
            ["files_url"] = baseUrl + "/files",
            ["regional_url"] = RegionalUrl(baseUrl),
            ["idc"] = site.Idc,
            ["reason"] = decision.Reason,
            ["kernel_arguments"] = options.KernelArguments,
            ["token"] = Token(decision, request, snapshot),
            ["machine"] = new Dictionary<string, object?>
            {
                ["mac"] = request.Mac,
                ["serial"] = request.Serial,
                ["architecture"] = request.Architecture,
                // RFC 1700 hardware type and MAC with hyphens, as PXELINUX writes it; the boot image looks for it.
                ["bootif"] = request.Mac is { } mac ? "01-" + mac.Replace(':', '-') : null,
            },
            ["task"] = decision.Task is { } task ? new Dictionary<string, object?> { ["id"] = task.TaskId, ["os"] = Plain(task.OsType) } : null,
        });
    }

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
