using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using LpmOs.Bench.Report;

namespace LpmOs.Bench.Twins;

/// <summary>A fleet is switched on, waits, is approved and installed; what the services say afterwards must be what the machines did.</summary>
internal static class FleetRun
{
    private const int Together = 1_000, Singles = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    /// <returns>0: every machine was installed, and the services agree.</returns>
    public static async Task<int> RunAsync(TwinOptions options, string machines)
    {
        using var limit = new CancellationTokenSource(Longest);
        using var interrupted = new CancellationTokenSource();
        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupted.Cancel();
        }
        using var ended = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        using var key = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, interrupted.Token);
        var figures = new FleetFigures { Machines = options.Machines };
        var (counts, progress) = (new FleetCounts(), new FleetProgress(options.Machines));
        await using var services = await FleetServices.StartAsync(options);
        var idle = services.Use().ToDictionary(one => one.Name, one => one.Megabytes);
        using var network = new TwinNetwork(machines);
        await using var relay = await TwinRelay.StartAsync(network, options.Loss, counts);
        var around = new TwinSurroundings(options, network, relay, counts, progress);
        using var http = new HttpClient { BaseAddress = services.Tasks, Timeout = TimeSpan.FromMinutes(5) };
        string? death = null;
        var watch = WatchAsync();
        try
        {
            var clock = Stopwatch.StartNew();
            var twins = Enumerable.Range(0, options.Machines).Select(n => new Twin(new TwinHardware(n), around).RunAsync(options.Over * ((double)n / options.Machines), stop.Token)).ToArray();
            await Until(progress.AllWait, () => $"{progress.Waiting} of {options.Machines} wait for a task, {counts.Faults.Count} faults", stop.Token);
            Say($"all {options.Machines} wait for a task", $"{clock.Elapsed.TotalSeconds:F0} s after the first was switched on, switched on within {options.Over.TotalSeconds:F0} s");
            figures.WaitingSeconds = clock.Elapsed.TotalSeconds;
            await WaitingCostAsync(services, idle, figures, stop.Token);
            await CreateAsync(http, options.Machines, stop.Token);
            var before = await RevisionAsync(services);
            await ApprovalTimesAsync(http, progress, Math.Min(Singles, options.Machines), figures, stop.Token);
            clock.Restart();
            var used = services.Use().ToDictionary(one => one.Name, one => one.Processor);
            await ApproveRestAsync(http, options.Machines, stop.Token);
            await Until(progress.AllOver, () => $"{progress.Done} of {options.Machines} are installed, {counts.Faults.Count} faults", stop.Token);
            Say($"all {options.Machines} installed", $"{clock.Elapsed.TotalSeconds:F0} s after the approval, {options.Machines / clock.Elapsed.TotalSeconds:F1} a second");
            figures.InstalledSeconds = clock.Elapsed.TotalSeconds;
            await Task.WhenAll(twins);
            var code = await JudgeAsync(services, http, options, counts, before, used, figures);
            if (Environment.GetEnvironmentVariable("TWINS_RESULT") is { Length: > 0 } result)
                await File.WriteAllBytesAsync(result, JsonSerializer.SerializeToUtf8Bytes(figures, BenchJson.Default.FleetFigures), stop.Token);
            return code;
        }
        catch (Exception e) when (e is HttpRequestException or ArgumentException or IOException or InvalidOperationException)
        {
            // What cannot be asked any more has ended, as a rule: then that is the reason.
            await Task.WhenAny(watch, Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None));
            Console.Error.WriteLine($"twins: {death ?? e.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (death is not null)
                Console.Error.WriteLine($"twins: {death}\n{progress.Waiting} of {options.Machines} waited, {progress.Done} were installed.");
            else
                Console.Error.WriteLine(interrupted.IsCancellationRequested ? "twins: interrupted; everything that was started is ended." : $"twins: given up after {Longest.TotalHours:F0} hours; {progress.Waiting} waited, {progress.Done} were installed.");
            foreach (var fault in counts.Faults.Take(20))
                Console.Error.WriteLine($"twins: {fault}");
            return 1;
        }
        finally
        {
            await stop.CancelAsync();
            await watch;
        }

        // Without one of the services every machine would wait for ever.
        async Task WatchAsync()
        {
            try
            {
                death = await services.DeathAsync(stop.Token);
                await stop.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                // None of them did.
            }
        }
    }

    private static async Task Until(Task reached, Func<string> where, CancellationToken cancellationToken)
    {
        while (await Task.WhenAny(reached, Task.Delay(TimeSpan.FromSeconds(15), cancellationToken)) != reached)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Console.WriteLine($"  … {where()}");
        }
    }

    /// <summary>What it costs that machines wait: nothing happens for as long as each of them asks once.</summary>
    private static async Task WaitingCostAsync(FleetServices services, Dictionary<string, long> idle, FleetFigures figures, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromSeconds(30);
        var before = services.Use().ToDictionary(one => one.Name, one => one.Processor);
        await Task.Delay(pause, cancellationToken);
        foreach (var (name, processor, _, megabytes) in services.Use())
        {
            figures.Services[name] = new ServiceFigures { IdleMegabytes = idle[name], WaitingMegabytes = megabytes, WaitingProcessorPercent = (processor - before[name]) / pause * 100 };
            Say($"{name} while they wait", string.Create(CultureInfo.InvariantCulture, $"{megabytes} MB ({idle[name]} before the first of them), {figures.Services[name].WaitingProcessorPercent:F1}% of one processor"));
        }
    }

    private static async Task CreateAsync(HttpClient http, int machines, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        foreach (var some in Enumerable.Range(0, machines).Chunk(Together))
        {
            var rows = some.Select(n => new TwinHardware(n)).Select(machine => $$$"""{"idc":"dc1","sn":"{{{machine.Sn}}}","mac":"{{{machine.Mac}}}","os_type":"debian","os_version":"12","hostname":"{{{machine.Sn.ToLowerInvariant()}}}","disk_layout":{"disk":{"prefer":"smallest"} },"tags":["wave-{{{some[0] / Together}}}"]}""");
            using var answer = await http.PostAsync("/api/v1/tasks/batch", new StringContent($"[{string.Join(',', rows)}]"), cancellationToken);
            await RequireAsync(answer, cancellationToken);
        }
        Say($"{machines} tasks created", $"{clock.Elapsed.TotalSeconds:F1} s");
    }

    private static async Task ApprovalTimesAsync(HttpClient http, FleetProgress progress, int count, FleetFigures figures, CancellationToken cancellationToken)
    {
        var (times, calls) = (new List<double>(), new List<double>());
        foreach (var sn in Enumerable.Range(0, count).Select(n => new TwinHardware(n).Sn))
        {
            var received = progress.ReceivedAsync(sn);
            var begun = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsync($"/api/v1/tasks/dc1/{sn}/approve", null, cancellationToken);
            await RequireAsync(answer, cancellationToken);
            calls.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            times.Add(Stopwatch.GetElapsedTime(begun, await received.WaitAsync(cancellationToken)).TotalMilliseconds);
        }
        times.Sort();
        calls.Sort();
        (figures.ApprovalMedian, figures.ApprovalP99) = (times[count / 2], times[Math.Min(count - 1, count * 99 / 100)]);
        Say("approval until the agent has its task", string.Create(CultureInfo.InvariantCulture, $"median {figures.ApprovalMedian:F1} ms, 99th percentile {figures.ApprovalP99:F1} ms   (at most 100 ms)"));
        Say("  the operator's call alone", string.Create(CultureInfo.InvariantCulture, $"median {calls[count / 2]:F1} ms, 99th percentile {calls[Math.Min(count - 1, count * 99 / 100)]:F1} ms"));
    }

    private static async Task ApproveRestAsync(HttpClient http, int machines, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var total = 0;
        for (var wave = 0; wave * Together < machines; wave++)
        {
            var found = await DecideAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"idc":"dc1","tag":"wave-{{wave}}","dry_run":true}"""));
            total += found == 0 ? 0 : await DecideAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"idc":"dc1","tag":"wave-{{wave}}","expected":{{found}}}"""));
        }
        Say($"the other {total} approved at once", $"{clock.Elapsed.TotalSeconds:F1} s");

        async Task<int> DecideAsync(string body)
        {
            using var answer = await http.PostAsync("/api/v1/tasks/batch/approve", new StringContent(body), cancellationToken);
            await RequireAsync(answer, cancellationToken);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("total").GetInt32();
        }
    }

    private static async Task<int> JudgeAsync(FleetServices services, HttpClient http, TwinOptions options, FleetCounts counts, long before, Dictionary<string, TimeSpan> used, FleetFigures figures)
    {
        Console.WriteLine();
        foreach (var (call, what) in counts.Calls)
        {
            var sorted = what.Milliseconds.Order().ToArray();
            Say(call, sorted.Length == 0 ? $"{what.Repeated}" : string.Create(CultureInfo.InvariantCulture, $"{sorted.Length} ({(double)sorted.Length / options.Machines:F1} a machine), median {sorted[sorted.Length / 2]:F1} ms, 99th percentile {sorted[sorted.Length * 99 / 100]:F1} ms{(what.Repeated > 0 ? $", {what.Repeated} repeated" : "")}"));
        }
        Say("bytes to a machine", $"{counts.Bytes / options.Machines / 1024} KB of files");
        foreach (var (name, processor, peak, _) in services.Use())
        {
            figures.Services[name] = figures.Services[name] with { PeakMegabytes = peak, InstallationMilliseconds = (processor - used[name]).TotalMilliseconds / options.Machines };
            Say($"{name} at the end", string.Create(CultureInfo.InvariantCulture, $"at most {peak} MB; {figures.Services[name].InstallationMilliseconds:F1} ms of processor time for a machine's installation"));
        }
        (figures.EtcdTransactions, figures.Faults) = ((double)(await RevisionAsync(services) - before) / options.Machines, counts.Faults.Count);
        var keys = await services.Etcd.CtlAsync("get", "--prefix", "/os/dc1/machines/", "--keys-only");
        var stored = keys.Split('\n').Count(key => key.EndsWith("/task", StringComparison.Ordinal));
        Say("etcd transactions for a machine, from its approval on", string.Create(CultureInfo.InvariantCulture, $"{figures.EtcdTransactions:F1}   (at most 25)"));
        var stats = await http.GetFromJsonAsync<JsonElement>("/api/v1/stats/dc1");
        var completed = stats.GetProperty("completed").GetInt32();
        Say("installed by the machines' count, by the services', tasks in etcd", $"{options.Machines}, {completed}, {stored}");
        foreach (var fault in counts.Faults.Take(20))
            Console.Error.WriteLine($"twins: {fault}");
        var good = completed == options.Machines && stored == options.Machines && counts.Faults.Count == 0;
        Console.WriteLine(good ? $"{options.Machines} machines installed, 0 faults" : $"FAILED: {counts.Faults.Count} faults, {completed} of {options.Machines} completed by the services' count");
        return good ? 0 : 1;
    }

    private static async Task<long> RevisionAsync(FleetServices services)
    {
        using var json = JsonDocument.Parse(await services.Etcd.CtlAsync("get", "/os/none", "-w", "json"));
        return json.RootElement.GetProperty("header").GetProperty("revision").GetInt64();
    }

    private static async Task RequireAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private static void Say(string what, string figure) => Console.WriteLine($"{what,-60} {figure}");
}
