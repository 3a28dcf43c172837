using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.Testing;

namespace LpmOs.Standalone.Tests;

/// <summary>
/// One real agent process, in a network of its own and with a full RAM disk, while around it the network goes and comes back with another address, the regional service is killed and etcd is.
/// Judged by what etcdctl reads of the store: everything is there, in order, once.
/// </summary>
public sealed partial class ResilienceTests
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // By name alone (-explicit on): with its waits for leases and repeats it takes 33 to 85 s, which is too long for every build.
    [Fact(Timeout = 600_000, Explicit = true)]
    public async Task Over_lost_networks_addresses_services_and_stores_everything_is_reported_in_order_and_once()
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using var network = await AgentNetwork.CreateAsync();
        var (tasksPort, regionalPort) = (LoopbackPorts.Next(), LoopbackPorts.Next());
        var (tasks, regional) = ($"http://127.0.0.1:{tasksPort}", $"http://127.0.0.1:{regionalPort}");
        await using var control = await StartAsync(etcd, "LpmOs.Tasks", $"--Tasks:Urls={tasks}");
        await ReadyAsync(tasks);
        string[] settings = [$"--Regional:Urls=http://0.0.0.0:{regionalPort}", "--Regional:RequireToken=false"];
        var site = await StartAsync(etcd, "LpmOs.Regional", settings);
        try
        {
            await ReadyAsync(regional);

            // The network is away from the beginning, and the RAM disk full.
            await using var agent = ServerProcess.Start("ip", ["netns", "exec", network.Name, "sh", "-c", """
                mount -t tmpfs -o size=64k full /mnt && { cat /dev/zero > /mnt/full 2> /dev/null || true; }
                TMPDIR=/mnt exec dotnet "$1" --regional-url="$2" --dry-run --max-polls 0 --poll-interval 200ms
                """, "sh", Assembly("agent/LpmOs.Agent"), $"http://{AgentNetwork.Host}:{regionalPort}"], line => line.Contains("Trying again", StringComparison.Ordinal));
            await agent.ReadyAsync();
            var sn = SerialLine().Match(agent.Output).Groups[1].Value;
            var mac = MacLine().Match(agent.Output).Groups[1].Value;
            await network.UpAsync(2);
            await UntilAsync(agent, "Polling for task");

            // The regional service dies, and the machine has another address when it comes back.
            await site.KillAsync();
            await network.DownAsync();
            await network.UpAsync(3);
            await site.DisposeAsync();
            site = await StartAsync(etcd, "LpmOs.Regional", settings);
            await ReadyAsync(regional);

            // The network is away while the task is approved, and the store is when the machine comes to fetch it.
            await network.DownAsync();
            var created = await StandaloneProcess.JsonAsync("-X", "POST", $"{tasks}/api/v1/tasks", "-d", $$"""{"idc":"dc1","sn":"{{sn}}","mac":"{{mac}}","os_type":"Ubuntu 22.04","os_version":"22.04"}""");
            var id = created.GetProperty("task_id").GetString()!;
            await StandaloneProcess.CurlAsync("-X", "POST", $"{tasks}/api/v1/tasks/dc1/{sn}/approve", "-d", "{}");
            await StandaloneProcess.CurlAsync("--retry", "60", "--retry-delay", "1", "--retry-all-errors", $"{regional}/api/v1/task/{sn}?wait=30");
            await etcd.KillAsync();
            await network.UpAsync(2);
            await UntilAsync(agent, "Task received!");
            await UntilAsync(agent, "it answered 503");
            await etcd.StartAsync();
            await UntilAsync(agent, "[Stage 5/5] Completed");

            await JudgeAsync(etcd, sn, id, agent.Output.Split('\n'));
        }
        finally
        {
            await site.DisposeAsync();
        }
    }

    private static async Task JudgeAsync(EtcdProcess etcd, string sn, string id, string[] console)
    {
        var task = Json(await etcd.CtlAsync("get", "--print-value-only", $"/os/dc1/machines/{sn}/task"));
        Assert.Equal(["pending", "approved", "installing", "completed"], task.GetProperty("status_history").EnumerateArray().Select(change => change.GetProperty("to").GetString()));
        Assert.Equal((id, 100), (task.GetProperty("task_id").GetString(), task.GetProperty("percent").GetInt32()));
        var percents = task.GetProperty("progress").EnumerateArray().Select(step => step.GetProperty("percent").GetInt32()).ToList();
        Assert.Equal(percents.Order(), percents);
        // One report of hardware that did not change makes one entry of its history at most.
        Assert.InRange((await etcd.CtlAsync("get", "--prefix", "--keys-only", $"/os/dc1/inventories/{sn}/")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 0, 1);

        var stored = (await etcd.CtlAsync("get", "--prefix", "--print-value-only", $"/os/dc1/logs/{sn}/{id}/")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Json)
            .SelectMany(chunk => chunk.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!.TrimEnd())).ToList();
        var said = console.Select(line => line.TrimEnd()).SkipWhile(line => !line.Contains("Task received!", StringComparison.Ordinal)).TakeWhile(line => !line.Contains("Next operation: reboot", StringComparison.Ordinal)).ToList();
        Assert.True(said.Count > 8, string.Join('\n', console));
        var first = stored.IndexOf(said[0]);
        Assert.True(first >= 0, string.Join('\n', stored));
        Assert.Equal(said, stored.Skip(first).Take(said.Count));
        Assert.DoesNotContain(said[0], stored.Skip(first + 1));
        // Numbers follow on each other, over all chunks.
        var numbers = (await etcd.CtlAsync("get", "--prefix", "--print-value-only", $"/os/dc1/logs/{sn}/{id}/")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Json).ToList();
        var expected = numbers[0].GetProperty("first_line").GetInt64();
        Assert.All(numbers, chunk =>
        {
            Assert.Equal(expected, chunk.GetProperty("first_line").GetInt64());
            expected += chunk.GetProperty("lines").GetArrayLength();
        });
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string Assembly(string project) => Path.Combine(Repository.Root, project, "bin", Configuration, "net10.0", $"{Path.GetFileName(project)}.dll");

    private static Task<ServerProcess> StartAsync(EtcdProcess etcd, string service, params string[] settings) => ServerProcess.StartAsync("dotnet",
        [Assembly($"services/{service}"), "--Store:Provider=etcd", $"--Store:Etcd:Endpoints={etcd.Endpoint.GetLeftPart(UriPartial.Authority)}", $"--Templates:Path={Repository.Templates}", .. settings],
        _ => true);

    private static Task ReadyAsync(string service) => StandaloneProcess.CurlAsync("--retry", "120", "--retry-delay", "1", "--retry-all-errors", "--retry-max-time", "120", $"{service}/readyz");

    private static async Task UntilAsync(ServerProcess process, string text)
    {
        for (var looks = 0; !process.Output.Contains(text, StringComparison.Ordinal); looks++)
        {
            Assert.True(looks < 1800 && !process.HasEnded, $"'{text}' was not said:\n{process.Output}");
            await Task.Delay(100, Cancellation);
        }
    }

    [GeneratedRegex(@"Serial Number: (\S+)")]
    private static partial Regex SerialLine();

    [GeneratedRegex(@"MAC Address: ([0-9a-f:]{17})")]
    private static partial Regex MacLine();

    /// <summary>A network namespace with one cable to this host; its addresses are of the range for tests of networks (RFC 2544), each process has eight.</summary>
    private sealed class AgentNetwork : IAsyncDisposable
    {
        private static readonly string Net = string.Create(CultureInfo.InvariantCulture, $"198.18.{(Environment.ProcessId >> 5) & 255}.");
        private static readonly int First = (Environment.ProcessId & 31) * 8;
        private static readonly string Suffix = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

        public static string Host { get; } = Address(1);

        public string Name { get; } = $"image-res-{Suffix}";

        private static string Address(int number) => Net + (First + number).ToString(CultureInfo.InvariantCulture);

        private static string Here => $"lra{Suffix}";
        private static string There => $"lrb{Suffix}";

        public static async Task<AgentNetwork> CreateAsync()
        {
            var network = new AgentNetwork();
            await IpAsync("netns", "add", network.Name);
            await IpAsync("link", "add", Here, "type", "veth", "peer", "name", There, "netns", network.Name);
            await IpAsync("address", "add", $"{Host}/29", "dev", Here);
            await IpAsync("link", "set", Here, "up");
            return network;
        }

        public async Task UpAsync(int address)
        {
            await IpAsync("-n", Name, "address", "flush", "dev", There);
            await IpAsync("-n", Name, "address", "add", $"{Address(address)}/29", "dev", There);
            await IpAsync("-n", Name, "link", "set", There, "up");
        }

        public Task DownAsync() => IpAsync("-n", Name, "link", "set", There, "down");

        public async ValueTask DisposeAsync() => await IpAsync("netns", "delete", Name);

        private static async Task IpAsync(params string[] arguments)
        {
            using var ip = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            var errors = await ip.StandardError.ReadToEndAsync(CancellationToken.None);
            await ip.WaitForExitAsync(CancellationToken.None);
            Assert.True(ip.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {errors}");
        }
    }
}
