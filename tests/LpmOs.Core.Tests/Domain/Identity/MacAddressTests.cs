using LpmOs.Core.Domain.Identity;

namespace LpmOs.Core.Tests.Domain.Identity;

public sealed class MacAddressTests
{
    [Theory]
    [InlineData("00:1a:2b:3c:4d:5e")]
    [InlineData("00:1A:2B:3C:4D:5E")]
    [InlineData("00-1A-2B-3C-4D-5E")]
    [InlineData("001a.2b3c.4d5e")]
    [InlineData("001a2b3c4d5e")]
    public void Ways_vendors_print_it_become_one_form(string text)
    {
        Assert.True(MacAddress.TryNormalize(text, out var mac));
        Assert.Equal("00:1a:2b:3c:4d:5e", mac);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00:1a:2b:3c:4d")]
    [InlineData("00:1a:2b:3c:4d:5e:6f")]
    [InlineData("00:1a:2b:3c:4d:5g")]
    [InlineData("00:1a-2b:3c:4d:5e")]
    [InlineData("001:a2:b3:c4:d5:e")]
    [InlineData("00:1a:2b:3c:4d5e")]
    [InlineData(":00:1a:2b:3c:4d:5e")]
    [InlineData("00:1a:2b:3c:4d:5e:")]
    [InlineData("001a.2b3c.4d5e.")]
    [InlineData("00:00:00:00:00:00")]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("01:00:5e:00:00:01")]
    [InlineData("00:1a:2b:3c:4d:5e\n")]
    [InlineData("００:1a:2b:3c:4d:5e")]
    public void What_no_interface_has_is_refused(string? text) => Assert.False(MacAddress.TryNormalize(text, out _));
}
