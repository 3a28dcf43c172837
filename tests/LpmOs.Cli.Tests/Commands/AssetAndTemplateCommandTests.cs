using System.Net;
using System.Security.Cryptography;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests.Commands;

/// <summary><c>lpmosctl assets …</c> and <c>lpmosctl templates …</c> against a real tasks service.</summary>
public sealed class AssetAndTemplateCommandTests(CliFixture cli) : IClassFixture<CliFixture>
{
    private static readonly string Digest = new('a', 64);

    private async Task<System.Text.Json.JsonElement> AssetAsync(string idc, string name) =>
        (await cli.RunAsync("assets", "list", idc, "-o", "json")).Json().GetProperty("items").EnumerateArray().Single(asset => asset.GetProperty("name").GetString() == name);

    [Fact]
    public async Task A_file_is_asked_for_by_digest_listed_and_removed()
    {
        Assert.Equal("absent", (await AssetAsync("dc1", "debian-12/linux")).GetProperty("state").GetString());
        var added = await cli.RunAsync("assets", "add", "dc1", "debian-12/linux", "http://mirror.example/linux", "--sha256", Digest);
        Assert.True(added.Code == 0, added.Errors);
        var asset = await AssetAsync("dc1", "debian-12/linux");
        Assert.Equal(("asked", Digest, "http://mirror.example/linux"), (asset.GetProperty("state").GetString(), asset.GetProperty("sha256").GetString(), asset.GetProperty("source").GetString()));
        var list = await cli.RunAsync("assets", "list", "dc1", "--os", "Debian 12", "-o", "csv");
        Assert.Contains($"debian-12/linux,asked,,{Digest[..12]},", list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("rocky", list.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("assets", "verify", "dc1")).Code);
        Assert.Equal(0, (await cli.RunAsync("assets", "remove", "dc1", "debian-12/linux")).Code);
        Assert.Equal(3, (await cli.RunAsync("assets", "remove", "dc1", "debian-12/linux")).Code);
        Assert.Equal("absent", (await AssetAsync("dc1", "debian-12/linux")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Without_an_url_the_catalogues_own_is_taken_but_not_of_what_is_within_an_image()
    {
        Assert.Equal(0, (await cli.RunAsync("assets", "add", "dc2", "debian-12/initrd.gz", "--sha256", Digest)).Code);
        Assert.StartsWith("https://ftp.debian.org/", (await AssetAsync("dc2", "debian-12/initrd.gz")).GetProperty("source").GetString(), StringComparison.Ordinal);
        var within = await cli.RunAsync("assets", "add", "dc2", "ubuntu-24.04/vmlinuz", "--sha256", Digest);
        Assert.Equal(2, within.Code);
        Assert.Contains("assets import", within.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData()]
    [InlineData("--trust-first", "--sha256", "aa")]
    public async Task One_way_to_the_digest_is_asked_for(params string[] options)
    {
        var run = await cli.RunAsync(["assets", "add", "dc1", "debian-12/linux", "http://mirror.example/linux", .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains("--sha256", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--trust-first", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trust_first_holds_to_the_bytes_that_are_there_now()
    {
        var content = RandomNumberGenerator.GetBytes(100_000);
        using var mirror = new HttpListener();
        var url = $"http://127.0.0.1:{LoopbackPorts.Next()}/";
        mirror.Prefixes.Add(url);
        mirror.Start();
        var served = Task.Run(async () =>
        {
            for (var status = 200; status <= 404; status += 204)
            {
                var call = await mirror.GetContextAsync();
                call.Response.StatusCode = status;
                await call.Response.OutputStream.WriteAsync(content, TestContext.Current.CancellationToken);
                call.Response.Close();
            }
        }, TestContext.Current.CancellationToken);
        var added = await cli.RunAsync("assets", "add", "dc3", "debian-12/linux", url + "linux", "--trust-first");
        Assert.True(added.Code == 0, added.Errors);
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        Assert.Contains(digest, added.Output, StringComparison.Ordinal);
        Assert.Equal(digest, (await AssetAsync("dc3", "debian-12/linux")).GetProperty("sha256").GetString());
        var missing = await cli.RunAsync("assets", "add", "dc3", "debian-12/initrd.gz", url + "initrd.gz", "--trust-first");
        Assert.Equal(2, missing.Code);
        Assert.Contains("404", missing.Errors, StringComparison.Ordinal);
        Assert.Equal("absent", (await AssetAsync("dc3", "debian-12/initrd.gz")).GetProperty("state").GetString());
        await served;
    }

    [Fact]
    public async Task The_vendors_list_gives_the_digest_and_a_file_that_it_does_not_name_is_not_taken()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("linux"), "a kernel", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("other"), "another one", TestContext.Current.CancellationToken);
        // Written by the program that vendors write theirs with.
        var list = await OutputAsync(folder.Path, "sha256sum", "linux");
        using var mirror = new HttpListener();
        var url = $"http://127.0.0.1:{LoopbackPorts.Next()}/";
        mirror.Prefixes.Add(url);
        mirror.Start();
        var served = Task.Run(async () =>
        {
            try
            {
                while (mirror.IsListening)
                {
                    var call = await mirror.GetContextAsync();
                    var path = call.Request.Url!.AbsolutePath;
                    call.Response.StatusCode = path is "/images/SHA256SUMS" or "/copy/SHA256SUMS" ? 200 : 404;
                    // The copy has the vendor's names.
                    await call.Response.OutputStream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(path[1] == 'c' ? list.Replace("  linux", "  netboot/debian-installer/amd64/linux", StringComparison.Ordinal) : list), CancellationToken.None);
                    call.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // It was stopped.
            }
        }, TestContext.Current.CancellationToken);
        var sums = url + "images/SHA256SUMS";
        var digest = Convert.ToHexStringLower(SHA256.HashData("a kernel"u8));

        var added = await cli.RunAsync("assets", "add", "dc6", "debian-12/linux", url + "images/linux", "--published", sums);
        Assert.True(added.Code == 0, added.Errors);
        Assert.Equal(digest, (await AssetAsync("dc6", "debian-12/linux")).GetProperty("sha256").GetString());
        // A copy of the vendor's list, wherever it lies: names in it are as the vendor has them.
        var copied = await cli.RunAsync("assets", "add", "dc8", "debian-12/linux", "--published", url + "copy/SHA256SUMS");
        Assert.True(copied.Code == 0, copied.Errors);
        Assert.Equal(digest, (await AssetAsync("dc8", "debian-12/linux")).GetProperty("sha256").GetString());
        var unknown = await cli.RunAsync("assets", "add", "dc6", "debian-12/initrd.gz", url + "images/initrd.gz", "--published", sums);
        Assert.Equal(2, unknown.Code);
        Assert.Contains("It has: linux.", unknown.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("assets", "add", "dc6", "debian-12/initrd.gz", url + "images/linux", "--published", url + "none")).Code);
        Assert.Equal("absent", (await AssetAsync("dc6", "debian-12/initrd.gz")).GetProperty("state").GetString());
        var other = await cli.RunAsync("assets", "import", "dc6", "rescue-1/vmlinuz", folder.File("other"), "--published", sums);
        Assert.Equal(2, other.Code);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData("another one"u8)), other.Errors, StringComparison.Ordinal);
        // The right file is taken as far as there is somebody to bring it to.
        Assert.Contains("boot service", (await cli.RunAsync("assets", "import", "dc6", "rescue-1/vmlinuz", folder.File("linux"), "--published", sums)).Errors, StringComparison.Ordinal);
        var none = await cli.RunAsync("assets", "add", "dc6", "windows-2022/wimboot", "--published");
        Assert.Equal(2, none.Code);
        Assert.Contains("--published URL", none.Errors, StringComparison.Ordinal);
        mirror.Stop();
        await served;
    }

    /// <summary>Flatcar's lists have no SHA-256, and the trees of older systems nothing that proves anything. The digests are written by the programs that vendors write theirs with.</summary>
    [Fact]
    public async Task A_file_with_the_vendors_SHA_512_is_held_to_by_its_own_SHA_256()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("pxe.vmlinuz"), "a kernel", TestContext.Current.CancellationToken);
        var (md5, sha1, sha512) = (await OutputAsync(folder.Path, "md5sum", "pxe.vmlinuz"), await OutputAsync(folder.Path, "sha1sum", "pxe.vmlinuz"), await OutputAsync(folder.Path, "sha512sum", "pxe.vmlinuz"));
        var files = new Dictionary<string, string>
        {
            ["/pxe.vmlinuz"] = "a kernel",
            ["/other/pxe.vmlinuz"] = "another one",
            ["/pxe.vmlinuz.DIGESTS"] = $"# MD5 HASH\n{md5}# SHA1 HASH\n{sha1}# SHA512 HASH\n{sha512}",
            ["/other/pxe.vmlinuz.DIGESTS"] = $"# MD5 HASH\n{md5}# SHA1 HASH\n{sha1}# SHA512 HASH\n{sha512}",
            ["/none/pxe.vmlinuz.DIGESTS"] = $"# SHA512 HASH\n{sha512}",
            ["/.treeinfo"] = $"[general]\nfamily = CentOS\n\n[checksums]\npxe.vmlinuz = sha1:{sha1.Split(' ')[0]}\n",
        };
        using var mirror = new HttpListener();
        var url = $"http://127.0.0.1:{LoopbackPorts.Next()}";
        mirror.Prefixes.Add(url + "/");
        mirror.Start();
        var served = Task.Run(async () =>
        {
            try
            {
                while (mirror.IsListening)
                {
                    var call = await mirror.GetContextAsync();
                    if (files.TryGetValue(call.Request.Url!.AbsolutePath, out var text))
                        await call.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), CancellationToken.None);
                    else
                        call.Response.StatusCode = 404;
                    call.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // It was stopped.
            }
        }, TestContext.Current.CancellationToken);
        var wrong = await cli.RunAsync("assets", "add", "dc5", "flatcar-stable/vmlinuz", url + "/other/pxe.vmlinuz", "--published", url + "/other/pxe.vmlinuz.DIGESTS");
        Assert.Equal(2, wrong.Code);
        Assert.Contains(Convert.ToHexStringLower(SHA512.HashData("another one"u8)), wrong.Errors, StringComparison.Ordinal);
        Assert.Contains(sha512.Split(' ')[0], wrong.Errors, StringComparison.Ordinal);
        var gone = await cli.RunAsync("assets", "add", "dc5", "flatcar-stable/vmlinuz", url + "/none/pxe.vmlinuz", "--published", url + "/none/pxe.vmlinuz.DIGESTS");
        Assert.Equal(2, gone.Code);
        Assert.Contains("404", gone.Errors, StringComparison.Ordinal);
        var old = await cli.RunAsync("assets", "add", "dc5", "flatcar-stable/vmlinuz", url + "/pxe.vmlinuz", "--published", url + "/.treeinfo");
        Assert.Equal(2, old.Code);
        Assert.Contains("only sha1", old.Errors, StringComparison.Ordinal);
        Assert.Equal("absent", (await AssetAsync("dc5", "flatcar-stable/vmlinuz")).GetProperty("state").GetString());

        var added = await cli.RunAsync("assets", "add", "dc5", "flatcar-stable/vmlinuz", url + "/pxe.vmlinuz", "--published", url + "/pxe.vmlinuz.DIGESTS");
        Assert.True(added.Code == 0, added.Errors);
        Assert.Contains("sha512 " + sha512.Split(' ')[0], added.Output, StringComparison.Ordinal);
        var asset = await AssetAsync("dc5", "flatcar-stable/vmlinuz");
        Assert.Equal((await OutputAsync(folder.Path, "sha256sum", "pxe.vmlinuz")).Split(' ')[0], asset.GetProperty("sha256").GetString());
        Assert.Equal(url + "/pxe.vmlinuz", asset.GetProperty("source").GetString());
        // The same list knows the file that was brought in by hand, and no other.
        await File.WriteAllTextAsync(folder.File("other"), "another one", TestContext.Current.CancellationToken);
        Assert.Contains("boot service", (await cli.RunAsync("assets", "import", "dc5", "rescue-1/vmlinuz", folder.File("pxe.vmlinuz"), "--published", url + "/pxe.vmlinuz.DIGESTS")).Errors, StringComparison.Ordinal);
        Assert.Contains("does not list", (await cli.RunAsync("assets", "import", "dc5", "rescue-1/vmlinuz", folder.File("other"), "--published", url + "/pxe.vmlinuz.DIGESTS")).Errors, StringComparison.Ordinal);
        mirror.Stop();
        await served;
    }

