using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Page.Tests.Browsing;

/// <summary>A standalone LpmOs of its own: three services, one process, an embedded store in a temporary folder.</summary>
public sealed class Site(Uri? etcd = null, params string[] more) : IAsyncDisposable
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
    private readonly int _tasks = LoopbackPorts.Next(), _regional = LoopbackPorts.Next(), _boot = LoopbackPorts.Next();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(3) };
    private ServerProcess? _process;

    /// <summary>An API token for the operators' API, where people have to log in.</summary>
    public string? Token { get; init; }

    public Uri Url => new($"http://127.0.0.1:{_tasks}");
    public Uri Boot => new($"http://127.0.0.1:{_boot}");
    public Uri Regional => new($"http://127.0.0.1:{_regional}");

    /// <summary>Writes into the store while nobody else has it open: before the start.</summary>
    internal async Task FillAsync(Func<IStateStore, Task> fill)
    {
        await using var store = TemporaryStore.EmbeddedAt(_folder.File("lpmos.db"));
        await fill(store.Store);
    }

    public async Task StartAsync()
    {
        if (!File.Exists(Path.Combine(Repository.Root, "web", "dist", "index.html")))
            throw new InvalidOperationException("The operators' page is not built, so there is nothing to test: run `make page` first (Node.js 20 or later).");
        string[] settings =
        [
            $"--Tasks:Urls=http://127.0.0.1:{_tasks}", $"--Regional:Urls=http://127.0.0.1:{_regional}", $"--Regional:PublicUrl=http://127.0.0.1:{_regional}",
            $"--Boot:Urls=http://127.0.0.1:{_boot}", $"--Boot:PublicUrl=http://127.0.0.1:{_boot}", "--Boot:Tftp:Enabled=false", "--Boot:Dhcp:Mode=off", "--Webhooks:AllowLoopback=true",
            $"--Boot:FilesPath={_folder.Path}", $"--Store:Embedded:Path={_folder.File("lpmos.db")}", $"--Templates:Path={Repository.Templates}",
            $"--Tasks:PagePath={Path.Combine(Repository.Root, "web", "dist")}", .. etcd is null ? (string[])[] : ["--Store:Provider=etcd", $"--Store:Etcd:Endpoints={etcd}"], .. more,
        ];
        _process = await ServerProcess.StartAsync("dotnet", [Program("services", "LpmOs.Standalone"), .. settings], line => line.Contains("Starting LPMOS Regional Client", StringComparison.Ordinal));
        using var limit = new CancellationTokenSource(StartLimit);
        while (!await IsReadyAsync(limit.Token))
            await Task.Delay(50, limit.Token);
    }

    /// <summary>Lays an image of Debian 12 into the boot service's folder, so that there are whole plans; to be done before the start.</summary>
    public async Task AddImageAsync()
    {
        var images = Directory.CreateDirectory(_folder.File("images"));
        await File.WriteAllTextAsync(Path.Combine(images.FullName, "debian-12.tar.zst"), "an image");
        await File.WriteAllTextAsync(Path.Combine(images.FullName, "debian-12.json"),
            $$"""{"id":"debian-12","os_id":"debian","os_version":"12","name":"Debian 12","file":"debian-12.tar.zst","format":"tar.zst","sha256":"{{new string('d', 64)}}","size_bytes":8,"default_user":"admin"}""");
    }

    /// <summary>Waits until the boot service has told of its image.</summary>
    public async Task ImagePublishedAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (!(await GetAsync("/api/v1/idcs"))["items"]!.AsArray().Any(site => site!["images"]!.AsArray().Count > 0))
            await Task.Delay(50, limit.Token);
    }

    /// <summary>Asks for a vendor's file by its digest, brings it to the boot service and waits until plans may name it.</summary>
    public async Task BringAssetAsync(string name, byte[] content)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        await PutAsync($"/api/v1/assets/dc1/{name}", new { sha256 = digest });
        using var limit = new CancellationTokenSource(StartLimit);
        // The boot service hears of it a moment after the tasks service.
        while (true)
        {
            using var body = new ByteArrayContent(content);
            using var answer = await _http.PutAsync(new Uri(Boot, $"/api/v1/assets/{digest}"), body, limit.Token);
            if (answer.IsSuccessStatusCode)
                break;
            Assert.Equal(404, (int)answer.StatusCode);
            await Task.Delay(50, limit.Token);
        }
        while (!(await GetAsync("/api/v1/assets/dc1"))["items"]!.AsArray().Any(asset => (string?)asset!["name"] == name && (string?)asset["state"] == "held"))
            await Task.Delay(50, limit.Token);
    }

    internal int ProcessId => _process!.Id;

    public Task KillAsync() => _process!.KillAsync();

    /// <summary>The real agent on this host; it touches no disk.</summary>
    public Task<ServerProcess> StartAgentAsync() => ServerProcess.StartAsync("dotnet",
        [Program("agent", "LpmOs.Agent"), "--dry-run", "--max-polls", "0", "--poll-interval", "1s", "--regional-url", Regional.ToString().TrimEnd('/')],
        line => line.Contains("Polling for task", StringComparison.Ordinal));

    /// <summary>The real agent on this host, which believes to be in the boot image; it waits for its task.</summary>
    public async Task<(ServerProcess Agent, string Sn)> StartBootImageAgentAsync()
    {
        var (regional, boot) = (Regional.ToString().TrimEnd('/'), Boot.ToString().TrimEnd('/'));
        var (sn, mac) = await BootImageAgent.IdentityAsync(regional);
        var script = await ReadAsync(new Uri(Boot, $"/ipxe?mac={mac}&serial={Uri.EscapeDataString(sn)}"));
        return (await BootImageAgent.StartAsync(script, regional, boot, mac, _folder.Path), sn);
    }

    /// <summary>What a service says to a machine's firmware.</summary>
    public Task<string> ReadAsync(Uri url) => _http.GetStringAsync(url);

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, new Uri(Url, path), null);

    /// <summary>Posts to the operators' API; a refusal fails the test with what the service said.</summary>
    public Task<JsonNode> PostAsync(string path, object body) => PostAsync(new Uri(Url, path), body);

    public Task<JsonNode> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, new Uri(Url, path), body);

    /// <summary>As an agent does; a refusal fails the test.</summary>
    public Task<JsonNode> PostAsAgentAsync(string path, object body) => PostAsync(new Uri(Regional, path), body);

    public Task<JsonNode> ReportAsync(object hardwareReport) => PostAsync(new Uri(Regional, "/api/v1/report"), hardwareReport);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    private static string Program(string folder, string project) => Path.Combine(Repository.Root, folder, project, "bin", Configuration, "net10.0", $"{project}.dll");

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Url, "/readyz"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task<JsonNode> PostAsync(Uri url, object body) => SendAsync(HttpMethod.Post, url, body);

    private async Task<JsonNode> SendAsync(HttpMethod method, Uri url, object? body)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Default) };
        if (Token is not null && url.Port == _tasks)
            request.Headers.Authorization = new("Bearer", Token);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {url}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}

/// <summary>The site that tests share which do not kill it.</summary>
public sealed class SharedSite : IAsyncLifetime
{
    public Site Site { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Site.AddImageAsync();
        await Site.StartAsync();
        await Site.ImagePublishedAsync();
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}
