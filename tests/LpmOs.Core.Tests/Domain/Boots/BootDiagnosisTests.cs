using LpmOs.Core.Domain.Boots;
using static LpmOs.Core.Tests.Domain.Boots.Boots;

namespace LpmOs.Core.Tests.Domain.Boots;

public sealed class BootDiagnosisTests
{
    private static readonly BootEvent Script = Http(7, "machine_script", script: "agent");

    /// <summary>Events, and the code that must show when nothing more comes.</summary>
    public static TheoryData<string, BootEvent[]> Stalls() => new()
    {
        { "no_boot_program", [Dhcp(0, "dhcp_discover", architecture: 27), Dhcp(0.1, "dhcp_unanswered", architecture: 27)] },
        { "offer_ignored", [Dhcp(0, "dhcp_discover"), Dhcp(0.1, "dhcp_offer")] },
        { "other_server_chosen", [Dhcp(0, "dhcp_discover"), Dhcp(0.1, "dhcp_offer"), Dhcp(1, "dhcp_other_server", server: "10.0.0.9")] },
        { "proxy_alone", [Dhcp(0, "dhcp_discover"), Dhcp(0.1, "proxy_offer")] },
        { "boot_file_not_asked", [.. Address(0)] },
        { "boot_file_not_asked", [Dhcp(0, "dhcp_discover"), Dhcp(0.1, "proxy_offer"), Dhcp(1, "dhcp_request", server: "10.0.0.9")] },
        { "boot_program_missing", [.. Address(0), Tftp(1, "pxelinux.0", "tftp_refused")] },
        { "transfer_broken", [.. Address(0), Tftp(1, "ipxe.efi", "tftp_silent"), Tftp(30, "ipxe.efi", "tftp_silent")] },
        { "transfer_broken", [.. Address(0), Tftp(1, "ipxe.efi", "tftp_aborted")] },
        { "boot_program_loop", [.. Address(0), Tftp(1, "undionly.kpxe"), Dhcp(2, "dhcp_discover", "ipxe"), Tftp(3, "undionly.kpxe"), Dhcp(4, "dhcp_discover", "ipxe"), Tftp(5, "undionly.kpxe")] },
        { "efi_program_silent", [.. Address(0), Tftp(1, "ipxe.efi")] },
        { "grub_asks_elsewhere", [Dhcp(0, "dhcp_discover"), Dhcp(0.1, "proxy_offer"), Dhcp(1, "dhcp_request", server: "10.0.0.9"), Tftp(2, "shimx64.efi"), Tftp(3, "grubx64.efi")] },
        { "bios_program_silent", [Dhcp(0, "dhcp_discover", architecture: 0), Tftp(1, "undionly.kpxe")] },
        { "ipxe_no_address", [.. Address(0), Tftp(1, "ipxe.efi"), Dhcp(4, "dhcp_discover", "ipxe"), Dhcp(4.1, "dhcp_offer", "ipxe")] },
        { "script_not_asked", [.. Address(0), Tftp(1, "ipxe.efi"), .. Address(5, "ipxe")] },
        { "ipxe_without_https", [.. Address(0), Tftp(1, "ipxe.efi"), Dhcp(4, "dhcp_discover", "ipxe"), Dhcp(4.1, "dhcp_offer", "ipxe"), Dhcp(4.1, "dhcp_unanswered", "ipxe") with { File = "https://10.0.0.1:8443/boot.ipxe" }] },
        { "ipxe_no_address", [.. Address(0), Tftp(1, "ipxe.efi"), Dhcp(4, "dhcp_discover", "ipxe"), Dhcp(4.1, "dhcp_unanswered", "ipxe")] },
        { "ipxe_https_refused", [.. Address(0), Tftp(1, "ipxe.efi"), .. Address(5, "ipxe").Select(one => one.Event is "dhcp_offer" or "dhcp_ack" ? one with { File = "https://10.0.0.1:8443/boot.ipxe" } : one)] },
        { "machine_script_not_asked", [.. Address(5, "ipxe"), Http(6, "entry_script")] },
        { "boot_image_missing", [Http(6, "entry_script"), Script, Http(8, "http_kernel", "boot/vmlinuz", success: false) with { Reason = "no such file" }] },
        // The machine was reset, or its link went, in the middle of it.
        { "kernel_not_fetched", [Http(6, "entry_script"), Script, Http(8, "http_kernel", "boot/vmlinuz", success: false) with { Reason = "the machine closed the connection" }] },
        { "initrd_not_fetched", [Script, Http(8, "http_kernel", "boot/vmlinuz"), Http(9, "http_initrd", "boot/initramfs", success: false) with { Reason = "HTTP status 500" }] },
        { "installer_silent", [.. Address(0), Tftp(1, "snponly.efi"), .. Address(5, "ipxe"), Http(6, "entry_script"), Http(7, "machine_script", script: "installer"), Http(8, "http_kernel", "esxi-8.0/mboot.efi"), Http(9, "http_initrd", "esxi-8.0/b.b00")] },
        { "kernel_not_fetched", [Http(6, "entry_script"), Script] },
        { "initrd_not_fetched", [Script, Http(8, "http_kernel", "boot/vmlinuz")] },
        { "kernel_silent", [Script, Http(8, "http_kernel", "boot/vmlinuz"), Http(9, "http_initrd", "boot/initramfs")] },
        { "agent_unreachable", [Script, Http(8, "http_kernel", "boot/vmlinuz"), Http(9, "http_initrd", "boot/initramfs"), Dhcp(15, "dhcp_discover", "system")] },
        { "installer_silent", [Http(7, "machine_script", script: "installer"), Http(8, "http_kernel", "assets/x/linux"), Http(9, "http_initrd", "assets/x/initrd.gz"), Dhcp(60, "dhcp_discover", "system")] },
        { "installer_silent", [.. ToAgent(0), Agent(60, "agent_operation", "hand_over"), Http(62, "http_kernel", "assets/x/linux"), Http(64, "http_initrd", "assets/x/initrd.gz"), Dhcp(100, "dhcp_discover", "system")] },
        { "no_first_boot", [Http(6, "entry_script"), Http(7, "machine_script", script: "local_disk", first: true)] },
        { "agent_gone", [.. ToAgent(0)] },
    };

