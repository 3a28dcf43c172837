using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Agent.Workflow;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Bench.Twins;

/// <summary>What all machines of a fleet share.</summary>
internal sealed record TwinSurroundings(TwinOptions Options, TwinNetwork Network, TwinRelay Relay, FleetCounts Counts, FleetProgress Progress);

/// <summary>
/// One machine from its power button to the first call of its new system: DHCP, TFTP, iPXE's DHCP, scripts, kernel, the agent's own client code, the restart, the script that starts the disk.
/// What a service tells it that would stop a real machine, or start an installer on an installed one, is a fault.
/// </summary>
internal sealed partial class Twin(TwinHardware hardware, TwinSurroundings around)
{
    private const string Idc = "dc1";
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(2), FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(60);

    private FirstBootCall? _disk;
    private string? _taskId;
    private string? _mishap;

    /// <summary>Ends when the installed system has called.</summary>
    public async Task RunAsync(TimeSpan after, CancellationToken cancellationToken)
    {
        await Task.Delay(after, cancellationToken);
        var chance = Random.Shared.NextDouble() * 100;
        _mishap = chance < around.Options.Crashes ? "crash" : chance < around.Options.Crashes + around.Options.PowerCuts ? "power cut" : null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await BootAsync(cancellationToken))
                {
                    around.Progress.Over(hardware.Sn);
                    await StartAgainAsync(cancellationToken);
                    return;
                }
            }
            catch (PowerCutException)
            {
                around.Counts.Repeat("power cut");
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it is: a twin that ended without a word would be waited for.
                around.Counts.Fault($"{hardware.Sn}: {(e is TwinException ? e.Message : $"{e.GetType().Name}: {e.Message}")}");
            }
            await Task.Delay(Restart, cancellationToken);
        }
    }

    private sealed class PowerCutException : Exception;

    private sealed class AgentCrashException : Exception;

    /// <returns>True: the installed system was started, and has called.</returns>
    private async Task<bool> BootAsync(CancellationToken cancellationToken)
    {
        var firmware = await around.Relay.LeaseAsync(hardware.MacBytes, hardware.Uuid, ipxe: false, cancellationToken);
        var begun = around.Counts.Begin("tftp boot program");
        around.Counts.Received(await TftpFetch.RunAsync(around.Network, firmware.Address, firmware.Next, firmware.File, around.Options.Loss, around.Counts, cancellationToken));
        around.Counts.End("tftp boot program", begun);
        var ipxe = await around.Relay.LeaseAsync(hardware.MacBytes, hardware.Uuid, ipxe: true, cancellationToken);
        using var http = Client(ipxe.Address);
        var script = await ScriptAsync(http, ipxe.File, cancellationToken);
        if (Kernel().Match(script) is { Success: true } kernel)
        {
            await FetchAsync(http, kernel.Groups["url"].Value, cancellationToken);
            await FetchAsync(http, Initrd().Match(script).Groups["url"].Value, cancellationToken);
            await AgentsAsync(http, kernel.Groups["arguments"].Value, cancellationToken);
            return false;
        }
        if (!script.Contains("local disk", StringComparison.Ordinal))
            throw new TwinException($"A script that is neither the boot image's nor the disk's:\n{script}");
        if (_disk is not { } first)
            throw new TwinException($"Nothing is on the disk, and the machine was told to start it:\n{script}");
        await CallHomeAsync(http, first, cancellationToken);
        return true;
    }

    /// <summary>As the installed system's program does (templates/snippets/first-boot-program.sh): again until it is heard.</summary>
    private async Task CallHomeAsync(HttpClient http, FirstBootCall first, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        HttpResponseMessage answer;
        while ((answer = await http.PostAsJsonAsync(first.Url, new InstalledReport { Sn = hardware.Sn, TaskId = _taskId!, Token = first.Token, Hostname = hardware.Sn.ToLowerInvariant(), Kernel = "6.1.0-38-amd64" }, ContractsJson.Default.InstalledReport, cancellationToken)).StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            answer.Dispose();
            await Task.Delay(pause, cancellationToken);
            pause = pause < LongestPause ? pause * 2 : pause;
        }
        using (answer)
        {
            if (!answer.IsSuccessStatusCode)
                throw new TwinException($"The first call of the new system was answered with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    /// <summary>Every tenth machine is switched on once more: it must be sent to its disk.</summary>
    private async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        if (hardware.Number % 10 != 0)
            return;
        var ipxe = await around.Relay.LeaseAsync(hardware.MacBytes, hardware.Uuid, ipxe: true, cancellationToken);
        using var http = Client(ipxe.Address);
        if (Kernel().IsMatch(await ScriptAsync(http, ipxe.File, cancellationToken)))
            throw new TwinException("An installed machine was sent the boot image again.");
    }

    private HttpClient Client(IPAddress own) => new(new CountingHandler(new SocketsHttpHandler
    {
        UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 2, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20), ConnectCallback = async (context, token) => await around.Network.ConnectAsync(own, context.DnsEndPoint, token),
    }, around.Counts)) { Timeout = Timeout.InfiniteTimeSpan };

    private async Task<string> ScriptAsync(HttpClient http, string url, CancellationToken cancellationToken)
    {
        var entry = await http.GetStringAsync(url, cancellationToken);
        var ask = Ask().Match(entry) is { Success: true } found ? found.Groups["url"].Value : throw new TwinException($"The first script asks nobody:\n{entry}");
        ask = Variable().Replace(ask, variable => variable.Groups["name"].Value switch
        {
            "netX/mac" => hardware.Mac.Replace(':', '-'), "serial" => hardware.Sn, "uuid" => hardware.Uuid.ToString(), "platform" => "pcbios", "buildarch" => "x86_64",
            "manufacturer" => "Dell%20Inc.", "product" => "PowerEdge%20R750", var other => throw new TwinException($"The first script wants a setting that firmware may not have: {other}"),
        });
        return await http.GetStringAsync(ask, cancellationToken);
    }

    private async Task FetchAsync(HttpClient http, string url, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            around.Counts.Received(read);
    }

    /// <summary>The agent; one that crashes is started again, as the boot image's init does.</summary>
    private async Task AgentsAsync(HttpClient http, string arguments, CancellationToken cancellationToken)
    {
        string Argument(string name) => arguments.Split(' ').FirstOrDefault(one => one.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? throw new TwinException($"The kernel's command line has no {name}.");
        var settings = new AgentSettings
        {
            RegionalUrl = new Uri(Argument("lpmos.regional")), BootUrl = new Uri(Argument("lpmos.boot")), Idc = Argument("lpmos.idc"), Token = Argument("lpmos.token"), BootMac = hardware.Mac, InBootImage = true, MaxPolls = 0,
        };
        while (true)
        {
            try
            {
                await AgentAsync(http, settings, cancellationToken);
                return;
            }
            catch (AgentCrashException)
            {
                around.Counts.Repeat("agent crash");
            }
        }
    }

    private async Task AgentAsync(HttpClient http, AgentSettings settings, CancellationToken cancellationToken)
    {
        var (time, log) = (TimeProvider.System, new AgentLog(TextWriter.Null, dryRun: false));
        var regional = new RegionalClient(http, settings, log, time);
        using var progress = new ProgressReporter(regional, log, time, dryRun: false);
        var logs = new LogStreamer(regional, log, time);
        Exception? mishap = null;
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var installation = new TwinInstallation(http, settings.BootBase, progress, around.Counts, MishapAsync, first => _disk = first);
        var operations = new OperationLoop(regional, progress, logs, log, installation, handOver: null!, hardware: null!, network: null!, time, dryRun: false); // Images alone are installed here, on hardware as it is.
        var delivery = Task.WhenAll(progress.RunAsync(alive.Token), logs.RunAsync(alive.Token));
        try
        {
            await StagesAsync(settings, regional, progress, logs, new TaskPoller(regional, log, settings, time), operations, log, alive.Token);
        }
        catch (OperationCanceledException) when (mishap is not null)
        {
            throw mishap;
        }
        finally
        {
            await alive.CancelAsync();
            await delivery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Whatever the agent was about to say or do: it is not there any more.
        async ValueTask MishapAsync(string step)
        {
            if (_mishap is not { } kind || Random.Shared.NextDouble() > 0.3 || step == ProgressSteps.InstallStart)
                return;
            (_mishap, mishap) = (null, kind == "crash" ? new AgentCrashException() : new PowerCutException());
            await alive.CancelAsync();
            alive.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task StagesAsync(AgentSettings settings, RegionalClient regional, ProgressReporter progress, LogStreamer logs, TaskPoller poller, OperationLoop operations, AgentLog log, CancellationToken cancellationToken)
    {
        var machine = hardware.Report();
        progress.Identify(hardware.Sn);
        progress.Step(ProgressSteps.HardwareCollect, "Hardware information collected");
        while ((await regional.ReportAsync(new HardwareReport { Sn = hardware.Sn, MacAddress = hardware.Mac, Hardware = machine }, cancellationToken)).Value is null)
            await Task.Delay(settings.PollInterval, cancellationToken);
        progress.Step(ProgressSteps.WaitTask, "Waiting for a task");
        around.Progress.Waits(hardware.Sn);
        while (true)
        {
            var polled = await poller.PollAsync(hardware.Sn, hardware.Mac, cancellationToken);
            if (polled.Restart)
                return;
            var task = polled.Task!;
            around.Progress.Received(hardware.Sn);
            _taskId = task.TaskId;
            log.Line($"Task received! Task ID: {task.TaskId}");
            var identity = new TaskIdentity(hardware.Sn, task.TaskId, task.Attempt, task.LastSequence) { Machine = MachineIdentity.Of(machine) };
            await progress.DrainAsync(cancellationToken);
            logs.Begin(identity);
            var outcome = await operations.RunAsync(identity, progress.Begin(identity), cancellationToken);
            progress.End();
            if (outcome == AttemptOutcome.Reboot)
                return;
            around.Counts.Fault($"{hardware.Sn}: the attempt ended with {outcome}");
            await Task.Delay(settings.PollInterval, cancellationToken);
        }
    }

    [GeneratedRegex(@"^kernel (?<url>\S+) (?<arguments>.*lpmos\.token=.*?)(?: \|\|.*)?$", RegexOptions.Multiline)]
    private static partial Regex Kernel();

    [GeneratedRegex(@"^initrd (?:--name \S+ )?(?<url>http\S+)", RegexOptions.Multiline)]
    private static partial Regex Initrd();

    [GeneratedRegex(@"^set lpmos-ask (?<url>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Ask();

    [GeneratedRegex(@"\$\{(?<name>[^:}]+)(?::[^}]*)?\}")]
    private static partial Regex Variable();
}
