using LpmOs.Core.Domain.Identity;

namespace LpmOs.Core.Tests.Domain.Identity;

public sealed class NamesTests
{
    [Theory]
    [InlineData("sn-001")]
    [InlineData("A")]
    [InlineData("VMware-56 4d 12 34")]
    [InlineData("CN7475152F0123")]
    public void Serial_numbers_as_vendors_print_them(string sn) => Assert.True(Names.IsSn(sn));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a..b")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("sn-001\n")]
    [InlineData("$(reboot)")]
    public void Serial_numbers_that_could_leave_their_key_are_refused(string? sn) => Assert.False(Names.IsSn(sn));

    [Fact]
    public void Serial_numbers_end_at_128_characters()
    {
        Assert.True(Names.IsSn(new string('a', 128)));
        Assert.False(Names.IsSn(new string('a', 129)));
        Assert.False(Names.IsSn(new string('a', 300)));
    }

    [Theory]
    [InlineData("dc1", true)]
    [InlineData("BJ_01-a", true)]
    [InlineData("global", false)]
    [InlineData("-dc", false)]
    [InlineData("dc/1", false)]
    [InlineData("dc1\n", false)]
    [InlineData("", false)]
    public void Idcs(string idc, bool valid) => Assert.Equal(valid, Names.IsIdc(idc));

    [Theory]
    [InlineData("web-01", true)]
    [InlineData("web-01.example.com", true)]
    [InlineData("-web", false)]
    [InlineData("web_01", false)]
    [InlineData("web..com", false)]
    [InlineData("web\n", false)]
    public void Hostnames(string name, bool valid) => Assert.Equal(valid, Names.IsHostname(name));
}
