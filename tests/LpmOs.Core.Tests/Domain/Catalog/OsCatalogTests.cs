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

    [Fact]
    public void A_folder_without_catalogue_is_named()
    {
        var error = Assert.Throws<SettingException>(() => OsCatalog.Load("/nowhere"));
        Assert.Contains("Templates:Path", error.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere", error.Message, StringComparison.Ordinal);
    }
}
