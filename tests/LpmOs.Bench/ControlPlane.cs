using System.Diagnostics;
using System.Globalization;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Bench;

/// <summary>The tasks service with a large fleet in a real etcd: prints the figures beside what they must reach.</summary>
internal static class ControlPlane
{
    private const int InFlight = 50;

    /// <param name="builds">LpmOs.Tasks.dll of each build to measure, one after the other over the same store.</param>
    public static async Task RunAsync(int machines, IReadOnlyList<string> builds)
    {
        await using var etcd = await EtcdProcess.StartAsync();
        await using (var store = TemporaryStore.Etcd(etcd.Endpoint))
        {
            var clock = Stopwatch.StartNew();
            await Fleet.FillAsync(store.Store, machines);
            Print("filled", $"{machines} machines and tasks in {clock.Elapsed.TotalSeconds:F1} s", "");
        }
        foreach (var (round, build) in builds.Index())
        {
            if (builds.Count > 1)
                Console.WriteLine($"-- {build}");
            await MeasureAsync(build, etcd.Endpoint, round);
        }
    }

    private static async Task MeasureAsync(string build, Uri etcd, int round)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = InFlight });
        var clock = Stopwatch.StartNew();
        await using var service = ServiceUnderTest.Start(build, etcd);
        http.BaseAddress = service.Address;
        await service.ReadyAsync(http);
        Print("start to ready", $"{clock.Elapsed.TotalSeconds:F1} s, {service.ProcessorTime.TotalSeconds:F1} s of processor time; {Load.OfTheMachine}", "15 s");
        Print("resident then", Resident(service), "1024 MB");

        await RequestsAsync("first page", _ => "/api/v1/tasks");
        await RequestsAsync("page filtered by IDC and state", n => $"/api/v1/tasks?idc=dc{n % 10}&status=installing");
        await RequestsAsync("page filtered by every IDC and state", n => $"/api/v1/tasks?idc=dc{n % 10}&status={States[n % States.Length]}");
        await RequestsAsync("page filtered by tag", n => $"/api/v1/tasks?tag=rack-{n % 5}");
        await RequestsAsync("free text", n => $"/api/v1/tasks?q=host-9{n % 5}");
        await RequestsAsync("statistics", _ => "/api/v1/stats");
        await RequestsAsync("statistics and durations of an IDC", n => $"/api/v1/stats/dc{n % 10}");
        await RequestsAsync("machines, first page", _ => "/api/v1/machines");
        await RequestsAsync("machines by a field of the hardware", n => $"/api/v1/machines?q=disk.serial:s9{n % 5}%20memory.total_gb:%3E%3D512");

        clock.Restart();
        var rows = string.Join(',', Enumerable.Range(0, 1000).Select(n => $$"""{"idc":"batch{{round}}","sn":"B{{n}}","mac":"52:55:00:00:{{n >> 8:x2}}:{{n & 255:x2}}","os_type":"debian"}"""));
        using (var answer = await http.PostAsync("/api/v1/tasks/batch", new StringContent($"[{rows}]")))
            answer.EnsureSuccessStatusCode();
        Print("batch of 1,000 tasks", $"{clock.Elapsed.TotalSeconds:F2} s", "3 s");

        var times = await Listeners.RunAsync(service.Address, 1000, "\"sn\":\"B7\"", async () => (await http.PostAsync($"/api/v1/tasks/batch{round}/B7/approve", null)).EnsureSuccessStatusCode());
        Print("an event at 1,000 WebSocket clients", $"first {times[0]:F0} ms, last {times[^1]:F0} ms", "500 ms");
        await using (var store = TemporaryStore.Etcd(etcd))
        {
            var delays = await Listeners.DelaysAsync(service.Address, 200, n => $"\"sn\":\"W{round}-{n}\"", n =>
                store.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Lease("dc1", $"W{round}-{n}"), "{}"u8.ToArray())] }, CancellationToken.None).AsTask());
            Print("from the store to a WebSocket's message", string.Create(CultureInfo.InvariantCulture, $"median {delays[100]:F1} ms, 99th percentile {delays[197]:F1} ms, the commit included"), "300 ms");
        }
        Print("resident at the end", Resident(service), "1024 MB");

        async Task RequestsAsync(string what, Func<int, string> path)
        {
            // Once for the just-in-time compiler and the lists that are then kept up.
            await Load.RunAsync(http, path, 500, InFlight);
            var (cpu, allocated) = (service.ProcessorTime, await service.CounterAsync(http, "dotnet_gc_heap_total_allocated"));
            const int requests = 3000;
            var (median, p99, perSecond) = await Load.RunAsync(http, path, requests, InFlight);
            cpu = service.ProcessorTime - cpu;
            allocated = await service.CounterAsync(http, "dotnet_gc_heap_total_allocated") - allocated;
            Print(what, string.Create(CultureInfo.InvariantCulture,
                $"median {median:F1} ms, 99th percentile {p99:F1} ms, {perSecond:F0}/s; a request costs the service {cpu.TotalMilliseconds / requests:F2} ms of processor time and {allocated / requests / 1024:F0} KB"), "20 ms");
        }
    }

    private static readonly string[] States = ["pending", "approved", "rejected", "cancelled", "installing", "completed", "failed"];

    private static string Resident(ServiceUnderTest service)
    {
        var (now, peak) = service.ResidentMegabytes;
        return $"{now} MB, at most {peak} MB so far";
    }

    private static void Print(string what, string figure, string goal) => Console.WriteLine($"{what,-42} {figure}{(goal.Length > 0 ? $"   (at most {goal})" : "")}");
}
