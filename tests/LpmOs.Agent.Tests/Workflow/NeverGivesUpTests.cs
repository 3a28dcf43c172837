using System.Globalization;
using LpmOs.Agent.Install;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Agent.Workflow;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Workflow;

/// <summary>Clocks that somebody sets in the middle, and ten minutes without a network: the agent carries on, and tells everything in order, once.</summary>
public sealed class NeverGivesUpTests
{
    private static readonly TaskIdentity Task1 = new("SN-1", Plans.TaskId, 1, 0);

    [Theory]
    [InlineData(3 * 365)]
    [InlineData(-3650)]
    public async Task AClockThatIsSetInEachPhaseHoldsNothingUp(int days)
    {
        using var limit = Limit();
        var clock = new SetClock();
        await using var regional = await FakeRegional.StartAsync();
        var (polls, installed, refused) = (0, false, new HashSet<string>());
        regional.Assigned = () => ++polls > 2 ? Plans.Task : null;
        regional.Next = request =>
        {
            if (installed || request.Completed is null)
                return installed ? Plans.Operation(OperationNames.Complete) : Plans.Operation(OperationNames.OsInstall, Plans.Plan);
            installed = true;
            return Plans.Operation(OperationNames.Wait) with { RetryAfterSeconds = 1 };
        };
        // Each call is first put off to a date, as the service's clock has it, and the machine's clock is set while it waits.
        regional.Misbehave = context =>
        {
            lock (refused)
            {
                if (!refused.Add(context.Request.Path))
                    return Task.FromResult(false);
            }
            clock.Set(TimeSpan.FromDays(refused.Count % 2 == 0 ? -days : days));
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = TimeProvider.System.GetUtcNow().AddSeconds(1).ToString("R", CultureInfo.InvariantCulture);
            return Task.FromResult(true);
        };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(new() { RegionalUrl = regional.Url, PollInterval = TimeSpan.FromMilliseconds(100), InBootImage = true }, machine.Root, (progress, _) => new WorkingInstallation(async token =>
        {
            clock.Set(TimeSpan.FromDays(days));
            progress.Step(ProgressSteps.Partitioning, "partitioning");
            await progress.DrainAsync(token);
            clock.Set(TimeSpan.FromDays(-days));
            progress.Step(ProgressSteps.Downloading, "downloading");
            await progress.DrainAsync(token);
        }), clock: clock);

        var (exit, outcome) = await agent.Run.RunAsync(limit.Token);

        Assert.Equal((0, AttemptOutcome.Completed), (exit, outcome));
        Assert.Single(regional.Reports);
        var during = regional.Progress.Where(report => report.Sequence is not null).Select(report => report.Sequence!.Value).ToList();
        Assert.Equal(during.Order().Distinct(), during);
        Assert.Equal([ProgressSteps.Partitioning, ProgressSteps.Downloading], regional.Progress.Select(report => report.Step).Where(step => step is ProgressSteps.Partitioning or ProgressSteps.Downloading).Distinct());
    }

    [Fact]
    public async Task TenMinutesWithoutANetworkCostNothingThatWasSaid()
    {
        using var limit = Limit();
        await using var regional = await FakeRegional.StartAsync();
        using var network = new Cable();
        using var http = new HttpClient(network) { Timeout = Timeout.InfiniteTimeSpan };
        var time = new ManualTime();
        var log = new AgentLog(TextWriter.Null, false);
        var client = new RegionalClient(http, new AgentSettings { RegionalUrl = regional.Url }, log, time);
        using var progress = new ProgressReporter(client, log, time, false);
        var logs = new LogStreamer(client, log, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        progress.Identify("SN-1");
        var abort = progress.Begin(Task1);
        logs.Begin(Task1);
        var running = Task.WhenAll(progress.RunAsync(stop.Token), logs.RunAsync(stop.Token));
        progress.Step(ProgressSteps.Downloading, "before");
        log.Line("before");
        await PassUntilAsync(time, () => regional.Logs.SelectMany(batch => batch.Lines).Contains("before") && !regional.Progress.IsEmpty, limit.Token);
        var before = regional.Progress.Count;

        network.IsOut = true;
        string[] steps = [ProgressSteps.Downloading, ProgressSteps.Installing, ProgressSteps.Configuring];
        for (var second = 1; second <= 600; second++)
        {
            progress.Report(steps[second / 201], 60 + second / 30, $"second {second}");
            log.Line($"second {second}");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        // It has asked again and again, and ever more seldom.
        await PassUntilAsync(time, () => network.Failures >= 20, limit.Token);
        Assert.InRange(network.Failures, 20, 400);
        Assert.Equal(before, regional.Progress.Count);
        network.IsOut = false;
        await PassUntilAsync(time, () => regional.Logs.SelectMany(batch => batch.Lines).Contains("second 600") && regional.Progress.Any(report => report.Message == "second 600"), limit.Token);

        var told = regional.Progress.ToList();
        Assert.Equal(told.Select((_, at) => at + 1L), told.Select(report => report.Sequence!.Value));
        Assert.Equal(told.Select(report => report.Percent).Order(), told.Select(report => report.Percent));
        // One of each step, the newest, and what was on its way when the cable was pulled.
        Assert.InRange(told.Skip(before).TakeWhile(report => report.Message != "second 600").Count() + 1, 3, 5);
        Assert.Equal(["before", .. Enumerable.Range(1, 600).Select(second => $"second {second}")], regional.Logs.SelectMany(batch => batch.Lines).Where(line => line.StartsWith("second", StringComparison.Ordinal) || line == "before"));
        var expected = regional.Logs.First().FirstLine!.Value;
        Assert.All(regional.Logs, batch => { Assert.Equal(expected, batch.FirstLine); expected += batch.Lines.Count; });
        Assert.False(abort.IsCancellationRequested);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task StepsToAndFroWithoutANetworkAreBoundedAndTheNewestAreTold()
    {
        using var limit = Limit();
        await using var regional = await FakeRegional.StartAsync();
        using var network = new Cable { IsOut = true };
        using var http = new HttpClient(network) { Timeout = Timeout.InfiniteTimeSpan };
        var time = new ManualTime();
        var log = new AgentLog(TextWriter.Null, false);
        using var progress = new ProgressReporter(new RegionalClient(http, new AgentSettings { RegionalUrl = regional.Url }, log, time), log, time, false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        progress.Identify("SN-1");
        progress.Begin(Task1);
        for (var number = 1; number <= 10_000; number++)
            progress.Report(number % 2 == 0 ? ProgressSteps.Downloading : ProgressSteps.Installing, 70, $"number {number}");
        network.IsOut = false;
        var running = progress.RunAsync(stop.Token);
        await progress.DrainAsync(limit.Token);

        Assert.Equal(Enumerable.Range(10_001 - ProgressReporter.MostWaiting, ProgressReporter.MostWaiting).Select(number => $"number {number}"), regional.Progress.Select(report => report.Message));
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(240));
        return limit;
    }

    private static async Task PassUntilAsync(ManualTime time, Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, cancellationToken);
        }
    }

    /// <summary>Time passes as it does; what a clock on the wall shows is another thing.</summary>
    private sealed class SetClock : TimeProvider
    {
        private long _set;

        public void Set(TimeSpan by) => Interlocked.Add(ref _set, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _set));
    }

    /// <summary>To the service, as long as nobody pulls it.</summary>
    private sealed class Cable() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        private int _failures;

        public volatile bool IsOut;

        public int Failures => Volatile.Read(ref _failures);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!IsOut)
                return base.SendAsync(request, cancellationToken);
            Interlocked.Increment(ref _failures);
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Network is unreachable");
        }
    }
}
