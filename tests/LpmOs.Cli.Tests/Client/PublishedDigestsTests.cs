using System.Security.Cryptography;
using LpmOs.Cli.Client;

namespace LpmOs.Cli.Tests.Client;

public sealed class PublishedDigestsTests
{
    private static readonly string A = new('a', 64), B = new('b', 64), Sha512 = new('c', 128), Sha384 = new('e', 96), Sha1 = new('f', 40), Md5 = new('d', 32);

    private static string? Digest(PublishedDigests list, string url, string file) => list.Of(url, file) is [{ IsTrusted: true } one] ? one.Digest : null;

    private static Dictionary<HashAlgorithmName, string> Of(HashAlgorithmName algorithm, string digest) => new() { [algorithm] = digest };

    [Theory]
    [InlineData("SHA256SUMS", "{A}  ./netboot/amd64/linux\n{B}  ./netboot/amd64/initrd.gz\n")]
    [InlineData("SHA256SUMS", "{A} *netboot/amd64/linux\r\n{B} *netboot/amd64/initrd.gz\r\n")]
    [InlineData("CHECKSUMS", "{A} netboot/amd64/linux\n{B}  netboot/amd64/initrd.gz\n")]
    [InlineData("CHECKSUMS", "# file\nSHA256 (netboot/amd64/linux) = {A}\nMD5 (netboot/amd64/linux) = {Md5}\nSHA256 (netboot/amd64/initrd.gz) = {B}\n")]
    [InlineData(".treeinfo", "[checksums]\nnetboot/amd64/linux = sha256:{A}\nnetboot/amd64/initrd.gz = sha256:{B}\nimages/boot.iso = md5:{Md5}\n\n[general]\narch = x86_64\nversion = 9\n")]
    public void Lists_of_every_vendor_are_read(string name, string text)
    {
        var list = PublishedDigests.Parse(text.Replace("{A}", A, StringComparison.Ordinal).Replace("{B}", B, StringComparison.Ordinal).Replace("{Md5}", Md5, StringComparison.Ordinal));
        var url = "https://vendor.example/12/" + name;
        Assert.Equal(A, Digest(list, url, "https://vendor.example/12/netboot/amd64/linux"));
        Assert.Equal(B, Digest(list, url, "https://vendor.example/12/netboot/amd64/initrd.gz"));
        Assert.Null(Digest(list, url, "https://vendor.example/13/netboot/amd64/linux"));
        Assert.Null(Digest(list, url, "https://vendor.example/12/images/boot.iso"));
        Assert.True(list.Has(Of(HashAlgorithmName.SHA256, A)));
        Assert.False(list.Has(Of(HashAlgorithmName.MD5, Md5)));
    }

    /// <summary>Flatcar's, Gentoo's form: each digest below a heading that says what it is. BLAKE2b has as many digits as SHA-512.</summary>
    [Fact]
    public void Digests_below_headings_are_what_the_headings_say()
    {
        var list = PublishedDigests.Parse($"# MD5 HASH\n{Md5}  pxe.vmlinuz\n# SHA1 HASH\n{Sha1}  pxe.vmlinuz\n# BLAKE2B HASH\n{new string('9', 128)}  pxe.vmlinuz\n# SHA512 HASH\n{Sha512}  pxe.vmlinuz\n");
        var file = Assert.Single(list.Of("https://vendor.example/current/pxe.vmlinuz.DIGESTS", "https://vendor.example/current/pxe.vmlinuz"));
        Assert.Equal(new PublishedFile("https://vendor.example/current/pxe.vmlinuz", HashAlgorithmName.SHA512, Sha512), file);
        Assert.Equal([HashAlgorithmName.SHA512], list.Algorithms);
        Assert.True(list.Has(Of(HashAlgorithmName.SHA512, Sha512)));
        Assert.False(list.Has(Of(HashAlgorithmName.SHA1, Sha1)));
    }