    [Fact]
    public async Task The_vendors_list_says_which_release_is_current()
    {
        const string builds = "https://builds.coreos.fedoraproject.org/prod/streams/stable/builds/";
        var sample = Client.StreamMetadataTests.Sample.Replace("https://vendor.example/prod/streams/stable/builds/", builds, StringComparison.Ordinal);
        var lists = new Dictionary<string, string>
        {
            ["/stable.json"] = sample,
            ["/bad.json"] = sample.Replace($"\"{new string('a', 64)}\"", "\"none\"", StringComparison.Ordinal),
            ["/SHA256SUMS"] = $"{new string('a', 64)} *ubuntu-24.04.3-live-server-amd64.iso\n{new string('b', 64)} *ubuntu-24.04.4-live-server-amd64.iso\n",
        };
        using var mirror = new HttpListener();
        var url = $"http://127.0.0.1:{LoopbackPorts.Next()}";
        mirror.Prefixes.Add(url + "/");
        mirror.Start();
        var served = Task.Run(async () =>
        {
            try
            {
                while (mirror.IsListening)
                {
                    var call = await mirror.GetContextAsync();
                    await call.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(lists[call.Request.Url!.AbsolutePath]), CancellationToken.None);
                    call.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // It was stopped.
            }
        }, TestContext.Current.CancellationToken);
        var added = await cli.RunAsync("assets", "add", "dc9", "fcos-stable/kernel", "--published", url + "/stable.json");
        Assert.True(added.Code == 0, added.Errors);
        var asset = await AssetAsync("dc9", "fcos-stable/kernel");
        Assert.Equal((new string('a', 64), builds + "44.1.3.1/x86_64/fedora-coreos-44.1.3.1-live-kernel.x86_64"), (asset.GetProperty("sha256").GetString(), asset.GetProperty("source").GetString()));
        // A mirror's bytes by the vendor's digest.
        Assert.Equal(0, (await cli.RunAsync("assets", "add", "dc9", "fcos-stable/initramfs.img", "http://mirror.example/initramfs", "--published", url + "/stable.json")).Code);
        asset = await AssetAsync("dc9", "fcos-stable/initramfs.img");
        Assert.Equal((new string('b', 64), "http://mirror.example/initramfs"), (asset.GetProperty("sha256").GetString(), asset.GetProperty("source").GetString()));

        var bad = await cli.RunAsync("assets", "add", "dc9", "fcos-stable/rootfs.img", "--published", url + "/bad.json");
        Assert.Equal(2, bad.Code);
        Assert.Contains("architectures.x86_64.artifacts.metal.formats.pxe.kernel", bad.Errors, StringComparison.Ordinal);
        var several = await cli.RunAsync("assets", "add", "dc9", "ubuntu-24.04/live-server.iso", "--published", url + "/SHA256SUMS");
        Assert.Equal(2, several.Code);
        Assert.Contains("https://releases.ubuntu.com/24.04/ubuntu-24.04.3-live-server-amd64.iso, https://releases.ubuntu.com/24.04/ubuntu-24.04.4-live-server-amd64.iso", several.Errors, StringComparison.Ordinal);
        var alone = await cli.RunAsync("assets", "add", "dc9", "fcos-stable/rootfs.img", "--sha256", Digest);
        Assert.Equal(2, alone.Code);
        Assert.Contains("--published", alone.Errors, StringComparison.Ordinal);
        Assert.Equal("absent", (await AssetAsync("dc9", "fcos-stable/rootfs.img")).GetProperty("state").GetString());
        Assert.Equal("absent", (await AssetAsync("dc9", "ubuntu-24.04/live-server.iso")).GetProperty("state").GetString());
        mirror.Stop();
        await served;
    }

