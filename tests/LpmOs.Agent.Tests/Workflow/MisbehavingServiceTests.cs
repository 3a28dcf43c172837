using LpmOs.Agent.Install;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Agent.Workflow;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using Microsoft.AspNetCore.Http;

namespace LpmOs.Agent.Tests.Workflow;

/// <summary>The agent against a regional service that drops, fails, answers rubbish, goes away and takes things back.</summary>
public sealed class MisbehavingServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("drop")]
    [InlineData("500")]
    [InlineData("503 with Retry-After")]
    [InlineData("rubbish")]
    [InlineData("a proxy's page")]
    [InlineData("a proxy's 404")]
    [InlineData("a proxy's 409")]
    [InlineData("half an answer")]
    [InlineData("served, then dropped")]
    public async Task EveryThirdRequestServedWellIsEnough(string fault)
    {
        await using var regional = await FakeRegional.StartAsync();
        regional.Assigned = () => Plans.Task;
        regional.Next = InstallThenReboot();
        var count = 0;
        regional.Misbehave = async context =>
        {
            if (Interlocked.Increment(ref count) % 3 == 0)
                return false;
            await BreakAsync(context, fault);
            return true;
        };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(Settings(regional), machine.Root, (progress, _) => new SteppingInstallation(progress));

        var (exit, outcome) = await agent.Run.RunAsync(Token);

        Assert.Equal((0, AttemptOutcome.Reboot), (exit, outcome));
        Assert.Single(regional.Reports);
        var percents = regional.Progress.Select(report => report.Percent).ToList();
        Assert.Equal(percents.Order(), percents);
        Assert.Equal([null, OperationNames.OsInstall, OperationNames.Reboot], regional.Asked.Select(asked => asked.Completed?.Operation));
        var lines = regional.Logs.SelectMany(batch => batch.Lines).ToList();
        Assert.Equal(agent.Console[..lines.Count], lines);
        // Numbers follow on each other: nothing lost, nothing twice.
        var expected = regional.Logs.First().FirstLine!.Value;
        Assert.All(regional.Logs, batch => { Assert.Equal(expected, batch.FirstLine); expected += batch.Lines.Count; });
    }

    [Fact]
    public async Task AnInstallersTaskIsHandedOverByARestartAndNotReportedAsDone()
    {
        await using var regional = await FakeRegional.StartAsync();
        regional.Assigned = () => Plans.Task;
        regional.Next = request => new() { Operation = OperationNames.OsInstall, TaskId = request.TaskId, Attempt = 1, Plan = Plans.Plan with { Image = null, Installer = new InstallerPlan { Files = [] } } };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(Settings(regional), machine.Root, (progress, _) => new SteppingInstallation(progress));

        var (exit, outcome) = await agent.Run.RunAsync(Token);

        Assert.Equal((0, AttemptOutcome.Reboot), (exit, outcome));
        Assert.Null(Assert.Single(regional.Asked).Completed);
        Assert.DoesNotContain(regional.Progress, report => report.Step == ProgressSteps.Partitioning);
        Assert.Contains(agent.Console, line => line.Contains("Handing over to the installer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operation_that_this_agent_does_not_know_fails_with_advice_and_nothing_is_begun()
    {
        await using var regional = await FakeRegional.StartAsync();
        regional.Assigned = () => regional.Asked.Any(asked => asked.Completed is not null) ? null : Plans.Task;
        regional.Next = request => request.Completed is null ? Plans.Operation("polish_$(reboot)\u001b[2J", Plans.Plan) : Plans.Operation(OperationNames.Complete);
        using var machine = RecordedMachine.Qemu();
        var begun = false;
        using var agent = new AgentUnderTest(Settings(regional) with { MaxPolls = 2 }, machine.Root, (_, _) => new WorkingInstallation(_ =>
        {
            begun = true;
            return Task.CompletedTask;
        }));

        await agent.Run.RunAsync(Token);

        var completed = Assert.Single(regional.Asked, asked => asked.Completed is not null).Completed!;
        Assert.Equal((false, "unsupported_operation"), (completed.Success, completed.Code));
        Assert.Contains("does not know the operation 'polish_$(reboot)", completed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', completed.Message!);
        Assert.False(begun);
    }

    [Fact]
    public async Task AnInstallationGoesOnWhileTheServiceIsAwayAndItsReportsFollowInOrder()
    {
        await using var regional = await FakeRegional.StartAsync();
        regional.Assigned = () => Plans.Task;
        regional.Next = InstallThenReboot();
        using var machine = RecordedMachine.Qemu();
        var worked = new TaskCompletionSource();
        using var agent = new AgentUnderTest(Settings(regional), machine.Root, (progress, _) => new WorkingInstallation(async token =>
        {
            await regional.StopAsync();
            foreach (var percent in Enumerable.Range(60, 10))
            {
                progress.Report(ProgressSteps.Downloading, percent, $"{percent}");
                await Task.Yield();
            }
            progress.Step(ProgressSteps.Installing, "unpacked");
            worked.SetResult();
        }));

        var run = agent.Run.RunAsync(Token);
        await worked.Task.WaitAsync(TimeSpan.FromSeconds(120), Token);
        await regional.ListenAsync();
        var (exit, outcome) = await run;

        Assert.Equal((0, AttemptOutcome.Reboot), (exit, outcome));
        var during = regional.Progress.Where(report => report.Percent >= 60).Select(report => (report.Step, report.Percent)).ToList();
        Assert.Equal((ProgressSteps.Installing, 70), during[^1]);
        Assert.Equal(during.OrderBy(report => report.Percent), during);
        // Waiting reports of one step were collapsed.
        Assert.True(during.Count <= 4, $"{during.Count} reports");
        Assert.True(regional.Asked.Last().Completed is { Operation: OperationNames.Reboot, Success: true });
    }

    [Fact]
    public async Task AnAbortStopsTheWorkAndTheAgentWaitsForTheNextAttempt()
    {
        await using var regional = await FakeRegional.StartAsync();
        var attempt = 1;
        regional.Assigned = () => Plans.Task with { Attempt = attempt, LastSequence = 100 };
        regional.Directive = report => report is { Attempt: 1, Step: ProgressSteps.Downloading } ? Directives.Abort : Directives.Continue;
        var second = InstallThenReboot();
        regional.Next = request =>
        {
            if (request.Attempt == 2)
                return second(request);
            if (request.Completed is null)
                return Plans.Operation(OperationNames.OsInstall, Plans.Plan);
            attempt = 2;
            return Plans.Operation(OperationNames.Complete);
        };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(Settings(regional), machine.Root, (progress, _) => new WorkingInstallation(async token =>
        {
            progress.Step(ProgressSteps.Downloading, "moving");
            if (attempt == 1)
                await Task.Delay(Timeout.Infinite, token);
        }));

        var (_, outcome) = await agent.Run.RunAsync(Token);

        Assert.Equal(AttemptOutcome.Reboot, outcome);
        Assert.Contains(regional.Asked, asked => asked.Completed is { Success: false, Code: "aborted" });
        // The disks may look different now: they are discovered and reported again before the next attempt.
        Assert.Equal(2, regional.Reports.Count);
        Assert.All(regional.Progress.Where(report => report.Sequence is not null), report => Assert.True(report.Sequence > 100));
    }

    [Theory]
    [InlineData(ProgressSteps.InstallStart, "untouched")]
    [InlineData(ProgressSteps.Partitioning, "partitioned")]
    [InlineData(ProgressSteps.Downloading, "partly_written")]
    public async Task AnAbortReachesWorkThatReportsNothingAndTheStateOfTheDiskIsSaid(string step, string state)
    {
        await using var regional = await FakeRegional.StartAsync();
        var aborted = false;
        regional.Assigned = () => aborted ? null : Plans.Task;
        regional.Next = request => request.Completed is null ? Plans.Operation(OperationNames.OsInstall, Plans.Plan) : Plans.Operation(OperationNames.Complete);
        var working = new TaskCompletionSource();
        regional.Held = async _ =>
        {
            await working.Task;
            aborted = true;
            return Directives.Abort;
        };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(Settings(regional) with { MaxPolls = 2 }, machine.Root, (progress, _) => new WorkingInstallation(async token =>
        {
            progress.Step(step, "moving");
            working.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        }));

        await agent.Run.RunAsync(Token);

        var completed = Assert.Single(regional.Asked, asked => asked.Completed is not null).Completed!;
        Assert.Equal((false, "aborted", state), (completed.Success, completed.Code, completed.DiskState));
        Assert.Contains(agent.Console, line => line.Contains("says: abort (told)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "The disk was left untouched.", "untouched")]
    [InlineData(50, "The disk was left as an agent of this attempt, which was interrupted, had left it: written at least in part.", "partly_written")]
    public async Task AFailureIsReportedWithItsCodeAndTheMachineIsNotRestarted(int before, string left, string state)
    {
        await using var regional = await FakeRegional.StartAsync();
        var failed = false;
        regional.Assigned = () => failed ? null : Plans.Task with { Percent = before };
        regional.Next = request =>
        {
            failed = request.Completed is { Success: false };
            return failed ? Plans.Operation(OperationNames.Complete) : Plans.Operation(OperationNames.OsInstall, Plans.Plan);
        };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(Settings(regional) with { MaxPolls = 2 }, machine.Root,
            (_, _) => new WorkingInstallation(_ => throw new InstallException(FailureCodes.ImageDigestMismatch, "The bytes differ.", "Register it anew.")));

        var (exit, outcome) = await agent.Run.RunAsync(Token);

        Assert.Equal((1, null), (exit, outcome));
        var completed = regional.Asked.Last().Completed!;
        Assert.Equal((OperationNames.OsInstall, false, "image_digest_mismatch", "The bytes differ. " + left, "Register it anew."), (completed.Operation, completed.Success, completed.Code, completed.Message, completed.Advice));
        Assert.Equal(state, completed.DiskState);
        Assert.DoesNotContain(agent.Console, line => line.Contains("Completed Successfully", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AWipeThatEndedEarlyIsNotCalledEmptyAndASecretIsNotInTheFailure()
    {
        const string secret = "token-that-a-script-printed";
        await using var regional = await FakeRegional.StartAsync();
        var failed = false;
        regional.Assigned = () => failed ? null : Plans.Task;
        regional.Next = request =>
        {
            failed = request.Completed is { Success: false };
            return failed ? Plans.Operation(OperationNames.Complete) : Plans.Operation(OperationNames.OsInstall, Plans.Plan with { Disk = Plans.Plan.Disk! with { Wipe = WipeMethods.Overwrite } });
        };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(Settings(regional) with { MaxPolls = 2 }, machine.Root, (progress, log) => new WorkingInstallation(_ =>
        {
            log.Hide(secret);
            progress.Step(ProgressSteps.Partitioning, "wiping");
            throw new InstallException(FailureCodes.WipeFailed, $"3 of 64 samples still hold what was there; lpmos.token={secret}", "Replace the disk.");
        }));

        await agent.Run.RunAsync(Token);

        var completed = regional.Asked.Last().Completed!;
        Assert.Equal(DiskStates.PartlyWritten, completed.DiskState);
        Assert.DoesNotContain("empty", completed.Message, StringComparison.Ordinal);
        Assert.Contains("lpmos.token=***", completed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "awaiting_first_boot", true)]
    [InlineData(401, "invalid_token", true)]
    [InlineData(404, "no_task_assigned", false)]
    public async Task AMachineThatIsInstalledOrWhoseTokenExpiredStartsAnew(int status, string code, bool restarts)
    {
        await using var regional = await FakeRegional.StartAsync();
        regional.Misbehave = async context =>
        {
            if (!context.Request.Path.StartsWithSegments("/api/v1/task"))
                return false;
            context.Response.StatusCode = status;
            await context.Response.WriteAsync($$"""{"status":{{status}},"title":"No task assigned yet","code":"{{code}}"}""");
            return true;
        };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(Settings(regional) with { MaxPolls = 4, InBootImage = true }, machine.Root);

        var (_, outcome) = await agent.Run.RunAsync(Token);

        Assert.Equal(restarts ? AttemptOutcome.Reboot : null, outcome);
    }

    [Fact]
    public void LinesBeyondTheBoundAreCountedWhereTheyAreMissing()
    {
        var log = new AgentLog(TextWriter.Null, false);
        for (var i = 0; i < AgentLog.KeptLines + 25; i++)
            log.Line($"line {i}");

        var lines = log.Take(2);

        Assert.Equal(["(25 lines dropped here: the regional service was away for too long)", "line 25"], lines);
    }

    [Fact]
    public void ATokenIsNotWritten()
    {
        var console = new StringWriter();
        var log = new AgentLog(console, false);
        log.Hide("very-secret-token");

        log.Line("curl: very-secret-token was refused");

        Assert.Equal("curl: *** was refused\n", console.ToString());
        Assert.DoesNotContain("very-secret-token", log.Take(1)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void ATokenWhereALineIsCutIsNotHalfWritten()
    {
        var console = new StringWriter();
        var log = new AgentLog(console, false);
        log.Hide("very-secret-token");

        log.Line(new string('x', 1990) + "very-secret-token");

        Assert.DoesNotContain("very", console.ToString(), StringComparison.Ordinal);
    }

    private static AgentSettings Settings(FakeRegional regional) => new() { RegionalUrl = regional.Url, PollInterval = TimeSpan.FromMilliseconds(100), InBootImage = true };

    // As the real service: asking again without a report gives the same operation again.
    private static Func<NextOperationRequest, NextOperation> InstallThenReboot() => request => request.Completed?.Operation switch
    {
        null => Plans.Operation(OperationNames.OsInstall, Plans.Plan),
        OperationNames.OsInstall => Plans.Operation(OperationNames.Reboot),
        _ => Plans.Operation(OperationNames.Complete),
    };

    private static async Task BreakAsync(HttpContext context, string fault)
    {
        switch (fault)
        {
            case "500":
                context.Response.StatusCode = 500;
                break;
            case "503 with Retry-After":
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "0";
                break;
            case "rubbish":
                await context.Response.WriteAsync("{\"message\":");
                break;
            case "a proxy's page":
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html>Welcome</html>");
                break;
            case "a proxy's 404" or "a proxy's 409":
                context.Response.StatusCode = int.Parse(fault[^3..], System.Globalization.CultureInfo.InvariantCulture);
                await context.Response.WriteAsync(fault.EndsWith("404", StringComparison.Ordinal) ? "404 page not found" : """{"title":"Conflict","status":409}""");
                break;
            case "half an answer":
                context.Response.ContentLength = 500;
                await context.Response.WriteAsync("{");
                context.Abort();
                break;
            default:
                context.Abort();
                break;
        }
    }

    private sealed class SteppingInstallation(ProgressReporter progress) : IInstallation
    {
        public async Task RunAsync(InstallPlan? plan, InstallOrder order, CancellationToken cancellationToken)
        {
            foreach (var step in (string[])[ProgressSteps.InstallStart, ProgressSteps.Partitioning, ProgressSteps.Downloading])
            {
                progress.Step(step, step);
                await progress.DrainAsync(cancellationToken);
            }
        }
    }
}
