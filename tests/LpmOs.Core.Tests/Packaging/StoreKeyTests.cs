using System.Diagnostics;
using LpmOs.Core.Store.Sealed;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Packaging;

/// <summary>The key that an installation, <c>make run</c> and <c>make demo</c> are never without.</summary>
public sealed class StoreKeyTests
{
    [Fact]
    public async Task A_key_is_made_once_for_its_owner_alone_however_many_make_it_at_once()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("etc/store.key");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RunAsync("sh", Path.Combine(Repository.Root, "packaging", "store-key.sh"), file)));
        var key = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(32, StoreKeyFile.Read(file)!.Length);
        Assert.Equal(["store.key"], Directory.EnumerateFileSystemEntries(folder.File("etc")).Select(Path.GetFileName));
        Assert.Equal("400 1", (await RunAsync("stat", "-c", "%a %h", file)).Trim());
        await RunAsync("sh", Path.Combine(Repository.Root, "packaging", "store-key.sh"), file);
        Assert.Equal(key, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await RunAsync("sh", Path.Combine(Repository.Root, "packaging", "store-key.sh"), folder.File("another.key"));
        Assert.NotEqual(key, await File.ReadAllTextAsync(folder.File("another.key"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("lpmos-tasks"), InlineData("lpmos-regional"), InlineData("lpmos-boot")]
    public async Task A_unit_has_the_key_before_its_service_starts(string unit)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "packaging", "systemd", unit + ".service"), TestContext.Current.CancellationToken);
        Assert.Contains("Requires=lpmos-store-key.service", lines);
        Assert.Contains(lines, line => line.StartsWith("After=", StringComparison.Ordinal) && line.Split(' ').Contains("lpmos-store-key.service"));
        Assert.Contains("LoadCredential=store.key:/etc/lpmos/store.key", lines);
        Assert.Contains("Environment=LPMOS_Store__KeyFile=%d/store.key", lines);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
        return await output;
    }
}
