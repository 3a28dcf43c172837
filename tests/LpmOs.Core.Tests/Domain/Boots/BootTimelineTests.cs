using LpmOs.Core.Domain.Boots;
using static LpmOs.Core.Tests.Domain.Boots.Boots;

namespace LpmOs.Core.Tests.Domain.Boots;

public sealed class BootTimelineTests
{
    [Fact]
    public void From_the_first_request_to_the_report_is_one_boot()
    {
        var (boot, ended) = Of(ToAgent(0));
        Assert.Empty(ended);
        Assert.Equal(BootPhase.Agent, BootSigns.Of(boot).Phase);
        Assert.Equal("20260101T000000000Z", boot.BootId);
        Assert.Equal(boot.Events.OrderBy(e => e.At), boot.Events);
        Assert.Equal("10.0.0.100", BootSigns.Of(boot).Address);
    }

    [Fact]
    public void A_machine_that_begins_again_begins_another_boot()
    {
        var (boot, ended) = Of([.. ToAgent(0), .. ToAgent(100), .. ToAgent(200)]);
        Assert.Equal(["20260101T000000000Z", "20260101T000140000Z"], ended.Select(e => e.BootId));
        Assert.Equal(["20260101T000140000Z", "20260101T000000000Z"], boot.Former);
        Assert.All(ended, former => Assert.Empty(former.Former));
    }

    [Theory]
    [InlineData("undionly.kpxe")]
    [InlineData("snponly.efi")]
    public void Without_our_DHCP_a_boot_begins_with_the_boot_program(string program)
    {
        var (_, ended) = Of(Tftp(0, program), Http(4, "entry_script"), Http(5, "machine_script", script: "local_disk"), Tftp(60, program));
        Assert.Single(ended);
    }

    /// <summary>Two boot services of a site hear each broadcast; the one whose clock is ahead writes after what the machine did next.</summary>
    [Theory]
    [InlineData("0x00000001", 0)]
    [InlineData("0x00000002", 1)]
    public void A_request_that_another_service_heard_too_begins_no_boot(string transaction, int ended)
    {
        var first = Dhcp(0, "dhcp_discover") with { Transaction = "0x00000001" };
        var (boot, former) = Of([first, .. Address(0).Skip(1), Tftp(2, "snponly.efi"), Dhcp(4, "dhcp_discover") with { Transaction = transaction }]);
        Assert.Equal(ended, former.Count);
        Assert.Equal(ended == 0 ? BootPhase.BootProgram : BootPhase.FirmwareDhcp, BootSigns.Of(boot).Phase);
    }

    [Fact]
    public void Firmware_with_the_same_transaction_id_at_every_start_is_seen_to_start_again()
    {
        var first = Dhcp(0, "dhcp_discover") with { Transaction = "0x00770001" };
        Assert.Single(Of([first, .. Address(0).Skip(1), Tftp(2, "snponly.efi"), first with { At = Start.AddSeconds(60) }]).Ended);
    }

    /// <summary>A clock that was years ahead wrote once, and was set.</summary>
    [Fact]
    public void What_a_wrong_clock_wrote_keeps_no_later_boot_from_its_own_record()
    {
        var (boot, ended) = Of([Dhcp(4 * 365 * 86_400.0, "dhcp_discover"), .. ToAgent(0), .. ToAgent(100)]);
        Assert.Equal(2, ended.Count);
        Assert.Equal("20260101T000140000Z", boot.BootId);
    }

    /// <summary>shim refuses a kernel: GRUB goes back and asks anew, every few seconds.</summary>
    [Fact]
    public void GRUB_that_asks_its_script_again_is_one_boot()
    {
        var again = Enumerable.Range(0, 12).SelectMany(n => (BootEvent[])[Http(10 + (n * 5), "machine_script", script: "installer"), Tftp(12 + (n * 5), "assets/x/vmlinuz")]);
        Assert.Empty(Of([.. Address(0), Tftp(1, "shimx64.efi"), Tftp(2, "grubx64.efi"), .. again]).Ended);
    }

