using LpmOs.Boot.Dhcp;

namespace LpmOs.Boot.Tests.Dhcp;

public sealed class BootTargetTests
{
    private static string? FileFor(byte[][] options, params string[] assets) =>
        Packets.Identity(assets).Targets.For(BootClient.Of(Packets.Request(DhcpMessageType.Discover, options)))?.File;

    [Theory]
    [InlineData(0, "undionly.kpxe")]
    [InlineData(6, "snponly.efi")]
    [InlineData(7, "snponly.efi")]
    [InlineData(9, "snponly.efi")]
    [InlineData(11, null)]
    [InlineData(10, null)]
    public void Pxe_by_architecture(ushort architecture, string? file) => Assert.Equal(file, FileFor(Packets.Pxe(architecture)));

    [Fact]
    public void Arm_boots_grub_where_it_is_held()
    {
        Assert.Equal("grubaa64.efi", FileFor(Packets.Pxe(11), "ipxe/grubaa64.efi"));
        Assert.Equal("http://10.77.0.1:8082/files/ipxe/grubaa64.efi", FileFor(Packets.Http(19), "ipxe/grubaa64.efi"));
        Assert.Null(FileFor(Packets.Http(19)));
    }

    [Fact]
    public void Uefi_takes_the_full_ipxe_where_snponly_is_missing() => Assert.Equal("ipxe.efi", FileFor(Packets.Pxe(7), "ipxe/ipxe.efi"));

    [Fact]
    public void Http_boot_gets_a_url() => Assert.Equal("http://10.77.0.1:8082/files/ipxe/snponly.efi", FileFor(Packets.Http(16)));

    [Fact]
    public void Ipxe_gets_the_script_whichever_way_it_says_its_name()
    {
        const string script = "http://10.77.0.1:8082/boot.ipxe";
        Assert.Equal(script, FileFor([.. Packets.Pxe(7), Packets.Option(77, "iPXE")]));
        Assert.Equal(script, FileFor([.. Packets.Pxe(0), Packets.Option(77, "\u0004iPXE")]));
        Assert.Equal(script, FileFor([.. Packets.Pxe(0), Packets.Option(77, "\u0003abc\u0004iPXE")]));
        Assert.Equal(script, FileFor([.. Packets.Pxe(0), Packets.Option(175, 0xb1, 1, 1)]));
    }

    /// <summary>Option 175 as iPXE builds it: priority, bus, what it was built with. The first is Debian's of 2019, the second one of 2026 with HTTPS.</summary>
    [Theory]
    [InlineData("b105018086100e" + "130101" + "150101" + "170101" + "240101" + "270101", "http://10.77.0.1:8082", null, "http://10.77.0.1:8082/boot.ipxe")]
    [InlineData("b105018086100e" + "130101" + "150101" + "170101" + "240101" + "270101", "http://10.77.0.1:8082", "https://10.77.0.1:8443", "http://10.77.0.1:8082/boot.ipxe")]
    [InlineData("b105018086100e" + "130101" + "140101" + "150101" + "240101", "http://10.77.0.1:8082", "https://10.77.0.1:8443", "https://10.77.0.1:8443/boot.ipxe")]
    [InlineData("b105018086100e" + "130101" + "140101" + "150101" + "240101", "http://10.77.0.1:8082", null, "http://10.77.0.1:8082/boot.ipxe")]
    [InlineData("130101" + "150101", "https://10.77.0.1:8443", null, null)]
    [InlineData("130101" + "140101", "https://10.77.0.1:8443", null, "https://10.77.0.1:8443/boot.ipxe")]
    // It does not say what it was built with; then cut short, with a length that leads out, and with a feature that was switched off.
    [InlineData("b10101", "https://10.77.0.1:8443", null, "https://10.77.0.1:8443/boot.ipxe")]
    [InlineData("b10101", "http://10.77.0.1:8082", "https://10.77.0.1:8443", "http://10.77.0.1:8082/boot.ipxe")]
    [InlineData("13010114", "http://10.77.0.1:8082", "https://10.77.0.1:8443", "http://10.77.0.1:8082/boot.ipxe")]
    [InlineData("1401", "http://10.77.0.1:8082", "https://10.77.0.1:8443", "http://10.77.0.1:8082/boot.ipxe")]
    [InlineData("140100", "http://10.77.0.1:8082", "https://10.77.0.1:8443", "http://10.77.0.1:8082/boot.ipxe")]
    [InlineData("1400", "http://10.77.0.1:8082", "https://10.77.0.1:8443", "http://10.77.0.1:8082/boot.ipxe")]
    public void Ipxe_gets_a_script_by_https_where_it_says_that_it_can(string features, string plain, string? secure, string? script)
    {
        var client = BootClient.Of(Packets.Request(DhcpMessageType.Discover, [.. Packets.Pxe(7), Packets.Option(77, "iPXE"), Packets.Option(175, Convert.FromHexString(features))]));
        var targets = new BootTargets(plain, _ => true, null, secure);
        Assert.Equal(script, targets.For(client)?.File);
        Assert.Equal(script is null ? plain + "/boot.ipxe" : null, targets.RefusedScript(client));
    }

    [Theory]
    [InlineData("gPXE")]
    [InlineData("\u00ffiPXE")]
    [InlineData("\u0000iPXE")]
    [InlineData("")]
    public void Others_do_not_pass_for_ipxe(string userClass) => Assert.Equal("undionly.kpxe", FileFor([.. Packets.Pxe(0), Packets.Option(77, userClass)]));

    [Fact]
    public void An_operating_system_gets_no_boot_file() => Assert.Null(FileFor([Packets.Option(60, "udhcp 1.35.0")]));

    [Fact]
    public void The_vendor_class_tells_the_architecture_where_option_93_is_missing() =>
        Assert.Equal("snponly.efi", FileFor([Packets.Option(60, "PXEClient:Arch:00007:UNDI:003016")]));
}
