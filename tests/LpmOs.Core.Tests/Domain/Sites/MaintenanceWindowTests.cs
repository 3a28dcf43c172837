using System.Globalization;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Snapshot;

namespace LpmOs.Core.Tests.Domain.Sites;

public sealed class MaintenanceWindowTests
{
    // 2026-01-02 is a Friday.
    [Theory]
    [InlineData("2026-01-02T22:00:00Z", true)]
    [InlineData("2026-01-02T21:59:59Z", false)]
    [InlineData("2026-01-03T05:59:00Z", true)]
    [InlineData("2026-01-03T06:00:00Z", false)]
    [InlineData("2026-01-03T22:30:00Z", false)]
    [InlineData("2026-01-02T03:00:00Z", false)]
    public void Over_midnight_the_morning_belongs_to_the_day_before(string now, bool open)
    {
        var window = new MaintenanceWindow { Days = ["fri"], From = "22:00", To = "06:00" };
        Assert.Equal(open, window.IsOpen(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("2026-01-01T18:00:00Z", true)]
    [InlineData("2026-01-01T17:59:00Z", false)]
    [InlineData("2026-01-01T20:00:00Z", false)]
    public void Time_is_that_of_the_place(string now, bool open)
    {
        var window = new MaintenanceWindow { From = "02:00", To = "04:00", TimeZone = "Asia/Shanghai" };
        Assert.Equal(open, window.IsOpen(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_time_zone_that_this_host_does_not_know_opens_nothing_and_is_named()
    {
        var settings = new SiteSettings { MaintenanceWindows = [new MaintenanceWindow { From = "00:00", To = "23:59", TimeZone = "Mars/Olympus" }] };
        var snapshot = StateSnapshot.Empty with { SiteSettings = StateSnapshot.Empty.SiteSettings.SetItem("dc1", settings) };
        var why = Queue.WhyNot(snapshot, Samples.Task(), DateTimeOffset.UnixEpoch);
        Assert.Contains("does not know the time zone Mars/Olympus", why, StringComparison.Ordinal);
    }
}
