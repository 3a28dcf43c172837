using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Snapshot;

namespace LpmOs.Core.Tests.Domain.Sites;

public sealed class TimeLimitsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SiteContact There = new(Start.AddDays(-1), null);

    private static InstallTask Installing() => Samples.Task() with
    {
        Status = TaskState.Installing, Step = "downloading", Percent = 63, Message = "40 MB", StartedAt = Start, UpdatedAt = Start,
    };

    [Fact]
    public void A_machine_that_reports_is_left_alone() =>
        Assert.Null(TimeLimits.Enforce(Installing(), online: true, There, SiteSettings.Default, Start.AddMinutes(14)));

    [Theory]
    [InlineData(true, "agent_stuck")]
    [InlineData(false, "machine_vanished")]
    public void One_that_vanished_is_told_apart_from_one_that_hangs(bool online, string code)
    {
        var failed = TimeLimits.Enforce(Installing(), online, There, SiteSettings.Default, Start.AddMinutes(15))!;
        Assert.Equal((TaskState.Failed, code), (failed.Status, failed.Failure!.Code));
        Assert.Contains("downloading (63%)", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("40 MB", failed.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_that_says_it_is_alive_while_nothing_moves_has_longer_and_then_is_told_as_stuck()
    {
        var hung = Installing() with { HeardAt = Start.AddMinutes(50) };
        Assert.Null(TimeLimits.Enforce(hung, online: true, There, SiteSettings.Default, Start.AddMinutes(59)));
        var failure = TimeLimits.Enforce(hung, online: true, There, SiteSettings.Default, Start.AddMinutes(60))!.Failure!;
        Assert.Equal("agent_stuck", failure.Code);
        Assert.Contains("at 2026-01-01 00:00:00Z", failure.Message, StringComparison.Ordinal);
        Assert.Contains("alive at 2026-01-01 00:50:00Z", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_was_heard_of_and_then_vanished_is_counted_from_its_last_word()
    {
        var heard = Installing() with { HeardAt = Start.AddMinutes(20) };
        Assert.Null(TimeLimits.Enforce(heard, online: false, There, SiteSettings.Default, Start.AddMinutes(34)));
        Assert.Equal("machine_vanished", TimeLimits.Enforce(heard, online: false, There, SiteSettings.Default, Start.AddMinutes(35))!.Failure!.Code);
    }

    [Fact]
    public void A_failure_tells_the_last_boot_event_and_what_is_known_of_the_stall()
    {
        var boot = Boots.Boots.Of([.. Boots.Boots.Address(0), Boots.Boots.Tftp(1, "ipxe.efi")]).Boot;
        var failure = TimeLimits.Enforce(Installing(), online: false, There, SiteSettings.Default, Start.AddMinutes(15), LpmOs.Core.Domain.Boots.BootSigns.Of(boot))!.Failure!;
        Assert.Contains("Last boot event: TFTP sent ipxe.efi 1000 B at 2026-01-01 00:00:01Z", failure.Message, StringComparison.Ordinal);
        Assert.Contains("never asked again", failure.Message, StringComparison.Ordinal);
        Assert.Contains("snponly.efi", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_reboots_into_its_system_has_the_longer_time()
    {
        var rebooting = Installing() with { AwaitingFirstBoot = true, Operations = [new OperationRecord { Operation = "os_install", StartedAt = Start, FinishedAt = Start }] };
        Assert.Null(TimeLimits.Enforce(rebooting, online: false, There, SiteSettings.Default, Start.AddMinutes(44)));
        Assert.Equal("no_first_boot", TimeLimits.Enforce(rebooting, online: false, There, SiteSettings.Default, Start.AddMinutes(45))!.Failure!.Code);
    }

    [Fact]
    public void A_deadline_cancels_what_nobody_approved_and_fails_what_is_under_way()
    {
        var settings = SiteSettings.Default;
        Assert.Equal(TaskState.Cancelled, TimeLimits.Enforce(Samples.Task() with { Deadline = Start }, false, There, settings, Start.AddSeconds(1))!.Status);
        Assert.Equal("deadline_passed", TimeLimits.Enforce(Installing() with { Deadline = Start }, true, There, settings, Start.AddSeconds(1))!.Failure!.Code);
        Assert.Null(TimeLimits.Enforce(Installing() with { Deadline = Start, Status = TaskState.Completed }, true, There, settings, Start.AddSeconds(1)));
    }

    /// <summary>Sixteen terabytes are not overwritten in four hours.</summary>
    [Fact]
    public void A_wipe_of_a_large_disk_has_the_time_that_it_needs()
    {
        InstallTask At(int minutes, string? wipe) => Installing() with { UpdatedAt = Start.AddMinutes(minutes), HeardAt = Start.AddMinutes(minutes), Plan = new InstallPlan { TaskId = "t", Attempt = 1, Sn = "s", Operations = [], Os = new OsPlan { Id = "debian", Version = "12", Name = "Debian 12", InstallMethod = "image" }, Disk = new DiskPlan { Device = "/dev/sda", SizeBytes = 16_000_000_000_000, Wipe = wipe }, Partitions = [], DiskGuid = "", Hostname = "h", Users = [], KernelArguments = [], Network = new() } };
        Assert.Null(TimeLimits.Enforce(At(4000, WipeMethods.AtaSecureErase), true, There, SiteSettings.Default, Start.AddMinutes(4000)));
        Assert.Equal("too_slow", TimeLimits.Enforce(At(5000, WipeMethods.AtaSecureErase), true, There, SiteSettings.Default, Start.AddMinutes(5000))!.Failure!.Code);
        Assert.Equal("too_slow", TimeLimits.Enforce(At(240, WipeMethods.Edges), true, There, SiteSettings.Default, Start.AddMinutes(240))!.Failure!.Code);
    }

    [Fact]
    public void One_that_reports_for_ever_ends_too() =>
        Assert.Equal("too_slow", TimeLimits.Enforce(Installing() with { UpdatedAt = Start.AddMinutes(240) }, true, There, SiteSettings.Default, Start.AddMinutes(240))!.Failure!.Code);

    [Fact]
    public void While_the_site_is_cut_off_nothing_fails_and_the_task_says_so_without_a_sign_of_life()
    {
        var gone = new SiteContact(null, Start.AddMinutes(1));
        var settings = SiteSettings.Default;
        var marked = TimeLimits.Enforce(Installing() with { Deadline = Start.AddHours(1) }, online: false, gone, settings, Start.AddHours(9))!;
        Assert.Equal((TaskState.Installing, Start), (marked.Status, marked.UpdatedAt));
        Assert.Contains("No regional service of dc1 is in contact since 2026-01-01 00:01:00Z", marked.Message, StringComparison.Ordinal);
        Assert.Null(TimeLimits.Enforce(marked, online: false, gone, settings, Start.AddHours(10)));

        // Back: reports that waited there get their time, and then the limits hold again.
        var back = new SiteContact(Start.AddHours(10), null);
        var waits = TimeLimits.Enforce(marked, online: false, back, settings, Start.AddHours(10).AddMinutes(14))!;
        Assert.Equal(TaskState.Installing, waits.Status);
        Assert.Contains("back since", waits.Message, StringComparison.Ordinal);
        Assert.Null(TimeLimits.Enforce(waits with { AwaitingFirstBoot = true, Deadline = null }, online: false, back, settings, Start.AddHours(10).AddMinutes(44)));
        Assert.Equal("machine_vanished", TimeLimits.Enforce(waits with { Deadline = null }, online: false, back, settings, Start.AddHours(10).AddMinutes(15))!.Failure!.Code);
    }

    [Fact]
    public void The_site_is_there_since_its_oldest_service_that_never_left()
    {
        ServiceInstance Service(string name, int connected) => new() { Kind = "regional", Instance = name, StartedAt = Start, ConnectedAt = Start.AddMinutes(connected), HeartbeatAt = Start.AddMinutes(50) };
        var snapshot = StateSnapshot.Empty;
        Assert.Equal(new SiteContact(null, null), SiteContact.Of(snapshot, "dc1"));
        snapshot = snapshot with { KnownServices = snapshot.KnownServices.Add(("dc1", "regional", "a"), Service("a", 5)).Add(("dc1", "boot", "c"), Service("c", 1)) };
        Assert.Equal(new SiteContact(null, Start.AddMinutes(50)), SiteContact.Of(snapshot, "dc1"));
        snapshot = snapshot with { Services = snapshot.Services.Add(("dc1", "regional", "a"), Service("a", 5)).Add(("dc1", "regional", "b"), Service("b", 9)).Add(("dc2", "regional", "d"), Service("d", 0)) };
        Assert.Equal(new SiteContact(Start.AddMinutes(5), null), SiteContact.Of(snapshot, "dc1"));
    }
}
