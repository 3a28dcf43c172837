using LpmOs.Cli.Client;

namespace LpmOs.Cli.Tests.Client;

public sealed class PublishedDigestsTests
{
    private static readonly string A = new('a', 64), B = new('b', 64), Sha512 = new('c', 128), Md5 = new('d', 32);

    [Theory]
    [InlineData("SHA256SUMS", "{A}  ./netboot/amd64/linux\n{B}  ./netboot/amd64/initrd.gz\n")]
    [InlineData("SHA256SUMS", "{A} *netboot/amd64/linux\r\n{B} *netboot/amd64/initrd.gz\r\n")]
    [InlineData("CHECKSUMS", "# file\nSHA256 (netboot/amd64/linux) = {A}\nMD5 (netboot/amd64/linux) = {Md5}\nSHA256 (netboot/amd64/initrd.gz) = {B}\n")]
    [InlineData(".treeinfo", "[checksums]\nnetboot/amd64/linux = sha256:{A}\nnetboot/amd64/initrd.gz = sha256:{B}\nimages/boot.iso = md5:{Md5}\n\n[general]\narch = x86_64\nversion = 9\n")]
    public void Lists_of_every_vendor_are_read(string name, string text)
    {
        var list = PublishedDigests.Parse(text.Replace("{A}", A, StringComparison.Ordinal).Replace("{B}", B, StringComparison.Ordinal).Replace("{Md5}", Md5, StringComparison.Ordinal));
        var url = "https://vendor.example/12/" + name;
        Assert.Equal(A, list.Of(url, "https://vendor.example/12/netboot/amd64/linux"));
        Assert.Equal(B, list.Of(url, "https://vendor.example/12/netboot/amd64/initrd.gz"));
        Assert.Null(list.Of(url, "https://vendor.example/13/netboot/amd64/linux"));
        Assert.Null(list.Of(url, "https://vendor.example/12/images/boot.iso"));
        Assert.True(list.Has(A));
        Assert.False(list.Has(Md5));
    }

    [Fact]
    public void What_is_no_digest_of_this_kind_is_passed_over()
    {
        var list = PublishedDigests.Parse($"<html>404</html>\n{Sha512}  linux\n{A[..63]}g  linux\n{A}\nlinux = sha256:{Sha512}\n-----BEGIN PGP SIGNATURE-----\n");
        Assert.Null(list.Of("http://vendor.example/SHA256SUMS", "http://vendor.example/linux"));
        Assert.Equal("-", list.Names());
    }

    [Fact]
    public void The_first_of_two_lines_counts_and_upper_case_is_taken_for_the_same()
    {
        var list = PublishedDigests.Parse($"{A.ToUpperInvariant()}  linux\n{B}  linux\n");
        Assert.Equal(A, list.Of("http://vendor.example/SHA256SUMS", "http://vendor.example/linux"));
    }
}
