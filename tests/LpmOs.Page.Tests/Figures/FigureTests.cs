using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;
using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using Microsoft.Playwright;

namespace LpmOs.Page.Tests.Figures;

/// <summary>Prints the page's figures beside what they are to reach (<c>make bench-page</c>); times are never asserted, and none of this is part of a test run.</summary>
public sealed class FigureTests(Chromium chromium, ITestOutputHelper output)
{
    private const int Tasks = 100_000;
    private const int Together = 100;
    private const int Pages = 200;
    private const int ScrollRounds = 3;

    private readonly FigureSheet _sheet = new() { Title = "The operators' page with 100,000 tasks" };

    [Fact(Explicit = true)]
    public async Task Print()
    {
        await using var site = new Site();
        await site.FillAsync(FillAsync);
        await site.StartAsync();
        await PrintFirstPaintAsync(site);
        await PrintChangeAsync(site);
        await PrintScrollAsync(site);
        await PrintMemoryAsync(site);
        _sheet.Save();
    }

    private async Task PrintFirstPaintAsync(Site site)
    {
        foreach (var path in (string[])["/", "/tasks?tab=all"])
        {
            var paints = new List<double>();
            for (var i = 0; i < 5; i++)
            {
                await using var open = await chromium.OpenAsync(new Uri(site.Url, path));
                await open.ConnectedAsync();
                paints.Add(await open.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
            }
            _sheet.AtMost($"first contentful paint of {path}", "ms", 1000, paints);
            paints.Sort();
            Tell($"first contentful paint of {path}", $"median {paints[2]:F0} ms, longest {paints[^1]:F0} ms", "1000 ms");
        }
    }

    /// <summary>From the time at which the service put the task into the store to the frame in which a page that shows the list has it.</summary>
    private async Task PrintChangeAsync(Site site)
    {
        await using var open = await chromium.OpenAsync(new Uri(site.Url, "/tasks?tab=pending"));
        await open.ConnectedAsync();
        await open.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await open.Page.EvaluateAsync("""
            () => {
              window.seen = {};
              new MutationObserver(() => {
                for (const link of document.querySelectorAll('tbody a.strong'))
                  if (!(link.textContent in window.seen)) { window.seen[link.textContent] = -1; requestAnimationFrame(() => { window.seen[link.textContent] = Date.now(); }); }
              }).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true });
            }
            """);
        var delays = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var task = await site.PostAsync("/api/v1/tasks", Samples.Task($"SEEN-{i:d2}", 300_000 + i));
            await open.Page.WaitForFunctionAsync("sn => window.seen[sn] > 0", $"SEEN-{i:d2}");
            var at = await open.Page.EvaluateAsync<double>("sn => window.seen[sn]", $"SEEN-{i:d2}");
            delays.Add(at - DateTimeOffset.Parse((string)task["created_at"]!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        }
        _sheet.AtMost("a change of the store on the screen", "ms", 300, delays);
        delays.Sort();
        Tell("a change of the store on the screen", $"median {delays[10]:F0} ms, longest {delays[^1]:F0} ms", "300 ms");
    }

    private async Task PrintScrollAsync(Site site)
    {
        await using var open = await chromium.OpenAsync(new Uri(site.Url, "/tasks?tab=all&sort=sn"));
        await open.ConnectedAsync();
        await open.Page.Locator("tbody tr").First.WaitForAsync();
        // On a machine that others use too, the processor's time of the page's thread says more than the clock's.
        var wire = await open.Page.Context.NewCDPSessionAsync(open.Page);
        await wire.SendAsync("Performance.enable", new() { ["timeDomain"] = "threadTicks" });
        await open.Page.EvaluateAsync("""
            () => {
              const box = document.querySelector('main [role=region]');
              let work = [];
              new PerformanceObserver((list) => work.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
              window.rows = () => Number(box.querySelector('table').getAttribute('aria-rowcount')) - 1;
              window.height = () => box.scrollHeight;
              window.run = async (step, frames) => {
                const deltas = [];
                const total = Number(document.querySelector('[data-tab=all] .count').textContent);
                work = [];
                box.scrollTop = frames ? 0 : box.scrollTop;
                let before = await new Promise(requestAnimationFrame);
                while (frames ? deltas.length < frames : window.rows() < total) {
                  box.scrollTop += step;
                  const now = await new Promise(requestAnimationFrame);
                  deltas.push(now - before);
                  before = now;
                }
                deltas.sort((a, b) => a - b);
                return { frames: deltas.length, median: deltas[deltas.length >> 1], p99: deltas[Math.floor(deltas.length * 0.99)], longest: deltas.at(-1), over: deltas.filter((delta) => delta > 50).length };
              };
            }
            """);
        // To the end again and again, until all is loaded; then as with a wheel, and as by dragging the thumb.
        await PrintRunAsync("while all of it is loaded", "window.run(20_000, 0)");
        foreach (var (what, run) in new[] { ("by 800 pixels a frame", "window.run(800, 600)"), ("from end to end in 600 frames", "window.run(window.height() / 600, 600)") })
        {
            var frames = new List<double>();
            for (var round = 0; round < ScrollRounds; round++)
                frames.Add(await PrintRunAsync(what, run));
            _sheet.AtMost($"scrolling 100,000 tasks {what}: 99th percentile of the frames", "ms", 50, frames);
        }
        Tell("rows drawn of them", (await open.Page.Locator("tbody tr").CountAsync()).ToString(CultureInfo.InvariantCulture), "");

        async Task<double> PrintRunAsync(string what, string run)
        {
            var before = await BusyAsync();
            var one = await open.Page.EvaluateAsync<JsonElement>(run);
            var busy = (await BusyAsync() - before) * 1000 / one.GetProperty("frames").GetDouble();
            Tell($"scrolling {await open.Page.EvaluateAsync<int>("window.rows()")} tasks {what}",
                $"{busy:F1} ms of processor time a frame; median frame {Number(one, "median")} ms, 99% {Number(one, "p99")} ms, longest {Number(one, "longest")} ms, {Number(one, "over")} of {Number(one, "frames")} over 50 ms", "50 ms");
            return one.GetProperty("p99").GetDouble();
        }

        async Task<double> BusyAsync() => (await wire.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray().First(metric => metric.GetProperty("name").GetString() == "TaskDuration").GetProperty("value").GetDouble();


        static string Number(JsonElement frames, string name) => frames.GetProperty(name).GetDouble().ToString("F0", CultureInfo.InvariantCulture);
    }

    /// <summary>What so many open pages are to the service: each fetched its first requests, and follows the events.</summary>
    private async Task PrintMemoryAsync(Site site)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = site.Url };
        http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip, br");
        string[] requests = ["/", "/api/v1/stats", "/api/v1/tasks?status=pending&sort=-created_at&limit=100", "/api/v1/idcs", "/api/v1/machines?unmatched=true&online=true&limit=3", "/api/v1/stats/throughput?step_hours=1&points=24", "/api/v1/audit?limit=9"];
        foreach (var request in requests)
            await http.GetByteArrayAsync(request);
        var before = Resident(site.ProcessId);
        var sockets = new List<ClientWebSocket>();
        try
        {
            for (var page = 0; page < Pages; page++)
            {
                foreach (var request in requests)
                    await http.GetByteArrayAsync(request);
                var socket = new ClientWebSocket();
                sockets.Add(socket);
                await socket.ConnectAsync(new Uri($"ws://{site.Url.Authority}/ws"), TestContext.Current.CancellationToken);
            }
            for (var i = 0; i < 100; i++)
                await site.PostAsync("/api/v1/tasks", Samples.Task($"MEM-{i:d3}", 400_000 + i));
            _sheet.AtMost($"memory of the service for {Pages} open pages, after {Pages * requests.Length} requests and 100 changes", "MB", 150, Math.Max(0, Resident(site.ProcessId) - before));
            Tell($"{Pages} open pages", $"{Resident(site.ProcessId) - before} MB more than {before} MB resident, after {Pages * requests.Length} requests and 100 changes", "150 MB");
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }

    private static int Resident(int process) =>
        int.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private static async Task FillAsync(IStateStore store)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var chunk in Enumerable.Range(0, Tasks).Chunk(Together))
            await store.CommitAsync(new StoreTransaction { Writes = [.. chunk.Select(n => Write(n, now))] }, CancellationToken.None);
    }

    private static StoreWrite Write(int n, DateTimeOffset now)
    {
        var state = n % 50 == 0 ? TaskState.Pending : n % 7 == 0 ? TaskState.Rejected : TaskState.Completed;
        var task = new InstallTask
        {
            Idc = $"dc{n % 10}", Sn = $"SN{n:D7}", Mac = Samples.Mac(n), OsType = "Ubuntu 22.04", OsVersion = "22.04", OsId = "ubuntu", TaskId = $"task-{n:x8}", Status = state, Tags = [$"rack-{n % 500}"], Hostname = $"host-{n}", Percent = state == TaskState.Completed ? 100 : 0,
            CreatedAt = now.AddSeconds(-n), UpdatedAt = now.AddSeconds(-n), CreatedBy = "figures", StatusHistory = [new StatusChange { To = state, At = now.AddSeconds(-n), By = "figures" }],
        };
        return StoreWrite.Put(Keys.Task(task.Idc, task.Sn), JsonSerializer.SerializeToUtf8Bytes(task, ContractsJson.Default.InstallTask));
    }

    private void Tell(string what, string figure, string goal) => output.WriteLine($"{what,-56} {figure}{(goal.Length > 0 ? $"   (at most {goal})" : "")}");
}
