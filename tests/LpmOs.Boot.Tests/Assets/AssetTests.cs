using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using LpmOs.Boot.Tests.Http;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LpmOs.Boot.Tests.Assets;

/// <summary>Vendors' files over the real service: fetched from a mirror, brought, checked, and gone when they are broken.</summary>
public sealed class AssetTests(HttpFixture boot) : IClassFixture<HttpFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_is_asked_for_is_fetched_checked_and_served_and_comes_again_when_it_breaks()
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(boot.Content));
        // The service is its own mirror.
        await AskAsync(new SiteAsset { Name = "debian-12/initrd.gz", Sha256 = digest, Source = new Uri(boot.Client.BaseAddress!, "files/boot/initramfs").ToString() });
        var asset = await UntilAsync("debian-12/initrd.gz", one => one.Held);
        Assert.Equal(boot.Content.Length, asset.SizeBytes);
        Assert.Equal(boot.Content, await boot.Client.GetByteArrayAsync(asset.Url, TestContext.Current.CancellationToken));

        var path = Path.Combine(boot.Folder, "files", "assets", digest, "initrd.gz");
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        var time = File.GetLastWriteTimeUtc(path);
        await AskAsync(asset with { VerifyAfter = DateTimeOffset.UnixEpoch.AddYears(40) });
        using var limit = new CancellationTokenSource(Patience);
        while (!await IsWholeAsync())
            await Task.Delay(100, limit.Token);
        Assert.Empty(Directory.Exists(Path.Combine(boot.Folder, "files", "assets", ".incoming")) ? Directory.GetFiles(Path.Combine(boot.Folder, "files", "assets", ".incoming"), digest + "-*") : []);

        async Task<bool> IsWholeAsync()
        {
            try
            {
                return File.GetLastWriteTimeUtc(path) != time && (await File.ReadAllBytesAsync(path, limit.Token)).AsSpan().SequenceEqual(boot.Content);
            }
            catch (FileNotFoundException)
            {
                return false; // Between the removal of the broken one and the new one.
            }
        }
    }

    [Fact]
    public async Task Other_bytes_than_those_asked_for_are_not_kept()
    {
        var wrong = Convert.ToHexStringLower(SHA256.HashData("something else"u8));
        await AskAsync(new SiteAsset { Name = "rocky-9/vmlinuz", Sha256 = wrong, Source = new Uri(boot.Client.BaseAddress!, "files/boot/initramfs").ToString() });
        await AskAsync(new SiteAsset { Name = "rocky-9/initrd.img", Sha256 = wrong, Source = new Uri(boot.Client.BaseAddress!, "files/nothing/here").ToString() });
        Assert.Contains(wrong, (await CopyAsync("rocky-9/vmlinuz", AssetCopy.Failed)).Message, StringComparison.Ordinal);
        Assert.Contains("404", (await CopyAsync("rocky-9/initrd.img", AssetCopy.Failed)).Message, StringComparison.Ordinal);
        Assert.False(boot.State.Current.AssetsOf("dc1")["rocky-9/vmlinuz"].Held);
        Assert.False(Directory.Exists(Path.Combine(boot.Folder, "files", "assets", wrong)));
    }

    [Fact]
    public async Task A_file_is_brought_only_when_its_digest_is_asked_for()
    {
        var content = new byte[3_000_000];
        new Random(7).NextBytes(content);
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        var url = $"api/v1/assets/{digest}";
        Assert.Equal(HttpStatusCode.NotFound, (await boot.Client.PutAsync(url, new ByteArrayContent([1, 2, 3]), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await boot.Client.PutAsync("api/v1/assets/..%2f..%2fx", new ByteArrayContent([1, 2, 3]), TestContext.Current.CancellationToken)).StatusCode);
        await AskAsync(new SiteAsset { Name = "kylin-V10/vmlinuz", Sha256 = digest });
        await CopyAsync("kylin-V10/vmlinuz", AssetCopy.Missing);
        Assert.Equal(HttpStatusCode.BadRequest, (await boot.Client.PutAsync(url, new ByteArrayContent([1, 2, 3]), TestContext.Current.CancellationToken)).StatusCode);
        Assert.False(boot.State.Current.AssetsOf("dc1")["kylin-V10/vmlinuz"].Held);
        Assert.Equal(HttpStatusCode.NoContent, (await boot.Client.PutAsync(url, new ByteArrayContent(content), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(content.Length, (await UntilAsync("kylin-V10/vmlinuz", one => one.Held)).SizeBytes);
    }

    [Fact]
    public async Task One_file_under_two_names_is_brought_for_each_and_only_once_at_a_time()
    {
        var content = new byte[2_000_000];
        new Random(9).NextBytes(content);
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        await AskAsync(new SiteAsset { Name = "debian-12/same", Sha256 = digest });
        await AskAsync(new SiteAsset { Name = "debian-13/same-too", Sha256 = digest });
        var slow = new SlowContent(content);
        var first = boot.Client.PutAsync($"api/v1/assets/{digest}", slow, TestContext.Current.CancellationToken);
        await slow.Begun.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var incoming = Path.Combine(boot.Folder, "files", "assets", ".incoming");
        using var limit = new CancellationTokenSource(Patience);
        while (!Directory.Exists(incoming) || Directory.GetFiles(incoming, digest + "-*").Length == 0)
            await Task.Delay(20, limit.Token);
        var second = await boot.Client.PutAsync($"api/v1/assets/{digest}", new ByteArrayContent([1]), limit.Token);
        Assert.Equal(HttpStatusCode.BadRequest, second.StatusCode);
        Assert.Contains("\"code\":\"asset_arriving\"", await second.Content.ReadAsStringAsync(limit.Token), StringComparison.Ordinal);
        slow.GoOn();
        Assert.Equal(HttpStatusCode.NoContent, (await first).StatusCode);
        for (var n = 0; n < 2; n++) // The other name; then both are held, and nothing is written.
            Assert.Equal(HttpStatusCode.NoContent, (await boot.Client.PutAsync($"api/v1/assets/{digest}", new ByteArrayContent(content), TestContext.Current.CancellationToken)).StatusCode);
        foreach (var name in new[] { "debian-12/same", "debian-13/same-too" })
            Assert.Equal(content, await boot.Client.GetByteArrayAsync((await UntilAsync(name, one => one.Held)).Url, TestContext.Current.CancellationToken));

        // Held or not: other bytes are never answered as if they were the file's.
        var other = await boot.Client.PutAsync($"api/v1/assets/{digest}", new ByteArrayContent([1]), limit.Token);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.Contains("\"code\":\"digest_mismatch\"", await other.Content.ReadAsStringAsync(limit.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_slowly_does_not_keep_the_site_from_fetching()
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(boot.Content));
        await AskAsync(new SiteAsset { Name = "fedora-43/initrd.img", Sha256 = digest });
        var slow = new SlowContent(boot.Content);
        var sending = boot.Client.PutAsync($"api/v1/assets/{digest}", slow, TestContext.Current.CancellationToken);
        await slow.Begun.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await AskAsync(new SiteAsset { Name = "fedora-43/initrd.img", Sha256 = digest, Source = new Uri(boot.Client.BaseAddress!, "files/boot/initramfs").ToString() });
        Assert.Equal(boot.Content.Length, (await UntilAsync("fedora-43/initrd.img", one => one.Held)).SizeBytes);
        slow.GoOn();
        Assert.Equal(HttpStatusCode.NoContent, (await sending).StatusCode);
    }

    [Fact]
    public async Task A_slow_mirror_does_not_keep_other_files_waiting()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var mirror = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]).Build();
        mirror.MapGet("/slow", async http =>
        {
            await http.Response.Body.WriteAsync(boot.Content.AsMemory(0, 1000), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await goOn.Task.WaitAsync(http.RequestAborted);
            await http.Response.Body.WriteAsync(boot.Content.AsMemory(1000), http.RequestAborted);
        });
        var content = boot.Content.AsSpan(1).ToArray();
        mirror.MapGet("/quick", () => Results.Bytes(content));
        await mirror.StartAsync(TestContext.Current.CancellationToken);
        var slow = new SiteAsset { Name = "a-slow/one", Sha256 = Convert.ToHexStringLower(SHA256.HashData(boot.Content)), Source = mirror.Urls.First() + "/slow" };
        await AskAsync(slow);
        await CopyAsync(slow.Name, AssetCopy.Fetching);
        await AskAsync(new SiteAsset { Name = "b-quick/one", Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), Source = mirror.Urls.First() + "/quick" });
        Assert.Equal(content.Length, (await UntilAsync("b-quick/one", one => one.Held)).SizeBytes);
        Assert.False(boot.State.Current.AssetsOf("dc1")[slow.Name].Held);
        goOn.SetResult();
        Assert.Equal(boot.Content.Length, (await UntilAsync(slow.Name, one => one.Held)).SizeBytes);
    }

    [Fact]
    public async Task A_source_does_not_lead_to_what_only_this_host_reaches()
    {
        await using var mirror = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]).Build();
        mirror.MapGet("/linux", () => Results.Redirect("http://169.254.169.254/latest/meta-data"));
        await mirror.StartAsync(TestContext.Current.CancellationToken);
        var digest = Convert.ToHexStringLower(SHA256.HashData("the metadata of a cloud"u8));
        await AskAsync(new SiteAsset { Name = "debian-12/direct", Sha256 = digest, Source = "http://169.254.169.254/latest/meta-data" });
        await AskAsync(new SiteAsset { Name = "debian-12/redirected", Sha256 = digest, Source = mirror.Urls.First() + "/linux" });
        await AskAsync(new SiteAsset { Name = "debian-12/file", Sha256 = digest, Source = "file:///etc/passwd" });
        Assert.Contains("neither loopback nor link-local", (await CopyAsync("debian-12/direct", AssetCopy.Failed)).Message, StringComparison.Ordinal);
        Assert.Contains("169.254.169.254", (await CopyAsync("debian-12/redirected", AssetCopy.Failed)).Message, StringComparison.Ordinal);
        Assert.Contains("an http or https URL", (await CopyAsync("debian-12/file", AssetCopy.Failed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_a_mirror_on_this_host_is_not_asked()
    {
        await using var strict = new HttpFixture { AllowLoopback = false };
        await strict.InitializeAsync();
        var other = new AssetTests(strict);
        await other.AskAsync(new SiteAsset { Name = "debian-12/linux", Sha256 = Convert.ToHexStringLower(SHA256.HashData(strict.Content)), Source = new Uri(strict.Client.BaseAddress!, "files/boot/initramfs").ToString() });
        Assert.Contains("Boot:Assets:AllowLoopback", (await other.CopyAsync("debian-12/linux", AssetCopy.Failed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_that_says_nothing_keeps_nobody_from_their_files_nor_the_service_from_its_work()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var own = new HttpFixture();
        await own.InitializeAsync();
        own.Assets.LongestHead = TimeSpan.FromSeconds(1);
        var other = new AssetTests(own);
        await other.AskAsync(new SiteAsset { Name = "debian-12/a-silent", Sha256 = new string('a', 64), Source = $"http://{silent.LocalEndpoint}/linux" });
        Assert.Contains("did not answer in time", (await other.CopyAsync("debian-12/a-silent", AssetCopy.Failed)).Message, StringComparison.Ordinal);
        // Enough for a server that answers, however busy the machine is.
        own.Assets.LongestHead = TimeSpan.FromMinutes(2);
        await other.AskAsync(new SiteAsset { Name = "debian-12/linux", Sha256 = Convert.ToHexStringLower(SHA256.HashData(own.Content)), Source = new Uri(own.Client.BaseAddress!, "files/boot/initramfs").ToString() });
        Assert.Equal(own.Content.Length, (await other.UntilAsync("debian-12/linux", one => one.Held)).SizeBytes);
    }

    /// <summary>The first half, and the rest when the test says so.</summary>
    private sealed class SlowContent(byte[] content) : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously), _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public void GoOn() => _goOn.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(content.AsMemory(0, content.Length / 2));
            await stream.FlushAsync();
            _begun.TrySetResult();
            await _goOn.Task;
            await stream.WriteAsync(content.AsMemory(content.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return true;
        }
    }

    private async Task AskAsync(SiteAsset asset)
    {
        var key = Keys.Asset("dc1", asset.Name);
        var result = await boot.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, JsonSerializer.SerializeToUtf8Bytes(asset, CoreJson.Default.SiteAsset))] }, TestContext.Current.CancellationToken);
        await boot.State.CatchUpAsync(key, result.Revision, TestContext.Current.CancellationToken);
    }

    private async Task<SiteAsset> UntilAsync(string name, Func<SiteAsset, bool> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            if (boot.State.Current.AssetsOf("dc1").GetValueOrDefault(name) is { } asset && holds(asset))
                return asset;
            await Task.Delay(100, limit.Token);
        }
    }

    private async Task<AssetCopy> CopyAsync(string name, string state)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var copies = await boot.Store.ListAsync(Keys.AssetCopies("dc1", name), null, 10, 0, limit.Token);
            if (copies.Entries.Select(entry => JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.AssetCopy)).FirstOrDefault(copy => copy?.State == state) is { } found)
                return found;
            await Task.Delay(100, limit.Token);
        }
    }
}
