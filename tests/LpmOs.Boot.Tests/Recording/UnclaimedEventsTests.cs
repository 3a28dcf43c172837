using System.Net;
using LpmOs.Boot.Recording;
using LpmOs.Core.Domain.Boots;

namespace LpmOs.Boot.Tests.Recording;

public sealed class UnclaimedEventsTests
{
    private readonly ManualTime _time = new();

    private BootEvent Event(string file) => new() { At = _time.GetUtcNow(), Source = BootEventNames.Tftp, Event = BootEventNames.TftpDone, File = file };

    [Fact]
    public void Old_events_that_nobody_claimed_do_not_shut_out_those_of_the_boot_that_works()
    {
        var address = IPAddress.Parse("10.9.0.7");
        var unclaimed = new UnclaimedEvents(_time);
        for (var n = 0; n < 20; n++)
            unclaimed.Hold(address, Event($"failed-{n}"));
        _time.Advance(TimeSpan.FromMinutes(6));
        unclaimed.Hold(address, Event("ipxe.efi"));
        Assert.Equal(["ipxe.efi"], unclaimed.Claim(address).Select(happened => happened.File));
        Assert.Empty(unclaimed.Claim(address));
    }

    [Fact]
    public void An_address_has_a_bounded_number()
    {
        var address = IPAddress.Parse("10.9.0.7");
        var unclaimed = new UnclaimedEvents(_time);
        for (var n = 0; n < 200; n++)
            unclaimed.Hold(address, Event($"file-{n}"));
        Assert.Equal(16, unclaimed.Claim(address).Count);
    }
}