    [Fact]
    public void A_long_transfer_is_no_stall_while_it_goes_on_and_counts_from_its_end()
    {
        BootEvent[] underway = [Script, Http(8, "http_kernel", "boot/vmlinuz"), .. Enumerable.Range(1, 10).Select(n => Tftp(10 + 20 * n, "boot/initramfs", "file_running"))];
        var signs = BootSigns.Of(Of(underway).Boot);
        Assert.Equal(BootPhase.Initrd, signs.Phase);
        Assert.Null(BootDiagnosis.Find(signs, Start.AddSeconds(210 + 80), ended: false, online: null));
        Assert.Equal(StallCodes.InitrdNotFetched, BootDiagnosis.Find(signs, Start.AddSeconds(210 + 90), ended: false, online: null));

        var sent = BootSigns.Of(Of([Script, Http(8, "http_kernel", "boot/vmlinuz"), Http(10, "http_initrd", "boot/initramfs") with { Milliseconds = 200_000 }]).Boot);
        Assert.Null(BootDiagnosis.Find(sent, Start.AddSeconds(210 + 170), ended: false, online: null));
        Assert.Equal(StallCodes.KernelSilent, BootDiagnosis.Find(sent, Start.AddSeconds(210 + 180), ended: false, online: null));
        // Nobody knows when a machine left that stopped to answer.
        Assert.Equal(Start.AddSeconds(10), BootSigns.Of(Of([.. Address(0), Tftp(10, "ipxe.efi", "tftp_silent") with { Milliseconds = 60_000, Success = false }]).Boot).UpdatedAt);
    }

