using System.Globalization;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Figures;

/// <summary>
/// What a user would build instead: dnsmasq, nginx, a kernel and an initramfs of busybox with a shell script (shell-lab/init) that installs the one kind of
/// machine which it knows. The kernel, the image, the wire and the virtual machine are those of our own installation.
/// </summary>
internal sealed class ShellLab : IAsyncDisposable
{
    private readonly LabNetwork _network;
    private readonly string _files;
    private readonly BackgroundProcess _dhcp, _http;

    private ShellLab(LabNetwork network, string files, BackgroundProcess dhcp, BackgroundProcess http) => (_network, _files, _dhcp, _http) = (network, files, dhcp, http);

    private static string Image => Path.Combine(Repository.Files, "images", "debian-12.tar.zst");

    /// <param name="initramfs">What shell-lab/build.sh wrote.</param>
    /// <param name="mode">install or limits, as shell-lab/init knows them.</param>
    public static async Task<ShellLab> StartAsync(LabNetwork network, string initramfs, string mode, CancellationToken cancellationToken)
    {
        var files = Directory.CreateDirectory(Path.Combine(network.Folder, "shell-lab")).FullName;
        Link("vmlinuz", Path.Combine(Repository.Files, "boot", "vmlinuz"));
        Link("initramfs", initramfs);
        Link("lpmos-initramfs", Path.Combine(Repository.Files, "boot", "initramfs"));
        Link("image", Image);
        var bytes = await Command.RunAsync("sh", ["-c", "zstd -dcq \"$1\" | wc -c", "sh", Image], cancellationToken);
        // The words behind the mode are those of our own boot script.
        await File.WriteAllTextAsync(Path.Combine(files, "boot.ipxe"),
            $"#!ipxe\necho lab: script\nkernel http://{LabNetwork.Address}/vmlinuz initrd=initramfs console=ttyS0,115200 quiet mitigations=off init_on_alloc=0 panic=-1 lab.server=http://{LabNetwork.Address} lab.mode={mode} lab.bytes={bytes.Trim()}\n"
            + $"initrd --name initramfs http://{LabNetwork.Address}/initramfs\nboot\n", cancellationToken);
        var configuration = Path.Combine(network.Folder, "nginx.conf");
        var temporary = string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind}_temp_path {network.Folder}/nginx-{kind}; ")));
        await File.WriteAllTextAsync(configuration,
            $"user root; daemon off; pid {network.Folder}/nginx.pid; events {{}} error_log stderr;\nhttp {{ access_log off; sendfile on; tcp_nopush on; {temporary}\n"
            + $"server {{ listen {LabNetwork.Address}:80; root {files}; location = /report {{ return 200; }} }} }}\n", cancellationToken);
        var http = network.Start("nginx", ["-e", "stderr", "-c", configuration], "nginx.log");
        var dhcp = network.Start(
            "dnsmasq",
            ["--keep-in-foreground", "--conf-file=/dev/null", "--port=0", $"--interface={LabNetwork.Bridge}", "--no-ping", "--dhcp-range=10.77.0.100,10.77.0.199,255.255.255.0,1h", "--dhcp-authoritative",
             // Without its answer iPXE waits twelve seconds for an IPv6 router.
             "--enable-ra", "--dhcp-range=fd77::,ra-only",
             $"--dhcp-boot=http://{LabNetwork.Address}/boot.ipxe", "--user=root", "--log-facility=-", $"--dhcp-leasefile={network.Folder}/leases", $"--pid-file={network.Folder}/dnsmasq.pid"],
            "dnsmasq.log");
        var lab = new ShellLab(network, files, dhcp, http);
        try
        {
            await network.RunAsync($"curl -fsS -o /dev/null --retry 100 --retry-delay 0 --retry-all-errors --retry-max-time 60 http://{LabNetwork.Address}/boot.ipxe", cancellationToken);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
        return lab;

        void Link(string name, string file) => File.CreateSymbolicLink(Path.Combine(files, name), file);
    }

    /// <summary>From now on machines start their own disk, as a script on the server would have it after an installation.</summary>
    public Task InstalledAsync(CancellationToken cancellationToken) => File.WriteAllTextAsync(Path.Combine(_files, "boot.ipxe"), "#!ipxe\necho lab: disk\nexit 1\n", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _dhcp.DisposeAsync();
        await _http.DisposeAsync();
        await Command.TryAsync("rm", ["-rf", _files, Path.Combine(_network.Folder, "disk.raw")], CancellationToken.None);
    }
}
