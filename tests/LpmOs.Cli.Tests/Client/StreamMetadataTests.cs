using System.Security.Cryptography;
using LpmOs.Cli.Client;

namespace LpmOs.Cli.Tests.Client;

/// <summary>Stream metadata in the shape in which Fedora CoreOS published it on 2026-07-21 (generator v0.2.19), with addresses and digests of our own.</summary>
public sealed class StreamMetadataTests
{
    private const string List = "https://vendor.example/streams/stable.json";
    private const string Builds = "https://vendor.example/prod/streams/stable/builds/";
    private static readonly string Kernel = new('a', 64), Initramfs = new('b', 64), Disk = new('c', 64), Unpacked = new('d', 64), Other = new('e', 64);

    public static string Sample { get; } = $$"""
        {
          "stream": "stable",
          "metadata": { "last-modified": "2026-07-21T14:07:12Z", "generator": "fedora-coreos-stream-generator v0.2.19" },
          "architectures": {
            "aarch64": { "artifacts": { "metal": { "release": "44.1.3.1", "formats": { "pxe": {
              "kernel": { "location": "{{Builds}}44.1.3.1/aarch64/fedora-coreos-44.1.3.1-live-kernel.aarch64", "signature": "{{Builds}}44.1.3.1/aarch64/fedora-coreos-44.1.3.1-live-kernel.aarch64.sig", "sha256": "{{Other}}" } } } } } },
            "x86_64": {
              "artifacts": {
                "aws": { "release": "44.1.3.1", "formats": { "vmdk.xz": { "disk": { "location": "{{Builds}}44.1.3.1/x86_64/fedora-coreos-44.1.3.1-aws.x86_64.vmdk.xz", "sha256": "{{Other}}", "uncompressed-sha256": "{{Unpacked}}" } } } },
                "metal": { "release": "44.1.3.1", "formats": {
                  "pxe": {
                    "kernel": { "location": "{{Builds}}44.1.3.1/x86_64/fedora-coreos-44.1.3.1-live-kernel.x86_64", "signature": "{{Builds}}44.1.3.1/x86_64/fedora-coreos-44.1.3.1-live-kernel.x86_64.sig", "sha256": "{{Kernel}}" },
                    "initramfs": { "location": "{{Builds}}44.1.3.1/x86_64/fedora-coreos-44.1.3.1-live-initramfs.x86_64.img", "sha256": "{{Initramfs}}" } },
                  "raw.xz": { "disk": { "location": "{{Builds}}44.1.3.1/x86_64/fedora-coreos-44.1.3.1-metal.x86_64.raw.xz", "sha256": "{{Disk}}", "uncompressed-sha256": "{{Unpacked}}" } } } }
              },
              "images": { "aws": { "regions": { "ap-east-1": { "release": "44.1.3.1", "image": "ami-03e2e08e60e568b9c" } } } }
            }
          }
        }
        """;

    private static Dictionary<HashAlgorithmName, string> Sha256(string digest) => new() { [HashAlgorithmName.SHA256] = digest };

    [Theory]
    [InlineData("live-kernel.x86_64", 'a')]
    [InlineData("live-initramfs.x86_64.img", 'b')]
    [InlineData("metal.x86_64.raw.xz", 'c')]
    public void Every_file_has_its_digest_and_the_address_of_its_release(string file, char digest)
    {
        var list = PublishedDigests.Parse(Sample);
        var found = Assert.Single(list.Of(List, $"{Builds}*/x86_64/fedora-coreos-*-{file}"));
        Assert.Equal(new PublishedFile($"{Builds}44.1.3.1/x86_64/fedora-coreos-44.1.3.1-{file}", HashAlgorithmName.SHA256, new string(digest, 64)), found);
        Assert.Equal(found, Assert.Single(list.Of(List, found.Address)));
        // A copy of the list elsewhere names the vendor's files all the same.
        Assert.Equal(found, Assert.Single(list.Of("http://mirror.example/copy.json", $"{Builds}*/x86_64/fedora-coreos-*-{file}")));
        Assert.True(list.Has(Sha256(found.Digest)));
        // What is within the compressed file is another file.
        Assert.False(list.Has(Sha256(Unpacked)));
    }

