using System.Text;
using LpmOs.Boot.Tftp;

namespace LpmOs.Boot.Tests.Tftp;

public sealed class TftpRequestTests
{
    private static byte[] Raw(ushort operation, string zeroSeparated) => [(byte)(operation >> 8), (byte)operation, .. Encoding.Latin1.GetBytes(zeroSeparated.Replace('|', '\0'))];

    [Fact]
    public void Reads_names_in_any_case_and_the_first_of_each()
    {
        Assert.True(TftpRequest.TryParse(Raw(1, "undionly.kpxe|OCTET|BlkSize|1468|TSIZE|0|blksize|9|"), out var request));
        Assert.Equal("undionly.kpxe", request!.FileName);
        Assert.False(request.NetAscii);
        Assert.Equal("1468", request.Options["blksize"]);
        Assert.Equal("0", request.Options["tsize"]);
    }

    [Theory]
    [InlineData(1, "file|octet")]
    [InlineData(1, "file")]
    [InlineData(1, "|octet|")]
    [InlineData(1, "file|mail|")]
    [InlineData(1, "fi\nle|octet|")]
    [InlineData(3, "file|octet|")]
    [InlineData(0, "file|octet|")]
    [InlineData(257, "file|octet|")]
    [InlineData(1, "")]
    public void Anything_else_is_no_request(ushort operation, string rest) => Assert.False(TftpRequest.TryParse(Raw(operation, rest), out _));

    [Fact]
    public void A_request_longer_than_the_rfc_allows_is_none() =>
        Assert.False(TftpRequest.TryParse(Raw(1, new string('a', 505) + "|octet|"), out _));

    [Fact]
    public void Random_bytes_are_read_or_refused_and_never_throw()
    {
        var random = new Random(69);
        var seed = Raw(1, "a|octet|blksize|1468|windowsize|4|");
        var read = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var raw = seed[..random.Next(seed.Length + 1)];
            for (var n = random.Next(4); n > 0 && raw.Length > 0; n--)
                raw[random.Next(raw.Length)] = (byte)random.Next(256);
            if (TftpRequest.TryParse(raw, out var request))
            {
                read++;
                TftpTerms.Negotiate(request, 1000, 1472);
            }
        }
        Assert.InRange(read, 1000, 49_000);
    }
}
