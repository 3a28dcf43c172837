using System.Diagnostics;
using System.Globalization;
using LpmOs.Bench.Report;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Bench;

/// <summary>The tasks service with a large fleet in a real etcd: the figures beside what they must reach, and the curve of the lists from a hundred machines on.</summary>
internal static class ControlPlane
{
    private const int InFlight = 50, Requests = 3000;

    private static readonly int[] Curve = [100, 1_000, 10_000];

    private static readonly string[] States = ["pending", "approved", "rejected", "cancelled", "installing", "completed", "failed"];

    private static readonly (string What, Func<int, string> Path)[] Lists =
    [
        ("tasks, first page", _ => "/api/v1/tasks"),
        ("tasks of an IDC and a state", n => $"/api/v1/tasks?idc=dc{n % 10}&status={States[n % States.Length]}"),
        ("tasks by free text", n => $"/api/v1/tasks?q=host-9{n % 5}"),
        ("machines, first page", _ => "/api/v1/machines"),
    ];

    /// <param name="builds">LpmOs.Tasks.dll of each build to measure, one after the other over the same store.</param>
    public static async Task RunAsync(BenchReport report, bool longForm, int machines, IReadOnlyList<string> builds)
    {
        var rounds = longForm ? 7 : 3;
        await using var etcd = await EtcdProcess.StartAsync(new EtcdSettings { Flags = ["--quota-backend-bytes", "8589934592"] });
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        var filled = 0;
        var medians = new Dictionary<(string, int), Spread>();
        foreach (var size in Curve.Where(size => size < machines).Append(machines))
        {
            var clock = Stopwatch.StartNew();
            await Fleet.FillAsync(store.Store, filled, size);
            Console.WriteLine($"  {size} machines and tasks in etcd, {size - filled} of them written in {clock.Elapsed.TotalSeconds:F1} s");
            filled = size;
            foreach (var (round, build) in builds.Index())
            {
                if (builds.Count > 1)
                    Console.WriteLine($"-- {build}");
                await using var site = await StartAsync(build, etcd.Endpoint);
                await CurveAsync(report, site, size, rounds, medians);
                if (size == machines)
                    await MeasureAsync(report, site, store.Store, round, rounds);
            }
        }
        foreach (var (what, _) in Lists.Where(_ => machines > Curve[0]))
            report.Note($"{what}: median at {Curve[0]} machines {BenchReport.Text(medians[(what, Curve[0])])} ms, at {machines} {BenchReport.Text(medians[(what, machines)])} ms.");
    }

    /// <summary>The lists at this size: they must not grow as the fleet does.</summary>
    private static async Task CurveAsync(BenchReport report, Site site, int size, int rounds, Dictionary<(string, int), Spread> medians)
    {
        foreach (var (what, path) in Lists)
        {
            await Load.RunAsync(site.Http, path, 500, InFlight);
            var (median, p99) = (new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                var (one, late, _) = await Load.RunAsync(site.Http, path, Requests, InFlight);
                median.Add(one);
                p99.Add(late);
            }
            medians[(what, size)] = Spread.Of(median);
            report.Add(Row.AtMostOf($"{what}, of {size:N0} machines, {InFlight} in flight: 99th percentile", "ms", 20, p99));
        }
    }

