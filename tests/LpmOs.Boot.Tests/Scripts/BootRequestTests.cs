using LpmOs.Boot.Scripts;

namespace LpmOs.Boot.Tests.Scripts;

public sealed class BootRequestTests
{
    [Fact]
    public void Takes_what_firmware_sends()
    {
        var request = BootRequest.Create("52-54-00-77-00-01", " SN-1 ", "564D7777-0000-0000-0000-000000000001", "efi", "x86_64", "Acme", "Box 9", out _)!;
        Assert.Equal("52:54:00:77:00:01", request.Mac);
        Assert.Equal("SN-1", request.Serial);
        Assert.Equal("564d7777-0000-0000-0000-000000000001", request.Uuid);
    }

    [Theory]
    [InlineData("52-54-00-77-00", "x")]
    [InlineData("../../etc", "x")]
    [InlineData("01:00:5e:00:00:01", "x")]
    [InlineData("", "")]
    [InlineData(null, "None")]
    [InlineData(null, "a/../b")]
    public void Says_what_is_wrong(string? mac, string serial)
    {
        Assert.Null(BootRequest.Create(mac, serial, null, null, null, null, null, out var error));
        Assert.Contains("mac", error);
    }

    [Theory]
    [InlineData("System Serial Number")]
    [InlineData("Default string")]
    [InlineData("System Serial No")]
    [InlineData("Not Available")]
    [InlineData("0000000000")]
    [InlineData("01234567890123456789AB")]
    [InlineData("x\ny")]
    [InlineData("${net0/mac}")]
    public void A_serial_number_that_is_none_counts_as_absent(string serial) =>
        Assert.Null(BootRequest.Create("52:54:00:77:00:01", serial, null, null, null, null, null, out _)!.Serial);

    [Fact]
    public void What_would_mean_something_to_a_script_is_taken_out()
    {
        var request = BootRequest.Create("52:54:00:77:00:01", "s", null, "efi\n", null, "A${x}\n|| shell", new string('p', 5000), out _)!;
        Assert.Equal("A__x____ shell", request.Manufacturer);
        Assert.Equal("efi", request.Platform);
        Assert.Equal(128, request.Product!.Length);
    }
}