    [Theory]
    [InlineData("{Sha512}  linux\n", "SHA512")]
    [InlineData("{Sha384} *linux\n", "SHA384")]
    [InlineData("SHA512 (linux) = {Sha512}\n", "SHA512")]
    [InlineData("[checksums]\nlinux = sha512:{Sha512}\n", "SHA512")]
    [InlineData("{Sha512}  linux\n{A}  linux\n{Sha384}  linux\n", "SHA256")]
    [InlineData("[checksums]\nlinux = sha1:{Sha1}\n", "SHA1")]
    [InlineData("[checksums]\nlinux = md5:{Md5}\n", "MD5")]
    [InlineData("{Md5}  linux\n{Sha1}  linux\n", "SHA1")]
    public void The_best_digest_of_a_file_counts_and_old_ones_are_not_trusted(string text, string algorithm)
    {
        var list = PublishedDigests.Parse(text.Replace("{A}", A, StringComparison.Ordinal).Replace("{Sha512}", Sha512, StringComparison.Ordinal).Replace("{Sha384}", Sha384, StringComparison.Ordinal)
            .Replace("{Sha1}", Sha1, StringComparison.Ordinal).Replace("{Md5}", Md5, StringComparison.Ordinal));
        var file = Assert.Single(list.Of("https://vendor.example/SUMS", "https://vendor.example/linux"));
        Assert.Equal(algorithm, file.Algorithm.Name);
        Assert.Equal(algorithm is not ("SHA1" or "MD5"), file.IsTrusted);
    }

    [Fact]
    public void What_is_no_digest_of_this_kind_is_passed_over()
    {
        var list = PublishedDigests.Parse($"<html>404</html>\n{Sha512}0  linux\n{A[..63]}g  linux\n{A[..60]}  linux\n{A}\nlinux = sha256:{Sha512}\nSHA512 (linux) = {A}\nlinux = blake2b:{Sha512}\n-----BEGIN PGP SIGNATURE-----\n");
        Assert.Null(Digest(list, "http://vendor.example/SHA256SUMS", "http://vendor.example/linux"));
        Assert.Equal("-", list.Names());
    }

    [Fact]
    public void The_first_of_two_lines_counts_and_upper_case_is_taken_for_the_same()
    {
        var list = PublishedDigests.Parse($"{A.ToUpperInvariant()}  linux\n{B}  linux\n");
        Assert.Equal(A, Digest(list, "http://vendor.example/SHA256SUMS", "http://vendor.example/linux"));
    }

    [Fact]
    public void A_star_stands_for_the_release_that_the_list_names()
    {
        var list = PublishedDigests.Parse($"{B} *ubuntu-24.04.4-desktop-amd64.iso\n{A} *ubuntu-24.04.4-live-server-amd64.iso\n{B} *old/ubuntu-24.04.1-live-server-amd64.iso\n{B} *ubuntu-24.04.4-live-server-amd64.iso.zsync\n");
        Assert.Equal([new PublishedFile("https://vendor.example/24.04/ubuntu-24.04.4-live-server-amd64.iso", HashAlgorithmName.SHA256, A)],
            list.Of("https://vendor.example/24.04/SHA256SUMS", "https://vendor.example/24.04/ubuntu-24.04*-live-server-amd64.iso"));
        Assert.Empty(list.Of("https://vendor.example/24.04/SHA256SUMS", "https://vendor.example/22.04/ubuntu-24.04*-live-server-amd64.iso"));
        // Everything but the star is meant as it stands.
        Assert.Empty(list.Of("https://vendor.example/24.04/SHA256SUMS", "https://vendor.example/24.04/ubuntu-24x04*-live-server-amd64.iso"));
    }

    /// <summary>A hostile list of many names and a hostile pattern of many stars end at once: the pattern is matched without going back.</summary>
    [Fact]
    public void Many_stars_are_no_trap()
    {
        var list = PublishedDigests.Parse(string.Concat(Enumerable.Range(0, 200).Select(n => $"{A}  {new string('a', 2000)}{n}\n")));
        Assert.Empty(list.Of("https://vendor.example/SHA256SUMS", "https://vendor.example/" + string.Concat(Enumerable.Repeat("a*", 50)) + "b"));
    }
}
