using System.Globalization;
using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Workflow;

/// <summary>
/// New servers, and those whose battery is empty, come with clocks years off: what is written then has a date that misleads boot loaders, and mirrors and services seem to have certificates
/// of the future. The system's clock is set by the regional service's; the hardware's when a system is installed, which reads it before it has a network.
/// </summary>
internal sealed class MachineClock(AgentLog log, TimeProvider time)
{
    /// <summary>A clock that is off by less does no harm.</summary>
    private static readonly TimeSpan LeastOff = TimeSpan.FromMinutes(5);

    /// <summary>A clock that is off by less may be right, in local time.</summary>
    private static readonly TimeSpan LeastOffWhereLocal = TimeSpan.FromDays(1);

    private int _compared;

    public Action<DateTimeOffset> Set { get; init; } = Kernel.SetClock;
    public Func<DateTimeOffset> ReadHardware { get; init; } = Kernel.ReadHardwareClock;
    public Action<DateTimeOffset> SetHardware { get; init; } = Kernel.SetHardwareClock;

    /// <summary>In words how far a clock is off; null where that does no harm.</summary>
    public static string? Off(DateTimeOffset clock, DateTimeOffset right) => Off(clock, right, LeastOff);

    private static string? Off(DateTimeOffset clock, DateTimeOffset right, TimeSpan least)
    {
        var off = right - clock;
        return off.Duration() < least ? null : string.Create(CultureInfo.InvariantCulture, $"{(off > TimeSpan.Zero ? "behind" : "ahead")} by {off.Duration():d\\.hh\\:mm\\:ss}");
    }

    /// <summary>Sets the system's clock where the service's first answer shows that it is off. Not by later ones: the clocks of two services need not agree.</summary>
    /// <param name="date">The time of the answer (RFC 9110, 6.6.1).</param>
    public void Compare(DateTimeOffset date)
    {
        if (Interlocked.Exchange(ref _compared, 1) != 0 || Off(time.GetUtcNow(), date) is not { } off)
            return;
        Try(() => Set(date), $"This machine's clock is {off}: set to the regional service's, {date.UtcDateTime:u}.", $"This machine's clock is {off}, and cannot be set");
    }

    /// <summary>Sets the hardware's clock, in UTC, where it is off by the system's.</summary>
    /// <param name="mayBeLocal">The new system takes it for local time, as Windows does.</param>
    public void KeepInHardware(bool mayBeLocal)
    {
        try
        {
            if (Off(ReadHardware(), time.GetUtcNow(), mayBeLocal ? LeastOffWhereLocal : LeastOff) is { } off)
                Try(() => SetHardware(time.GetUtcNow()), $"The hardware's clock is {off}: set, in UTC, for the new system.", $"The hardware's clock is {off}, and cannot be set");
        }
        catch (IOException e)
        {
            // A machine without one, or one that nothing was ever set on.
            Try(() => SetHardware(time.GetUtcNow()), $"The hardware's clock held no time ({e.Message}): set, in UTC, for the new system.", "The hardware's clock cannot be set");
        }
    }

    private void Try(Action set, string done, string failed)
    {
        try
        {
            set();
            log.Line(done);
        }
        catch (IOException e)
        {
            log.Line($"{failed}: {Printable.Clean(e.Message)}");
        }
    }
}
