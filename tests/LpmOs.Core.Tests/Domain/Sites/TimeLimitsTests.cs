using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Sites;

namespace LpmOs.Core.Tests.Domain.Sites;

public sealed class TimeLimitsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static InstallTask Installing() => Samples.Task() with
    {
        Status = TaskState.Installing, Step = "downloading", Percent = 63, Message = "40 MB", StartedAt = Start, UpdatedAt = Start,
    };

    [Fact]
    public void A_machine_that_reports_is_left_alone() =>
        Assert.Null(TimeLimits.Enforce(Installing(), online: true, SiteSettings.Default, Start.AddMinutes(14)));

    [Theory]
    [InlineData(true, "agent_stuck")]
    [InlineData(false, "machine_vanished")]
    public void One_that_vanished_is_told_apart_from_one_that_hangs(bool online, string code)
    {
        var failed = TimeLimits.Enforce(Installing(), online, SiteSettings.Default, Start.AddMinutes(15))!;
        Assert.Equal((TaskState.Failed, code), (failed.Status, failed.Failure!.Code));
        Assert.Contains("downloading (63%)", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("40 MB", failed.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_reboots_into_its_system_has_the_longer_time()
    {
        var rebooting = Installing() with { AwaitingFirstBoot = true, Operations = [new OperationRecord { Operation = "os_install", StartedAt = Start, FinishedAt = Start }] };
        Assert.Null(TimeLimits.Enforce(rebooting, online: false, SiteSettings.Default, Start.AddMinutes(44)));
        Assert.Equal("no_first_boot", TimeLimits.Enforce(rebooting, online: false, SiteSettings.Default, Start.AddMinutes(45))!.Failure!.Code);
    }

    [Fact]
    public void A_deadline_cancels_what_nobody_approved_and_fails_what_is_under_way()
    {
        var settings = SiteSettings.Default;
        Assert.Equal(TaskState.Cancelled, TimeLimits.Enforce(Samples.Task() with { Deadline = Start }, false, settings, Start.AddSeconds(1))!.Status);
        Assert.Equal("deadline_passed", TimeLimits.Enforce(Installing() with { Deadline = Start }, true, settings, Start.AddSeconds(1))!.Failure!.Code);
        Assert.Null(TimeLimits.Enforce(Installing() with { Deadline = Start, Status = TaskState.Completed }, true, settings, Start.AddSeconds(1)));
    }

    [Fact]
    public void One_that_reports_for_ever_ends_too() =>
        Assert.Equal("too_slow", TimeLimits.Enforce(Installing() with { UpdatedAt = Start.AddMinutes(240) }, true, SiteSettings.Default, Start.AddMinutes(240))!.Failure!.Code);
}
