using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl dhcp snippet</c>: what a site's own DHCP server must be told, for <c>Boot:Dhcp:Mode=off</c>.</summary>
internal static class DhcpCommand
{
    /// <summary>DHCP server by its name to the file in <c>Snippets</c>.</summary>
    private static readonly Dictionary<string, string> Files = new() { ["dnsmasq"] = "dnsmasq.conf", ["dhcpd"] = "dhcpd.conf", ["kea"] = "kea.json", ["windows"] = "windows.ps1" };

    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var kind = new Argument<string>("server") { Description = words.DhcpServerArgument };
        kind.CompletionSources.Add([.. Files.Keys]);
        var (url, tftp, idc) = (Shell.Option<string?>("--boot-url", words.BootUrlOption), Shell.Option<string?>("--tftp", words.TftpOption), Shell.Option<string?>("--idc", words.IdcOption));
        var secure = Shell.Option<bool>("--secure-boot", words.SecureBootOption);
        var snippet = shell.Command("snippet", words.DhcpSnippet, [kind, url, tftp, idc, secure], async (parsed, session, cancellationToken) =>
        {
            var name = parsed.GetValue(kind)!;
            if (!Files.TryGetValue(name, out var file))
                throw new UsageException(words.DhcpServerNotAllowed(SafeText.Of(name)));
            var boot = BootUrl(parsed.GetValue(url) ?? await FindAsync(session, parsed.GetValue(idc) ?? session.Settings.Idc, cancellationToken), session);
            var server = parsed.GetValue(tftp) ?? boot.Host;
            if (!IPAddress.TryParse(server, out var address) || address.AddressFamily != AddressFamily.InterNetwork || address.ToString() != server)
                throw new UsageException(words.TftpNotAllowed(SafeText.Of(server)));
            // shim starts with Secure Boot and without; it fetches GRUB from where it came from itself.
            var efi = parsed.GetValue(secure) ? "shimx64.efi" : "snponly.efi";
            session.Terminal.Out.Write(Read(file).Replace("{efi}", efi, StringComparison.Ordinal).Replace("{url}", boot.GetLeftPart(UriPartial.Path).TrimEnd('/'), StringComparison.Ordinal).Replace("{tftp}", server, StringComparison.Ordinal));
            return ExitCodes.Ok;
        });
        return new Command("dhcp", words.Dhcp) { snippet };
    }

    /// <summary>Goes into quoted texts of four languages: letters, digits and what a URL needs, nothing else.</summary>
    private static Uri BootUrl(string text, CliSession session) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && text.All(c => char.IsAsciiLetterOrDigit(c) || ":/.-_[]".Contains(c, StringComparison.Ordinal)) ? url!
        : throw new UsageException(session.Words.BootUrlNotAllowed(SafeText.Of(text)));

    private static async Task<string> FindAsync(CliSession session, string? idc, CancellationToken cancellationToken)
    {
        var sites = (await session.Api.ListIdcsAsync(cancellationToken)).Items.Where(site => idc is null || site.Idc == idc);
        var service = sites.SelectMany(site => site.Services).FirstOrDefault(service => service.Kind == "boot" && service.Alive && service.Address is not null);
        return service?.Address ?? throw new UsageException(session.Words.NoBootAddress);
    }

    private static string Read(string file)
    {
        using var stream = typeof(DhcpCommand).Assembly.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
