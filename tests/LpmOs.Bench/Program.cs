using System.Diagnostics;
using System.Globalization;
using LpmOs.Bench;
using LpmOs.Core.Store;
using LpmOs.Tasks;
using LpmOs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// The control plane with 100,000 machines and tasks in a real etcd: prints the figures beside what they must reach.
var machines = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
const int inFlight = 50;
await using var etcd = await EtcdProcess.StartAsync();
await using var store = TemporaryStore.Etcd(etcd.Endpoint);
var clock = Stopwatch.StartNew();
await Fleet.FillAsync(store.Store, machines);
Print("filled", $"{machines} machines and tasks in {clock.Elapsed.TotalSeconds:F1} s", "");

using var process = Process.GetCurrentProcess();
var cpu = process.TotalProcessorTime;
clock.Restart();
await using var app = TasksService.Build(["--Tasks:Urls=http://127.0.0.1:0", $"--Templates:Path={Repository.Templates}", "--Store:Provider=etcd", $"--Store:Etcd:Endpoints={etcd.Endpoint}"],
    builder => builder.Logging.SetMinimumLevel(LogLevel.Critical));
await app.StartAsync();
var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = inFlight }) { BaseAddress = address };
while (!(await http.GetAsync("/readyz")).IsSuccessStatusCode)
    await Task.Delay(50);
process.Refresh();
// On a machine that others use too, the processor's time says more than the clock's.
Print("start to ready", $"{clock.Elapsed.TotalSeconds:F1} s, {(process.TotalProcessorTime - cpu).TotalSeconds:F1} s of processor time", "15 s");

await MeasureAsync("first page", _ => "/api/v1/tasks");
await MeasureAsync("page filtered by IDC and state", n => $"/api/v1/tasks?idc=dc{n % 10}&status=installing");
await MeasureAsync("page filtered by tag", n => $"/api/v1/tasks?tag=rack-{n % 5}");
await MeasureAsync("free text", n => $"/api/v1/tasks?q=host-9{n % 5}");
await MeasureAsync("statistics", _ => "/api/v1/stats");
await MeasureAsync("statistics and durations of an IDC", n => $"/api/v1/stats/dc{n % 10}");
await MeasureAsync("machines, first page", _ => "/api/v1/machines");
await MeasureAsync("machines by a field of the hardware", n => $"/api/v1/machines?q=disk.serial:s9{n % 5}%20memory.total_gb:%3E%3D512");

clock.Restart();
var rows = string.Join(',', Enumerable.Range(0, 1000).Select(n => $$"""{"idc":"batch","sn":"B{{n}}","mac":"52:55:00:00:{{n >> 8:x2}}:{{n & 255:x2}}","os_type":"debian"}"""));
using (var answer = await http.PostAsync("/api/v1/tasks/batch", new StringContent($"[{rows}]")))
    answer.EnsureSuccessStatusCode();
Print("batch of 1,000 tasks", $"{clock.Elapsed.TotalSeconds:F2} s", "3 s");

var times = await Listeners.RunAsync(address, 1000, "\"sn\":\"B7\"", async () => (await http.PostAsync("/api/v1/tasks/batch/B7/approve", null)).EnsureSuccessStatusCode());
Print("an event at 1,000 WebSocket clients", $"first {times[0]:F0} ms, last {times[^1]:F0} ms", "500 ms");
process.Refresh();
Print("resident, with this program's own part", $"{process.WorkingSet64 / 1024 / 1024} MB", "1024 MB");
await app.StopAsync();

async Task MeasureAsync(string what, Func<int, string> path)
{
    // Once for the just-in-time compiler and the list that is then kept up.
    await Load.RunAsync(http, path, 500, inFlight);
    var (median, p99, perSecond) = await Load.RunAsync(http, path, 3000, inFlight);
    Print(what, $"median {median:F1} ms, 99th percentile {p99:F1} ms, {perSecond:F0}/s", "20 ms");
}

static void Print(string what, string figure, string goal) => Console.WriteLine($"{what,-42} {figure}{(goal.Length > 0 ? $"   (at most {goal})" : "")}");
