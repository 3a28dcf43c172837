using System.Runtime.InteropServices;
using LpmOs.Agent.Activation;
using LpmOs.Agent.Discovery;
using LpmOs.Agent.Discovery.Ipmi;
using LpmOs.Agent.Discovery.Lldp;
using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Disks;
using LpmOs.Agent.Install.Disks.Wiping;
using LpmOs.Agent.Install.HandOver;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Raid;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Rescue;
using LpmOs.Agent.Settings;
using LpmOs.Agent.Workflow;

namespace LpmOs.Agent;

/// <summary>Puts the agent's parts together for a real machine.</summary>
internal static class Composition
{
    public static async Task<int> RunAsync(AgentSettings settings)
    {
        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        await using var console = new DetachedConsole(Console.OpenStandardOutput());
        var log = new AgentLog(console, settings.DryRun);
        log.Hide(settings.Token);
        try
        {
            var (exitCode, outcome) = await RunAsync(settings, log, stop.Token).ConfigureAwait(false);
            if (outcome == AttemptOutcome.Kexec && settings.InBootImage)
                await StartInstallerAsync(log, console).ConfigureAwait(false);
            if (outcome is AttemptOutcome.Reboot or AttemptOutcome.Kexec && settings.InBootImage)
            {
                log.Line("Restarting.");
                await console.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                Kernel.Restart();
            }
            return exitCode;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.Line("Stopped on request.");
            return 130;
        }
    }

    private static async Task StartInstallerAsync(AgentLog log, DetachedConsole console)
    {
        try
        {
            log.Line("Starting the installer's kernel.");
            await console.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            Kernel.StartLoadedKernel();
        }
        catch (IOException e)
        {
            // The boot script starts the same installer.
            log.Line(e.Message);
        }
    }

    private static async Task<(int ExitCode, AttemptOutcome? Outcome)> RunAsync(AgentSettings settings, AgentLog log, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        // One that is started again has no such story to tell.
        var start = settings is { InBootImage: true, StartWhen: not null } ? new StartTimes("/run/start-times", "/proc/uptime") : null;
        start?.Mark("run_time");
        var trust = new ServerTrust(settings, log, time);
        using var handler = new SocketsHttpHandler { SslOptions = trust.Options(), UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20) };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var regional = new RegionalClient(http, settings, log, time);
        using var sockets = new HttpMessageInvoker(handler, disposeHandler: false);
        await using var shell = new RescueShell(settings, sockets, () => regional.Token, log);
        regional.ShellAsked = shell.Ask;
        // On a host the clock is the host's business.
        var clock = settings is { InBootImage: true, DryRun: false } ? new MachineClock(log, time) : null;
        regional.Dated = clock is null ? null : clock.Compare;
        using var progress = new ProgressReporter(regional, log, time, settings.DryRun);
        var logs = new LogStreamer(regional, log, time);
        // On a host they are the host's business.
        if (settings.InBootImage)
            new KernelLog(log, time).Follow(KernelLog.Device, KernelLog.Uptime("/proc/uptime"));
        var programs = new ProgramRunner(log.Line);
        var tree = new SystemTree("/");
        var listener = new LldpListener(tree);
        var disks = new DiskDiscovery(tree, new DiskContentReader(tree, new SignatureProber(programs)), time);
        var discovery = new HardwareDiscovery(tree, disks, new MachineProbes
        {
            HypervisorSignature = Virtualization.ReadSignature, Nic = Ethtool.Ask, Programs = programs.RunAsync, Bmc = token => IpmiDevice.ReadAsync(time, token), Neighbours = () => listener.Heard,
            IsMac = OperatingSystem.IsMacOS(), WipeMethods = new WipeAbilities(tree, programs.RunAsync).WithMethodsAsync,
        });
        // Before anybody looks at interfaces and devices: until then there may be none.
        await new WarmStart(settings, discovery, http).UntilReadyAsync(cancellationToken).ConfigureAwait(false);
        start?.Mark("agent");
        await trust.FetchAsync(cancellationToken).ConfigureAwait(false);
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (settings.InBootImage)
            await BootImageDevices.WakeAsync(tree, programs.RunAsync, cancellationToken).ConfigureAwait(false);
        var hearing = listener.RunAsync(listening.Token);
        var source = new ImageSource(http, settings, log, time);
        var raid = RaidPrograms.All(programs.RunAsync);
        var finder = new DiskFinder(disks, new ArrayFinder(raid, log.Line, time));
        IInstallation installation = settings.DryRun
            ? new DryRunInstallation(progress, log)
            : new ImageInstallation(
                finder, new DiskPreparation(programs, log, time), new StorageHolders(tree, programs, log), new Wiper(tree, programs, progress, regional, log, time), new DiskEdges(log, time),
                new ImageStep(source, progress, log, tree, time), programs, progress, log, tree, settings.BootMac, time) { Authorities = () => trust.Pem };
        var handOver = new InstallerHandOver(finder, source, new CommandLineSource(http, settings, time), Kernel.LoadKernel, log);
        var operations = new OperationLoop(regional, progress, logs, log, installation, handOver, new HardwareConfiguration(raid, programs, settings.SigningKey, log.Line, disks.DisksAsync),
            new SystemNetwork(finder, new StorageHolders(tree, programs, log), programs, progress, log, tree, settings.BootMac, time), time, settings.DryRun) { Clock = clock };
        var run = new AgentRun(settings, discovery, regional, progress, logs, new TaskPoller(regional, log, settings, time), operations, log, time)
        {
            Neighbours = new NeighbourReporter(listener, regional, log, time),
            Proof = settings is { InBootImage: true, Token: not null } ? new MachineProof(regional, log, TpmChannel.Open) : null,
            Shell = shell,
            Start = start,
        };
        try
        {
            return await run.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await listening.CancelAsync().ConfigureAwait(false);
            await hearing.ConfigureAwait(false);
        }
    }
}
