using System.Text;
using LpmOs.Boot.Tftp;

namespace LpmOs.Boot.Tests.Tftp;

public sealed class TftpTermsTests
{
    private static TftpTerms Terms(string options, long? length = 70_000, int largest = 1472)
    {
        Assert.True(TftpRequest.TryParse([0, 1, .. Encoding.ASCII.GetBytes(("f|octet|" + options).Replace('|', '\0'))], out var request));
        return TftpTerms.Negotiate(request!, length, largest);
    }

    private static string Answer(TftpTerms terms) => Encoding.ASCII.GetString(TftpWriter.OptionAcknowledgement(terms.Accepted)).Replace('\0', '|');

    [Theory]
    [InlineData("", "|\u0006")]
    [InlineData("blksize|1468|tsize|0|windowsize|4|", "|\u0006blksize|1468|tsize|70000|windowsize|4|")]
    [InlineData("blksize|65464|", "|\u0006blksize|1468|")]
    [InlineData("blksize|8|", "|\u0006blksize|8|")]
    [InlineData("blksize|7|", "|\u0006")]
    [InlineData("blksize|65465|", "|\u0006")]
    [InlineData("blksize|-1|", "|\u0006")]
    [InlineData("blksize| 512|", "|\u0006")]
    [InlineData("blksize|99999999999999999999|", "|\u0006")]
    [InlineData("timeout|0|timeout|5|", "|\u0006")]
    [InlineData("timeout|255|", "|\u0006timeout|255|")]
    [InlineData("windowsize|65535|", "|\u0006windowsize|64|")]
    [InlineData("windowsize|0|", "|\u0006")]
    [InlineData("multicast||utimeout|5|", "|\u0006")]
    public void Takes_lowers_or_ignores(string options, string answer) => Assert.Equal(answer, Answer(Terms(options)));

    [Fact]
    public void What_is_in_flight_is_bounded() => Assert.Equal("|\u0006blksize|65464|windowsize|8|", Answer(Terms("blksize|65464|windowsize|64|", largest: 65508)));

    [Fact]
    public void The_size_is_not_told_where_the_mode_changes_it() => Assert.Equal("|\u0006", Answer(Terms("tsize|0|", length: null)));
}