    [Fact]
    public void No_address_of_another_site_fits()
    {
        var list = PublishedDigests.Parse(Sample.Replace(Builds, "https://evil.example/prod/streams/stable/builds/", StringComparison.Ordinal));
        Assert.Empty(list.Of(List, $"{Builds}*/x86_64/fedora-coreos-*-live-kernel.x86_64"));
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("{}", "stream")]
    [InlineData("""{"stream":"stable"}""", "architectures")]
    [InlineData("""{"stream":"stable","architectures":[]}""", "architectures")]
    [InlineData("""{"stream":"stable","architectures":{"x86_64":null}}""", "architectures.x86_64")]
    [InlineData("""{"stream":"stable","architectures":{"x86_64":{"artifacts":{"metal":{"formats":{"pxe":{"kernel":[]}}}}}}}""", "architectures.x86_64.artifacts.metal.formats.pxe.kernel")]
    public void What_is_no_stream_metadata_is_refused_with_the_place(string text, string place) => Assert.Equal(place, Assert.Throws<FormatException>(() => PublishedDigests.Parse(text)).Message);

    [Theory]
    [InlineData("https://vendor.example/prod/streams/stable/builds/44.1.3.1/x86_64/fedora-coreos-44.1.3.1-live-kernel.x86_64\"", "file:///etc/shadow\"")]
    [InlineData("https://vendor.example/prod/streams/stable/builds/44.1.3.1/x86_64/fedora-coreos-44.1.3.1-live-kernel.x86_64\"", "fedora-coreos-44.1.3.1-live-kernel.x86_64\"")]
    [InlineData("https://vendor.example/prod/streams/stable/builds/44.1.3.1/x86_64/fedora-coreos-44.1.3.1-live-kernel.x86_64\"", "https://vendor.example/a\\u001b[2Jb\"")]
    [InlineData("https://vendor.example/prod/streams/stable/builds/44.1.3.1/x86_64/fedora-coreos-44.1.3.1-live-kernel.x86_64\"", "https://vendor.example/a\\nb\"")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaag\"")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "null")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "1e999")]
    public void One_bad_file_refuses_the_whole_list(string good, string bad)
    {
        Assert.Contains(good, Sample, StringComparison.Ordinal);
        Assert.Equal("architectures.x86_64.artifacts.metal.formats.pxe.kernel", Assert.Throws<FormatException>(() => PublishedDigests.Parse(Sample.Replace(good, bad, StringComparison.Ordinal))).Message);
    }

    [Fact]
    public void A_file_that_is_named_twice_refuses_it_too() =>
        Assert.Throws<FormatException>(() => PublishedDigests.Parse(Sample.Replace("live-initramfs.x86_64.img", "live-kernel.x86_64", StringComparison.Ordinal)));

    [Fact]
    public void Depth_and_number_are_bounded()
    {
        Assert.Equal("JSON", Assert.Throws<FormatException>(() => PublishedDigests.Parse("""{"stream":""" + new string('[', 100_000))).Message);
        var files = string.Join(',', Enumerable.Range(0, StreamMetadata.Most + 1).Select(n => $$"""  "f{{n}}": { "location": "{{Builds}}{{n}}", "sha256": "{{Kernel}}" }"""));
        Assert.EndsWith($".f{StreamMetadata.Most}", Assert.Throws<FormatException>(() =>
            PublishedDigests.Parse($$"""{ "stream": "stable", "architectures": { "x86_64": { "artifacts": { "metal": { "formats": { "pxe": { {{files}} } } } } } } }""")).Message, StringComparison.Ordinal);
    }
}
