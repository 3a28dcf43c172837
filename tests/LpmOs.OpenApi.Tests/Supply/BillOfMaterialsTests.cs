using System.Text.Json;
using LpmOs.Testing;

namespace LpmOs.OpenApi.Tests.Supply;

/// <summary>What <c>make sbom</c> writes, against the lock files as they are read here.</summary>
public sealed class BillOfMaterialsTests
{
    [Fact]
    public async Task It_names_every_locked_package_with_the_hash_that_a_restore_would_check()
    {
        using var folder = new TemporaryFolder();
        var (code, output, errors) = await Programs.RunAsync("node", Programs.InRepository("build", "sbom.mjs"), folder.File("sbom.json"));
        Assert.True(code == 0, output + errors);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("sbom.json"), TestContext.Current.CancellationToken));
        Assert.Equal(("CycloneDX", "1.6"), (document.RootElement.GetProperty("bomFormat").GetString(), document.RootElement.GetProperty("specVersion").GetString()));
        var named = document.RootElement.GetProperty("components").EnumerateArray().ToLookup(component => component.GetProperty("bom-ref").GetString());
        foreach (var project in new[] { "services/LpmOs.Core", "services/LpmOs.Tasks", "cli/LpmOs.Cli", "tests/LpmOs.Core.Tests" })
        {
            using var locked = JsonDocument.Parse(await File.ReadAllTextAsync(Programs.InRepository(project, "packages.lock.json"), TestContext.Current.CancellationToken));
            foreach (var package in locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()).Where(package => package.Value.GetProperty("type").GetString() != "Project"))
            {
                var component = Assert.Single(named[$"pkg:nuget/{package.Name}@{package.Value.GetProperty("resolved").GetString()}"]);
                Assert.Equal(Convert.ToHexStringLower(package.Value.GetProperty("contentHash").GetBytesFromBase64()), component.GetProperty("hashes")[0].GetProperty("content").GetString());
            }
        }
        using var page = JsonDocument.Parse(await File.ReadAllTextAsync(Programs.InRepository("web", "package-lock.json"), TestContext.Current.CancellationToken));
        Assert.NotEmpty(named[$"pkg:npm/vue@{page.RootElement.GetProperty("packages").GetProperty("node_modules/vue").GetProperty("version").GetString()}"]);
    }
}
