using System.Text;
using LpmOs.Boot.Images;
using LpmOs.Boot.Tests.Http;

namespace LpmOs.Boot.Tests.Images;

public sealed class ImagePublisherTests(HttpFixture boot) : IClassFixture<HttpFixture>
{
    private string Images => Path.Combine(boot.Folder, "files", "images");

    private async Task<string?> Published(string id)
    {
        await boot.Publisher.PublishAsync(TestContext.Current.CancellationToken);
        var entry = await boot.Store.GetAsync($"/os/dc1/images/{id}", TestContext.Current.CancellationToken);
        return entry is null ? null : Encoding.UTF8.GetString(entry.Value.Span);
    }

    private void Write(string id, string file, long size, string sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", string format = "tar.zst") =>
        File.WriteAllText(Path.Combine(Images, id + ".json"),
            $$"""{"id":"{{id}}","os_id":"debian","os_version":"12","name":"Debian 12","file":"{{file}}","format":"{{format}}","sha256":"{{sha}}","size_bytes":{{size}},"default_user":"debian"}""");

    [Fact]
    public async Task An_image_is_published_changed_and_withdrawn()
    {
        File.WriteAllBytes(Path.Combine(Images, "a.tar.zst"), new byte[100]);
        Write("a", "a.tar.zst", 100);
        Assert.Contains("\"size_bytes\":100", await Published("a"));
        File.WriteAllBytes(Path.Combine(Images, "a.tar.zst"), new byte[101]);
        Write("a", "a.tar.zst", 101);
        Assert.Contains("\"size_bytes\":101", await Published("a"));
        var entry = await boot.Store.GetAsync("/os/dc1/images/a", TestContext.Current.CancellationToken);
        await boot.State.CatchUpAsync("/os/dc1/images/a", entry!.ModRevision, TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(Images, "a.json"));
        Assert.Null(await Published("a"));
    }

    [Theory]
    [InlineData("half", "half.tar.zst", 200, "still being copied")]
    [InlineData("gone", "gone.tar.zst", 100, "not there")]
    [InlineData("out", "../secret", 1, "plain file name")]
    public async Task What_is_not_whole_is_not_published(string id, string file, long size, string problem)
    {
        if (id == "half")
            File.WriteAllBytes(Path.Combine(Images, file), new byte[100]);
        Write(id, file, size);
        Assert.Null(await Published(id));
        Assert.Contains(problem, ImageManifests.Read(Path.Combine(boot.Folder, "files")).Single(r => r.File == id + ".json").Problem);
    }

    [Fact]
    public async Task A_signature_lies_beside_its_image_and_a_word_that_nobody_knows_is_refused()
    {
        File.WriteAllBytes(Path.Combine(Images, "signed.tar.zst"), new byte[7]);
        Write("signed", "signed.tar.zst", 7);
        byte[] der = [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02];
        File.WriteAllBytes(Path.Combine(Images, "signed.tar.zst.sig"), der);
        Assert.Contains($"\"signature\":\"{Convert.ToBase64String(der)}\"", await Published("signed"));
        File.WriteAllText(Path.Combine(Images, "signed.tar.zst.sig"), Convert.ToBase64String(der) + "\n");
        Assert.Contains($"\"signature\":\"{Convert.ToBase64String(der)}\"", await Published("signed"));
        File.WriteAllText(Path.Combine(Images, "signed.tar.zst.sig"), "this is no signature!\n");
        Assert.Contains("signature is not the Base64", ImageManifests.Read(Path.Combine(boot.Folder, "files")).Single(r => r.File == "signed.json").Problem);

        var manifest = Path.Combine(Images, "able.json");
        File.WriteAllText(manifest, File.ReadAllText(Path.Combine(Images, "signed.json")).Replace("\"signed\"", "\"able\"", StringComparison.Ordinal).Replace("signed.tar.zst", "able.tar.zst", StringComparison.Ordinal).Replace("\"os_id\"", "\"supports\":[\"luks\",\"warp\"],\"os_id\"", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(Images, "able.tar.zst"), new byte[7]);
        Assert.Contains("supports has 'warp'", ImageManifests.Read(Path.Combine(boot.Folder, "files")).Single(r => r.File == "able.json").Problem);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(",\"warp\"", "", StringComparison.Ordinal));
        Assert.Contains("\"supports\":[\"luks\"]", await Published("able"));
    }

    [Fact]
    public async Task A_broken_manifest_does_not_hide_the_others()
    {
        File.WriteAllText(Path.Combine(Images, "0.json"), "{\"id\":");
        File.WriteAllText(Path.Combine(Images, "1.json"), "{}");
        File.WriteAllBytes(Path.Combine(Images, "z.tar.zst"), new byte[3]);
        Write("z", "z.tar.zst", 3);
        Write("bad-sha", "z.tar.zst", 3, sha: "abc");
        Write("bad-format", "z.tar.zst", 3, format: "iso");
        Write("bad-file", "z\\u0000.tar.zst", 3);
        Assert.NotNull(await Published("z"));
        Assert.Null(await Published("bad-sha"));
        Assert.Null(await Published("bad-format"));
        Assert.Contains("plain file name", ImageManifests.Read(Path.Combine(boot.Folder, "files")).Single(r => r.File == "bad-file.json").Problem);
    }
}
