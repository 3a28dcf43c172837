using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Testing;

namespace LpmOs.Bench.Twins;

/// <summary>etcd and the three services as processes of their own, as a site runs them, over files of the sizes that were asked for.</summary>
internal sealed class FleetServices : IAsyncDisposable
{
    private const int LastLines = 30;
    /// <summary>As build/run-service.sh and the units of packaging/systemd set it; the fleet's own process has it as it comes.</summary>
    private const string Young = "DOTNET_GCgen0size=0x1000000";

    /// <summary>As its unit has it: firmware has less patience than anybody else.</summary>
    private const string BootFirst = "-5";

    private readonly TemporaryFolder _folder;
    private readonly List<(string Name, ServerProcess Process)> _services = [];

    private FleetServices(TemporaryFolder folder, EtcdProcess etcd) => (_folder, Etcd) = (folder, etcd);

    public EtcdProcess Etcd { get; }

    public Uri Tasks { get; } = new("http://127.0.0.1:8080");

    public static async Task<FleetServices> StartAsync(TwinOptions options)
    {
        var folder = new TemporaryFolder();
        WriteFiles(folder, options);
        var services = new FleetServices(folder, await EtcdProcess.StartAsync(new EtcdSettings { Flags = ["--quota-backend-bytes", "8589934592"] }));
        try
        {
            services.Start("Tasks", $"--Tasks:Urls={services.Tasks.GetLeftPart(UriPartial.Authority)}");
            services.Start("Regional");
            services.Start("Boot", $"--Boot:FilesPath={folder.Path}", "--Boot:Dhcp:Mode=full", "--Boot:Dhcp:Interface=s0", "--Boot:Dhcp:Range=10.77.0.100-10.77.0.200", "--Boot:Dhcp:ConflictProbe=false",
                $"--Boot:Dhcp:Subnets:0:Range={TwinNetwork.Range}", $"--Boot:Dhcp:Subnets:0:Netmask={TwinNetwork.Netmask}", "--Boot:Sentinel:Enabled=false");
            using var http = new HttpClient();
            foreach (var port in new[] { 8080, 8081, 8082 })
                await services.ReadyAsync(http, new Uri($"http://127.0.0.1:{port}/readyz"));
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Processor time so far and memory at its highest of each service.</summary>
    public IEnumerable<(string Name, TimeSpan Processor, long PeakMegabytes, long Megabytes)> Use()
    {
        foreach (var (name, server) in _services)
        {
            using var process = Process.GetProcessById(server.Id);
            var status = File.ReadAllLines($"/proc/{server.Id}/status");
            yield return (name, process.TotalProcessorTime, Megabytes(status, "VmHWM:"), Megabytes(status, "VmRSS:"));
        }
    }

    /// <summary>Waits until one of the services, or etcd, ends by itself.</summary>
    /// <returns>Which one, and the last lines of what it said.</returns>
    public async Task<string> DeathAsync(CancellationToken cancellationToken)
    {
        var ends = _services.Select(service => (service.Name, Ended: (Task)service.Process.ExitCodeAsync(cancellationToken))).Append((Name: "etcd", Ended: Etcd.EndedAsync(cancellationToken))).ToList();
        var first = await Task.WhenAny(ends.Select(end => end.Ended));
        await first;
        var name = ends.First(end => end.Ended == first).Name;
        var output = name == "etcd" ? Etcd.Output : _services.First(service => service.Name == name).Process.Output;
        return $"{name} ended by itself, so that the fleet cannot go on. The last of what it said:\n{string.Join('\n', output.Split('\n').TakeLast(LastLines))}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _services)
            await process.DisposeAsync();
        await Etcd.DisposeAsync();
        _folder.Dispose();
    }

    private static long Megabytes(string[] status, string name) => long.Parse(status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private void Start(string name, params string[] arguments) => _services.Add((name, ServerProcess.Start("nice",
    [
        "-n", name == "Boot" ? BootFirst : "0", "env", Young, "dotnet", Path.Combine(AppContext.BaseDirectory, $"LpmOs.{name}.dll"), .. arguments, $"--Templates:Path={Repository.Templates}", "--Store:Provider=etcd", $"--Store:Etcd:Endpoints={Etcd.Endpoint.GetLeftPart(UriPartial.Authority)}",
        "--Logging:LogLevel:Default=Warning",
    ], _ => true)));

    private async Task ReadyAsync(HttpClient http, Uri url)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            if (_services.FirstOrDefault(service => service.Process.HasEnded) is { Process: { } ended, Name: var name })
                throw new InvalidOperationException($"The service {name} did not start:\n{ended.Output}");
            try
            {
                using var answer = await http.GetAsync(url, limit.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>Files with the names of the real ones; their content is of no use to anybody but the digests.</summary>
    private static void WriteFiles(TemporaryFolder folder, TwinOptions options)
    {
        foreach (var (name, kilobytes) in new[] { ("ipxe/undionly.kpxe", 70), ("ipxe/snponly.efi", 160), ("ipxe/ipxe.efi", 1000), ("ipxe/local.lkrn", 360), ("ipxe/local.efi", 360), ("boot/vmlinuz", 64), ("boot/initramfs", 192) })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
            File.WriteAllBytes(folder.File(name), RandomNumberGenerator.GetBytes(kilobytes << 10));
        }
        Directory.CreateDirectory(folder.File("images"));
        var image = RandomNumberGenerator.GetBytes(options.ImageKilobytes << 10);
        File.WriteAllBytes(folder.File("images/debian-12.tar.zst"), image);
        File.WriteAllBytes(folder.File("images/debian-12.json"), JsonSerializer.SerializeToUtf8Bytes(new SiteImage
        {
            Id = "debian-12", OsId = "debian", OsVersion = "12", Name = "Debian 12", File = "debian-12.tar.zst", Format = "tar.zst", SizeBytes = image.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(image)),
        }, CoreJson.Default.SiteImage));
    }
}
