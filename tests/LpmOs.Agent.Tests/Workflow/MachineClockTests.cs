using LpmOs.Agent.Reporting;
using LpmOs.Agent.Workflow;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Workflow;

public sealed class MachineClockTests
{
    private static readonly DateTimeOffset Right = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    private readonly StringWriter _log = new();

    [Theory]
    [InlineData("2004-02-29T12:00:00Z", "behind by 8303.16:00:00")]
    [InlineData("2026-11-24T12:00:00Z", "ahead by 0.08:00:00")]
    [InlineData("2026-11-24T04:04:59Z", null)]
    public void The_clock_is_set_by_the_first_answer_alone(string here, string? off)
    {
        DateTimeOffset? set = null;
        var clock = new MachineClock(new AgentLog(_log, dryRun: false), new Clock(DateTimeOffset.Parse(here, null))) { Set = now => set = now };
        clock.Compare(Right);
        clock.Compare(Right.AddYears(1));
        Assert.Equal(off is null ? null : Right, set);
        Assert.Equal(off is not null, _log.ToString().Contains($"This machine's clock is {off}: set to the regional service's, 2026-11-24 04:00:00Z.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2004-02-29T12:00:00Z", false, true)]
    [InlineData("2026-11-24T12:00:00Z", false, true)]
    // Eight hours may be China's time, which Windows wants there.
    [InlineData("2026-11-24T12:00:00Z", true, false)]
    [InlineData("2004-02-29T12:00:00Z", true, true)]
    [InlineData("2026-11-24T04:01:00Z", false, false)]
    public void The_hardwares_clock_is_set_where_the_new_system_would_start_at_a_wrong_time(string hardware, bool mayBeLocal, bool isSet)
    {
        DateTimeOffset? set = null;
        new MachineClock(new AgentLog(_log, dryRun: false), new Clock(Right)) { ReadHardware = () => DateTimeOffset.Parse(hardware, null), SetHardware = now => set = now }.KeepInHardware(mayBeLocal);
        Assert.Equal(isSet ? Right : null, set);
    }

    [Fact]
    public void A_machine_without_a_clock_goes_on()
    {
        var clock = new MachineClock(new AgentLog(_log, dryRun: false), new Clock(Right.AddYears(-20)))
        {
            Set = _ => throw new IOException("not permitted"), ReadHardware = () => throw new IOException("open of /dev/rtc0 failed"), SetHardware = _ => throw new IOException("open of /dev/rtc0 failed"),
        };
        clock.Compare(Right);
        clock.KeepInHardware(mayBeLocal: false);
        Assert.Contains("and cannot be set: not permitted", _log.ToString(), StringComparison.Ordinal);
        Assert.Contains("The hardware's clock cannot be set: open of /dev/rtc0 failed", _log.ToString(), StringComparison.Ordinal);
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
