using System.Diagnostics;

namespace LpmOs.Boot.Tests.Tftp;

/// <summary>Clients that others wrote: tftp-hpa and curl.</summary>
public sealed class TftpPeersTests(TftpFixture server) : IClassFixture<TftpFixture>
{
    private static async Task<(int Code, string Output)> Run(string program, params string[] arguments)
    {
        if (!File.Exists(program))
            Assert.Skip($"{program} is not installed (make prerequisites)");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    [Fact]
    public async Task Tftp_hpa_reads_in_binary()
    {
        var target = Path.Combine(server.Folder, "hpa");
        var (code, output) = await Run("/usr/bin/tftp", "-4", "-m", "binary", "127.0.0.1", server.Port.ToString(), "-c", "get", "undionly.kpxe", target);
        Assert.True(code == 0, output);
        Assert.Equal(server.Content, await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Tftp_hpa_reads_text_in_netascii()
    {
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "text"), "one\ntwo\n", TestContext.Current.CancellationToken);
        var target = Path.Combine(server.Folder, "text-hpa");
        var (code, output) = await Run("/usr/bin/tftp", "-4", "-m", "ascii", "127.0.0.1", server.Port.ToString(), "-c", "get", "text", target);
        Assert.True(code == 0, output);
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(8)] // 65,538 blocks: their numbers go round once.
    [InlineData(512)]
    [InlineData(1468)]
    [InlineData(65464)]
    public async Task Curl_reads_with_any_block_size(int blockSize)
    {
        var target = Path.Combine(server.Folder, $"curl-{blockSize}");
        var content = server.Content;
        if (blockSize == 8)
        {
            content = new byte[8 * 65_537 + 5];
            new Random(2).NextBytes(content);
        }
        await File.WriteAllBytesAsync(Path.Combine(server.Folder, "ipxe", $"file-{blockSize}"), content, TestContext.Current.CancellationToken);
        var (code, output) = await Run("/usr/bin/curl", "-sS", "--tftp-blksize", blockSize.ToString(), "-o", target, $"tftp://127.0.0.1:{server.Port}/ipxe/file-{blockSize}");
        Assert.True(code == 0, output);
        Assert.Equal(content, await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Curl_reads_without_options_and_over_ipv6()
    {
        var target = Path.Combine(server.Folder, "curl-6");
        var (code, output) = await Run("/usr/bin/curl", "-sS", "--tftp-no-options", "-o", target, $"tftp://[::1]:{server.Port6}/ipxe/undionly.kpxe");
        Assert.True(code == 0, output);
        Assert.Equal(server.Content, await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Curl_is_told_what_is_missing()
    {
        var (code, _) = await Run("/usr/bin/curl", "-sS", $"tftp://127.0.0.1:{server.Port}/missing");
        Assert.Equal(68, code); // CURLE_TFTP_NOTFOUND
    }
}