    [Fact]
    public async Task The_catalogue_tells_where_vendors_publish_digests()
    {
        Assert.Equal("https://ftp.debian.org/debian/dists/bookworm/main/installer-amd64/current/images/SHA256SUMS", (await AssetAsync("dc7", "debian-12/linux")).GetProperty("catalog_sums").GetString());
        Assert.Equal("https://stable.release.flatcar-linux.net/amd64-usr/current/flatcar_production_pxe.vmlinuz.DIGESTS", (await AssetAsync("dc7", "flatcar-stable/vmlinuz")).GetProperty("catalog_sums").GetString());
        Assert.False((await AssetAsync("dc7", "windows-2022/wimboot")).TryGetProperty("catalog_sums", out _));
    }

    private static async Task<string> OutputAsync(string folder, string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    [Fact]
    public async Task Another_file_than_was_meant_is_not_brought()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("linux"), "a kernel", TestContext.Current.CancellationToken);
        var other = await cli.RunAsync("assets", "import", "dc4", "debian-12/linux", folder.File("linux"), "--sha256", Digest);
        Assert.Equal(2, other.Code);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData("a kernel"u8)), other.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("assets", "import", "dc4", "debian-12/linux", folder.File("none"))).Code);
        Assert.Equal(2, (await cli.RunAsync("assets", "import", "dc4", "debian-12/linux", folder.File("linux"), "--member", "casper/vmlinuz")).Code);
        // Nobody is there to take it.
        Assert.Equal(2, (await cli.RunAsync("assets", "import", "dc4", "debian-12/linux", folder.File("linux"))).Code);
        Assert.Equal("absent", (await AssetAsync("dc4", "debian-12/linux")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_template_is_changed_compared_and_put_back()
    {
        using var folder = new TemporaryFolder();
        string Written(string text)
        {
            File.WriteAllText(folder.File("template"), text);
            return folder.File("template");
        }

        var shown = (await cli.RunAsync("templates", "show", "autoinstall/vendor-data")).Output;
        Assert.Contains("autoinstall/vendor-data", (await cli.RunAsync("templates", "list", "-o", "csv")).Output, StringComparison.Ordinal);
        var broken = await cli.RunAsync("templates", "set", "autoinstall/vendor-data", "-f", Written("one\n{{ nobody.knows }}\n"), "--idc", "dc5");
        Assert.NotEqual(0, broken.Code);
        Assert.Contains("autoinstall/vendor-data(2,", broken.Errors, StringComparison.Ordinal);
        var set = await cli.RunAsync("templates", "set", "autoinstall/vendor-data", "-f", Written(shown + "# of this site\n"), "--idc", "dc5", "--notes", "a line more");
        Assert.True(set.Code == 0, set.Errors);
        Assert.Contains("\n+# of this site", (await cli.RunAsync("templates", "diff", "autoinstall/vendor-data", "--idc", "dc5")).Output, StringComparison.Ordinal);
        Assert.Contains("a line more", (await cli.RunAsync("templates", "versions", "autoinstall/vendor-data", "--idc", "dc5")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("of this site", (await cli.RunAsync("templates", "show", "autoinstall/vendor-data")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("templates", "rollback", "autoinstall/vendor-data", "--idc", "dc5", "--version", "0")).Code);
        Assert.Equal(shown, (await cli.RunAsync("templates", "show", "autoinstall/vendor-data", "--idc", "dc5")).Output);
    }

    [Fact]
    public async Task A_template_is_rendered_for_a_sample_and_an_edited_one_tells_its_fault()
    {
        using var folder = new TemporaryFolder();
        var rendered = await cli.RunAsync("templates", "render", "preseed/preseed.cfg", "--sample", "uefi_nvme", "--os", "Debian 12");
        Assert.True(rendered.Code == 0, rendered.Errors);
        Assert.Contains("d-i netcfg/hostname string web-01.dc1.example.net", rendered.Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("edited"), "#_preseed_V1\n\n  {{ hostnam }}\n", TestContext.Current.CancellationToken);
        var faulty = await cli.RunAsync("templates", "render", "preseed/preseed.cfg", "--sample", "uefi_nvme", "--os", "Debian 12", "-f", folder.File("edited"));
        Assert.Equal(1, faulty.Code);
        Assert.StartsWith("preseed/preseed.cfg(3,", faulty.Errors, StringComparison.Ordinal);
        Assert.Equal(3, (await cli.RunAsync("templates", "show", "preseed/none.cfg")).Code);
        var lint = await cli.RunAsync("templates", "lint", "-o", "json");
        Assert.Equal((0, 0), (lint.Code, lint.Json().GetProperty("faults").GetArrayLength()));
    }
}
