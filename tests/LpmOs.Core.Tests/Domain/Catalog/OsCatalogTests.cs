using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Hosting;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Catalog;

public sealed class OsCatalogTests
{
    private static readonly OsCatalog Catalog = OsCatalog.Load(Repository.Templates);

    [Theory]
    [InlineData("Ubuntu 22.04", "22.04", "ubuntu", "22.04")]
    [InlineData("Ubuntu 22.04", null, "ubuntu", "22.04")]
    [InlineData("Ubuntu 22.04 LTS", null, "ubuntu", "22.04")]
    [InlineData("ubuntu", "22.04", "ubuntu", "22.04")]
    [InlineData("ubuntu", "22.04.3", "ubuntu", "22.04")]
    [InlineData("ubuntu", "22.04 LTS", "ubuntu", "22.04")]
    [InlineData("UBUNTU  22.04 lts", null, "ubuntu", "22.04")]
    [InlineData("bookworm", null, "debian", "12")]
    [InlineData("debian-12", null, "debian", "12")]
    [InlineData("Rocky Linux", "9.4", "rocky", "9")]
    public void Finds_what_people_write(string osType, string? version, string id, string found)
    {
        var match = Catalog.Resolve(osType, version);
        Assert.Equal((id, found), (match?.Id, match?.Version));
    }

    [Theory]
    [InlineData("Ubuntu 22.04", "20.04")]
    [InlineData("ubuntu", "2")]
    [InlineData("ubuntu", "99")]
    [InlineData("beos", null)]
    [InlineData("", null)]
    public void Does_not_guess(string osType, string? version) => Assert.Null(Catalog.Resolve(osType, version));

    /// <summary>Names in a vendor's list are relative to its folder: what does not lie below it could never be found there.</summary>
    [Fact]
    public void Vendors_lists_of_digests_lie_above_the_files_that_they_name()
    {
        var listed = Catalog.Entries.SelectMany(os => os.Assets.Values).Where(asset => asset.Sums is not null).ToList();
        Assert.True(listed.Count >= 40);
        // Whoever is on the way of plain http gives file and digest alike.
        Assert.All(listed, asset => Assert.StartsWith("https://", asset.Sums, StringComparison.Ordinal));
        // A file within an image is known by the image's digest, wherever the list of it lies; stream metadata names whole addresses.
        foreach (var asset in listed.Where(asset => asset.Member is null && !asset.Sums!.EndsWith(".json", StringComparison.Ordinal)))
            Assert.StartsWith(asset.Sums![..(asset.Sums!.LastIndexOf('/') + 1)], asset.Source, StringComparison.Ordinal);
        string[] with = ["ubuntu", "debian", "centos-stream", "rocky", "almalinux", "oracle", "fedora", "opensuse", "fedora-coreos"];
        Assert.All(Catalog.Entries.Where(os => with.Contains(os.Id)), os => Assert.All(os.Assets.Values, asset => Assert.NotNull(asset.Sums)));
    }

    /// <summary>Every system that is to be installable, in the versions that are meant, by the installer of its own kind.</summary>
    [Theory]
    [InlineData("autoinstall", "ubuntu", "20.04", "22.04", "24.04", "26.04")]
    [InlineData("preseed", "debian", "11", "12", "13")]
    [InlineData("kickstart", "centos", "7")]
    [InlineData("kickstart", "centos-stream", "9", "10")]
    [InlineData("kickstart", "rocky", "8", "9", "10")]
    [InlineData("kickstart", "almalinux", "8", "9", "10")]
    [InlineData("kickstart", "oracle", "8", "9", "10")]
    [InlineData("kickstart", "fedora", "42", "43")]
    [InlineData("kickstart", "openeuler", "22.03", "24.03")]
    [InlineData("kickstart", "anolis", "8", "23")]
    [InlineData("kickstart", "kylin", "V10")]
    [InlineData("autoyast", "opensuse", "15.5", "15.6")]
    [InlineData("autoyast", "sles", "15.5", "15.6")]
    [InlineData("ignition", "flatcar", "stable")]
    [InlineData("ignition", "fedora-coreos", "stable")]
    [InlineData("esxi", "esxi", "7.0", "8.0")]
    [InlineData("windows", "windows-server", "2019", "2022", "2025")]
    [InlineData("rescue", "rescue", "1")]
    public void Systems_are_installed_by_their_own_installers(string method, string id, params string[] versions)
    {
        foreach (var version in versions)
        {
            var match = Catalog.Resolve(id, version);
            Assert.NotNull(match);
            Assert.Equal((id, version), (match.Id, match.Version));
            Assert.Contains(method, match.Methods);
            Assert.Contains("kernel", match.Assets.Keys.Append(id == "windows-server" ? "kernel" : ""));
        }
    }

    [Theory]
    [InlineData("sha256: ABC", "sha256 'ABC'")]
    [InlineData("source: \"ftp://vendor.example/linux\"", "ftp://vendor.example/linux")]
    [InlineData("sums: \"SHA256SUMS\"", "'SHA256SUMS'")]
    [InlineData("source: \"https://vendor.example/linux-*\"", "(sums)")]
    public void What_is_wrong_with_an_asset_is_said_at_the_start(string line, string named)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("catalog.yaml"), "systems:\n  - id: one\n    name: One\n    versions:\n      - version: \"1\"\n        name: One 1\n        assets:\n          kernel:\n            name: one-1/linux\n            " + line + "\n");
        Assert.Contains(named, Assert.Throws<SettingException>(() => OsCatalog.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_catalogue_is_named()
    {
        var error = Assert.Throws<SettingException>(() => OsCatalog.Load("/nowhere"));
        Assert.Contains("Templates:Path", error.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere", error.Message, StringComparison.Ordinal);
    }
}
