using LpmOs.Agent.Settings;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Workflow;

public sealed class DryRunTests
{
    [Fact]
    public async Task ADryRunGoesThroughAllStagesAndEndsByItself()
    {
        await using var regional = await FakeRegional.StartAsync();
        regional.Assigned = () => Plans.Task;
        regional.Next = Plans.InOrder(Plans.Operation(OperationNames.HardwareConfig), Plans.Operation(OperationNames.OsInstall, Plans.Plan), Plans.Operation(OperationNames.Reboot), Plans.Operation(OperationNames.Complete));
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(new AgentSettings { RegionalUrl = regional.Url, DryRun = true, Token = "a.token" }, machine.Root);

        var (exit, _) = await agent.Run.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, exit);
        Assert.All(agent.Console, line => Assert.StartsWith("[dry-run] ", line, StringComparison.Ordinal));
        Assert.All(regional.Progress, report => Assert.True(report.DryRun));
        Assert.Equal(
            [ProgressSteps.HardwareCollect, ProgressSteps.HardwareReport, ProgressSteps.WaitTask, ProgressSteps.TaskReceived, ProgressSteps.InstallStart, ProgressSteps.Partitioning, ProgressSteps.Downloading, ProgressSteps.Installing, ProgressSteps.Configuring, ProgressSteps.Finalizing],
            regional.Progress.Select(report => report.Step).Distinct());
        var numbered = regional.Progress.Where(report => report.TaskId is not null).Select(report => report.Sequence!.Value).ToList();
        Assert.Equal(numbered.Distinct().Order(), numbered);
        Assert.Equal([null, OperationNames.HardwareConfig, OperationNames.OsInstall, OperationNames.Reboot], regional.Asked.Select(asked => asked.Completed?.Operation));
        Assert.All(regional.Asked, asked => Assert.True(asked.DryRun));
        Assert.False(Assert.Single(regional.Reports).Hardware.BootImage);
        var installed = Assert.Single(regional.Installed);
        Assert.True(installed.DryRun);
        Assert.Equal(Plans.TaskId, installed.TaskId);
        Assert.All(regional.Authorizations, header => Assert.Equal("Bearer a.token", header));
        // Every console line up to the flush reached the service once, in order.
        Assert.Equal(agent.Console[..regional.Logs.Sum(batch => batch.Lines.Count)], regional.Logs.SelectMany(batch => batch.Lines));
        Assert.Contains("[dry-run] === OS Installation Completed Successfully ===", regional.Logs.SelectMany(batch => batch.Lines));
    }

    [Fact]
    public async Task ATokenThatTheServiceRenewsIsUsedFromThenOnAndIsNotShown()
    {
        await using var regional = await FakeRegional.StartAsync();
        regional.Assigned = () => Plans.Task;
        regional.Next = Plans.InOrder(Plans.Operation(OperationNames.Reboot), Plans.Operation(OperationNames.Complete));
        regional.Misbehave = context =>
        {
            if (context.Request.Path.Value!.StartsWith("/api/v1/task/", StringComparison.Ordinal))
                context.Response.Headers["Lpmos-Token"] = "renewed.token";
            return Task.FromResult(false);
        };
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(new AgentSettings { RegionalUrl = regional.Url, DryRun = true, Token = "a.token" }, machine.Root);
        await agent.Run.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("Bearer a.token", "Bearer renewed.token"), (regional.Authorizations.First(), regional.Authorizations.Last()));
        Assert.DoesNotContain(agent.Console, line => line.Contains("renewed.token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheKeptConsoleLinesAreExact()
    {
        await using var regional = await FakeRegional.StartAsync();
        var polls = 0;
        regional.Assigned = () => ++polls > 2 ? Plans.Task : null; // the report looks first, then the first poll
        regional.Next = Plans.InOrder(Plans.Operation(OperationNames.Reboot), Plans.Operation(OperationNames.Complete));
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(new AgentSettings { RegionalUrl = regional.Url, PollInterval = TimeSpan.FromMilliseconds(100), InBootImage = true }, machine.Root);

        await agent.Run.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                "=== LPMOS Agent Started",
                $"Regional Client: http://127.0.0.1:{regional.Url.Port}",
                "Polling Interval: 100ms",
                "[Stage 1/5] Collecting hardware information...",
                "  Serial Number: SN-1",
                "  MAC Address: 52:54:00:00:00:01",
                "  Company: QEMU",
                "  Product: Standard PC (Q35 + ICH9, 2009)",
                "  Model: pc-q35-7.2",
                "  Is VM: true",
                "  CPU: QEMU Virtual CPU version 2.5+ (2 cores)",
                "  Memory: 2 GB",
                "  Disks: 1",
                "    /dev/vda 9 GB virtual serial DISK-1",
                "  Progress: [10%] hardware_collect - Hardware information collected",
                "[Stage 2/5] Reporting hardware to the regional service...",
                "  stored",
                "  Progress: [15%] hardware_report - Hardware reported, no task asks for this machine yet",
                "[Stage 3/5] Waiting for a task...",
                "  Progress: [20%] wait_task - Waiting for a task",
                "Polling for task (attempt 1/60)...",
                "No task assigned yet",
                "Polling for task (attempt 2/60)...",
                "Task found and approved!",
                "Task received! Task ID: task-0badf00d",
            ],
            agent.Console[..25]);
        Assert.True(Assert.Single(regional.Reports).Hardware.BootImage);
        Assert.Contains("=== OS Installation Completed Successfully ===", agent.Console);
    }

    [Fact]
    public async Task OutsideTheBootImageATaskIsLeftUntouched()
    {
        await using var regional = await FakeRegional.StartAsync();
        regional.Assigned = () => Plans.Task;
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(new AgentSettings { RegionalUrl = regional.Url }, machine.Root);

        var (exit, _) = await agent.Run.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, exit);
        Assert.Empty(regional.Asked);
        Assert.Contains(agent.Console, line => line.Contains("--i-know-this-wipes-disks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutATaskTheAgentGivesUpAfterItsPolls()
    {
        await using var regional = await FakeRegional.StartAsync();
        using var machine = RecordedMachine.Qemu();
        using var agent = new AgentUnderTest(new AgentSettings { RegionalUrl = regional.Url, PollInterval = TimeSpan.FromMilliseconds(100), MaxPolls = 3 }, machine.Root);

        var (exit, _) = await agent.Run.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, exit);
        Assert.Equal(3, agent.Console.Count(line => line == "No task assigned yet"));
    }
}