    [Theory]
    [MemberData(nameof(Stalls))]
    public void A_stall_has_its_name_and_words(string code, BootEvent[] events)
    {
        var signs = BootSigns.Of(Of(events).Boot);
        Assert.Equal(code, BootDiagnosis.Find(signs, signs.UpdatedAt.AddMinutes(15), ended: false, online: false));
        foreach (var text in new[] { StallTexts.English(code, signs), StallTexts.Chinese(code, signs) })
        {
            Assert.All(new[] { text.Title, text.Meaning, text.Advice }, words => Assert.NotEqual("", words));
            Assert.DoesNotContain('{', text.Title + text.Meaning + text.Advice);
        }
    }

    [Theory]
    [MemberData(nameof(Stalls))]
    public void Nothing_is_said_of_a_boot_that_goes_on_after_it(string code, BootEvent[] events)
    {
        Assert.NotNull(code);
        var later = events[^1].At.Subtract(Start).TotalSeconds + 1;
        var signs = BootSigns.Of(Of([.. events, Http(later, "entry_script"), Http(later + 1, "machine_script", script: "local_disk")]).Boot);
        Assert.Null(BootDiagnosis.Find(signs, signs.UpdatedAt.AddMinutes(15), ended: false, online: null));
    }

    [Fact]
    public void An_installer_that_reports_is_neither_silent_nor_a_gone_agent()
    {
        var installer = new BootEvent { At = Start.AddSeconds(160), Source = "installer", Event = "installer_report", Operation = "begin", Success = true };
        var signs = BootSigns.Of(Of([.. ToAgent(0), Agent(60, "agent_operation", "hand_over"), Http(62, "http_kernel", "assets/x/linux"), Dhcp(100, "dhcp_discover", "system"), installer]).Boot);
        Assert.Null(BootDiagnosis.Find(signs, signs.UpdatedAt.AddMinutes(15), ended: false, online: true));
        Assert.Equal("agent_gone", BootDiagnosis.Find(signs, signs.UpdatedAt.AddMinutes(15), ended: false, online: false));
        var ended = BootSigns.Of(Of([.. ToAgent(0), installer with { Operation = "end" }]).Boot);
        Assert.Null(BootDiagnosis.Find(ended, ended.UpdatedAt.AddMinutes(15), ended: false, online: false));
    }

    [Fact]
    public void Each_code_is_found_by_some_scenario() =>
        Assert.Equal(StallTexts.Codes.Order(), Stalls().Select(row => row.Data.Item1).Append(StallCodes.BootLoop).Distinct().Order());

    [Fact]
    public void A_program_that_the_firmware_refuses_is_known_when_it_begins_again()
    {
        // OVMF with Secure Boot on: Access Denied at once, and on to the next boot entry.
        var (_, ended) = Of([.. Address(0), Tftp(1, "ipxe.efi"), .. Address(6)]);
        Assert.Equal("efi_program_silent", Assert.Single(ended).Stall);
        Assert.Contains("snponly.efi", StallTexts.English("efi_program_silent", BootSigns.Of(ended[0])).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_boot_that_came_to_its_end_has_no_stall_when_the_next_begins() =>
        Assert.Null(Assert.Single(Of([.. ToAgent(0), Agent(60, "agent_operation", "reboot"), .. Address(90)]).Ended).Stall);

    [Fact]
    public void Boots_again_and_again_are_a_loop()
    {
        var (boot, _) = Of(Enumerable.Range(0, 4).SelectMany(i => Address(i * 60).Append(Tftp((i * 60) + 2, "ipxe.efi")).Append(Dhcp((i * 60) + 5, "dhcp_discover", "ipxe"))));
        Assert.Equal("boot_loop", BootDiagnosis.Find(BootSigns.Of(boot), Start.AddSeconds(187), ended: false, online: null));
        var (three, _) = Of(Enumerable.Range(0, 3).SelectMany(i => Address(i * 60).Append(Tftp((i * 60) + 2, "ipxe.efi"))));
        Assert.Null(BootDiagnosis.Find(BootSigns.Of(three), Start.AddSeconds(125), ended: false, online: null));
    }

    [Fact]
    public void An_agent_that_waits_in_contact_is_no_stall() =>
        Assert.Null(BootDiagnosis.Find(BootSigns.Of(Of(ToAgent(0)).Boot), Start.AddHours(5), ended: false, online: true));
}