    private static async Task<Site> StartAsync(string build, Uri etcd)
    {
        var clock = Stopwatch.StartNew();
        var service = ServiceUnderTest.Start(build, etcd);
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = InFlight }) { BaseAddress = service.Address };
        try
        {
            await service.ReadyAsync(http);
            return new Site(service, http, clock.Elapsed);
        }
        catch
        {
            await service.DisposeAsync();
            http.Dispose();
            throw;
        }
    }

    private static async Task MeasureAsync(BenchReport report, Site site, IStateStore store, int number, int rounds)
    {
        var (service, http) = (site.Service, site.Http);
        report.Add(Row.AtMostOf("start of the service to ready", "s", 15, [site.Start.TotalSeconds]));
        foreach (var (what, path) in new (string, Func<int, string>)[]
        {
            ("page filtered by IDC and state", n => $"/api/v1/tasks?idc=dc{n % 10}&status=installing"), ("page filtered by tag", n => $"/api/v1/tasks?tag=rack-{n % 5}"), ("statistics", _ => "/api/v1/stats"),
            ("statistics and durations of an IDC", n => $"/api/v1/stats/dc{n % 10}"), ("machines by a field of the hardware", n => $"/api/v1/machines?q=disk.serial:s9{n % 5}%20memory.total_gb:%3E%3D512"),
        })
            await RequestsAsync(what, path);
        var batches = new List<double>();
        var last = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var idc = $"batch{number}-{round}";
            var clock = Stopwatch.StartNew();
            var rows = string.Join(',', Enumerable.Range(0, 1000).Select(n => $$"""{"idc":"{{idc}}","sn":"B{{n}}","mac":"52:55:{{number:x2}}:{{round:x2}}:{{n >> 8:x2}}:{{n & 255:x2}}","os_type":"debian"}"""));
            using (var answer = await http.PostAsync("/api/v1/tasks/batch", new StringContent($"[{rows}]")))
                answer.EnsureSuccessStatusCode();
            batches.Add(clock.Elapsed.TotalSeconds);
            var times = await Listeners.RunAsync(service.Address, 1000, $"\"idc\":\"{idc}\",\"sn\":\"B7\"", async () => (await http.PostAsync($"/api/v1/tasks/{idc}/B7/approve", null)).EnsureSuccessStatusCode());
            last.Add(times[^1]);
        }
        report.Add(Row.AtMostOf("batch of 1,000 tasks", "s", 3, batches));
        report.Add(Row.AtMostOf("an event at the last of 1,000 WebSocket clients", "ms", 500, last));
        var delays = await Listeners.DelaysAsync(service.Address, 200, n => $"\"sn\":\"W{number}-{n}\"", n =>
            store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Lease("dc1", $"W{number}-{n}"), "{}"u8.ToArray())] }, CancellationToken.None).AsTask());
        report.Add(Row.AtMostOf("from a change in the store to a WebSocket's message, the commit included, 200 changes", "ms", 300, delays));
        var (now, peak) = service.ResidentMegabytes;
        report.Add(Row.AtMostOf("memory of the service at its highest", "MB", 1024, [peak]));
        report.Note($"Resident at the end {now} MB; {Requests} requests a round, {InFlight} in flight, from the same machine.");

        async Task RequestsAsync(string what, Func<int, string> path)
        {
            // Once for the just-in-time compiler and the lists that are then kept up.
            await Load.RunAsync(http, path, 500, InFlight);
            var (cpu, allocated) = (service.ProcessorTime, await service.CounterAsync(http, "dotnet_gc_heap_total_allocated"));
            var p99 = new List<double>();
            var median = new List<double>();
            for (var round = 0; round < rounds; round++)
            {
                var (one, late, _) = await Load.RunAsync(http, path, Requests, InFlight);
                median.Add(one);
                p99.Add(late);
            }
            cpu = service.ProcessorTime - cpu;
            allocated = await service.CounterAsync(http, "dotnet_gc_heap_total_allocated") - allocated;
            report.Add(Row.AtMostOf($"{what}: 99th percentile", "ms", 20, p99));
            report.Note(string.Create(CultureInfo.InvariantCulture,
                $"{what}: median {BenchReport.Text(Spread.Of(median))} ms; a request costs the service {cpu.TotalMilliseconds / (Requests * rounds):F2} ms of processor time and {allocated / (Requests * rounds) / 1024:F0} KB."));
        }
    }

    private sealed record Site(ServiceUnderTest Service, HttpClient Http, TimeSpan Start) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await Service.DisposeAsync();
        }
    }
}