    [Theory]
    [InlineData("esxi-8.0/mboot.efi", BootFileKind.Kernel)]
    [InlineData("esxi-8.0/b.b00", BootFileKind.Initrd)]
    [InlineData("windows/wimboot", BootFileKind.Kernel)]
    [InlineData("windows/boot.wim", BootFileKind.Initrd)]
    [InlineData("flatcar/flatcar_production_pxe_image.cpio.gz", BootFileKind.Initrd)]
    [InlineData("ipxe.efi", BootFileKind.Program)]
    [InlineData("local.efi", BootFileKind.Other)]
    public void Files_are_told_apart_by_their_names(string path, BootFileKind kind) => Assert.Equal(kind, BootFiles.KindOf(path));

    [Fact]
    public void A_file_alone_is_no_boot() => Assert.Null(Of(Http(0, "http_kernel", "boot/vmlinuz"), Http(1, "http_file", "images/x"), Dhcp(2, "dhcp_discover", "system")).Boot);

    [Fact]
    public void Repeated_requests_are_one_line_with_a_number()
    {
        var (boot, _) = Of(Enumerable.Range(0, 10).SelectMany(i => new[] { Dhcp(i * 4, "dhcp_discover"), Dhcp((i * 4) + 0.1, "dhcp_offer") }));
        Assert.Equal([("dhcp_discover", 10), ("dhcp_offer", 10)], boot.Events.Select(e => (e.Event, e.Count)));
        Assert.Equal(Start.AddSeconds(36), boot.Events[0].LastAt);
    }

    [Fact]
    public void What_a_slower_service_writes_later_finds_its_place_and_begins_nothing()
    {
        var events = ToAgent(0).ToList();
        var late = events.Where(e => e.Source == "http").ToList();
        var (boot, ended) = Of([.. events.Except(late), .. late]);
        Assert.Empty(ended);
        Assert.Equal(events.Select(e => e.At), boot.Events.Select(e => e.At));
    }

    [Fact]
    public void The_same_event_written_twice_is_there_once()
    {
        var once = Of(ToAgent(0)).Boot;
        Assert.Equal(once.Events.Count, Of([.. ToAgent(0), .. ToAgent(0)]).Boot.Events.Count);
    }

    [Fact]
    public void A_flood_keeps_the_beginning_and_the_end()
    {
        var (boot, _) = Of([.. Address(0), .. Enumerable.Range(0, 500).Select(i => Tftp(1 + i, $"file-{i}.efi"))]);
        Assert.Equal((BootTimeline.MostEvents, 504 - BootTimeline.MostEvents), (boot.Events.Count, boot.Omitted));
        Assert.Equal(("dhcp_discover", "file-499.efi"), (boot.Events[0].Event, boot.Events[^1].File));
    }

    [Fact]
    public void An_installers_files_do_not_push_out_what_it_reported()
    {
        BootEvent Report(int second, string phase) => new() { At = Start.AddSeconds(second), Source = "installer", Event = "installer_report", Operation = phase, TaskId = "task-00000001" };
        var (boot, _) = Of([.. ToAgent(0), .. Enumerable.Range(0, 20).Select(i => Agent(30 + i, "agent_result", $"operation-{i}")), Report(60, "begin"),
            .. Enumerable.Range(0, 500).Select(i => Http(100 + i, "http_file", $"repository/package-{i}.deb"))]);
        Assert.Contains(boot.Events, happened => happened.Operation == "begin");
        Assert.True(BootSigns.Of(boot).Reported);
        Assert.Equal((BootTimeline.MostEvents, "repository/package-499.deb"), (boot.Events.Count, boot.Events[^1].File));
    }

    [Fact]
    public void No_more_former_boots_are_kept_than_the_limit()
    {
        var (boot, ended) = Of(Enumerable.Range(0, 30).SelectMany(i => ToAgent(i * 100)));
        Assert.Equal((29, BootRecord.Kept - 1), (ended.Count, boot.Former.Count));
        Assert.Equal(ended[^1].BootId, boot.Former[0]);
    }

    [Fact]
    public void IPXE_that_is_handed_iPXE_is_one_boot() =>
        Assert.Empty(Of([.. Address(0), .. Enumerable.Range(0, 4).SelectMany(i => new[] { Tftp(1 + (i * 5), "undionly.kpxe"), Dhcp(3 + (i * 5), "dhcp_discover", "ipxe") })]).Ended);
}
