using System.Diagnostics;
using System.Runtime.Versioning;
using LpmOs.Core.Domain.Templates;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Templates;

/// <summary>
/// Installers' hooks at a site with an authority of its own: the rendered text, run by real shells with each program that an installer may have, against a real TLS listener.
/// The environment names the listener's true authority all the while, as a system would that trusts more than the site does.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class HookTrustTests : IDisposable
{
    private static readonly string[] Tools = ["cat", "tr", "cut", "tail", "sed", "wc", "rm", "grep", "mkdir", "base64", "uname"];
    private readonly TestCertificates _site = new(), _foreign = new();

    public void Dispose()
    {
        _site.Dispose();
        _foreign.Dispose();
    }

    [Theory]
    [InlineData("dash", "dash", "curl")]
    [InlineData("busybox", "busybox-static", "curl")]
    [InlineData("dash", "dash", "wget")]
    [InlineData("busybox", "busybox-static", "wget")]
    [InlineData("bash", "bash", "python3")]
    public async Task A_hook_speaks_to_the_sites_own_authority_and_to_no_other(string shell, string package, string program)
    {
        await using var listener = await TlsListener.StartAsync(_site);
        var (code, said) = await RunAsync(shell, package, [program], Hook("lpmos.sh", listener.Url, _site.Authority) + "\nlpmos_post operations/next '{\"sn\":\"x\"}' || exit 7\n");
        Assert.True(code == 0 && said.Contains("\"operation\":\"os_install\"", StringComparison.Ordinal), $"{code}: {said}");
        Assert.Equal("/api/v1/operations/next Bearer TOKEN-OF-THIS-BOOT {\"sn\":\"x\"}", Assert.Single(listener.Received));

        (code, said) = await RunAsync(shell, package, [program], Hook("lpmos.sh", listener.Url, _foreign.Authority) + "\nlpmos_post operations/next '{\"sn\":\"x\"}' || exit 7\n");
        Assert.True(code == 7, $"{code}: {said}");
        Assert.Single(listener.Received);
    }

    [Fact]
    public async Task Wget_that_checks_nobody_is_not_asked()
    {
        // That of busybox: it posts, and takes any certificate.
        var wget = "#!/bin/sh\n[ \"$1\" = --help ] && { echo 'Usage: wget [--post-file FILE] [-T SEC] URL'; exit 1; }\necho asked\n";
        var (code, said) = await RunAsync("dash", "dash", [], Hook("lpmos.sh", "https://127.0.0.1:1", _site.Authority) + "\nlpmos_post operations/next '{}' || exit 7\n", wget);
        Assert.True(code == 7 && !said.Contains("asked", StringComparison.Ordinal), $"{code}: {said}");
        (code, said) = await RunAsync("dash", "dash", [], Hook("lpmos.sh", "http://127.0.0.1:1", null) + "\nlpmos_post operations/next '{}' || exit 7\n", wget);
        Assert.Equal((0, "asked\n"), (code, said));
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("wget")]
    [InlineData("python3")]
    public async Task The_first_call_of_the_new_system_trusts_the_same(string program)
    {
        await using var listener = await TlsListener.StartAsync(_site);
        using var root = new TemporaryFolder();
        foreach (var (authority, expected) in new[] { (_foreign.Authority, 9), (_site.Authority, 0) })
        {
            var left = await RunAsync("dash", "dash", ["chmod", "ln"], Hook("first-boot.sh", listener.Url, authority) + $"\nlpmos_first_boot {root.Path}\n");
            Assert.True(left.Code == 0, left.Said);
            var folder = root.File("etc/lpmos/first-boot");
            Assert.Equal(File.ReadAllText(authority).Trim(), File.ReadAllText(folder + "/ca.pem").Trim());
            // Who is refused would try for ever.
            var text = "sleep() { exit 9; }\nsystemctl() { :; }\n" + File.ReadAllText(root.File("usr/local/lib/lpmos/first-boot"))
                .Replace("folder=/etc/lpmos/first-boot", $"folder={folder}", StringComparison.Ordinal).Replace("/run/lpmos-first-boot.json", root.File("body.json"), StringComparison.Ordinal);
            var (code, said) = await RunAsync("dash", "dash", [program], text);
            Assert.True(code == expected, $"{code}: {said}");
        }
        Assert.Contains("TOKEN-OF-THE-FIRST-BOOT", Assert.Single(listener.Received), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_Python_of_ESXi_trusts_the_same()
    {
        await using var listener = await TlsListener.StartAsync(_site);
        foreach (var (authority, expected) in new[] { (_foreign.Authority, "{}"), (_site.Authority, "{'operation': 'os_install'}") })
        {
            using var folder = new TemporaryFolder();
            await File.WriteAllTextAsync(folder.File("hook.py"), Hook("lpmos.py", listener.Url, authority) + "\nprint(say('operations/next', {}))\n", TestContext.Current.CancellationToken);
            var (code, said) = await RunAsync("dash", "dash", ["python3"], $"python3 {folder.File("hook.py")}");
            Assert.True(code == 0 && said.EndsWith(expected + "\n", StringComparison.Ordinal), $"{code}: {said}");
        }
        Assert.Single(listener.Received);
    }

    /// <summary>A snippet as a machine's installer would get it.</summary>
    private static string Hook(string snippet, string url, string? authority)
    {
        var (os, method) = Renderings.Installers.First(one => one.Method == "preseed");
        var sample = SampleMachine.All[1];
        return Renderings.Files(os, method, sample.Task(os, method, "dc1"), sample.Hardware)
            .Render("snippets/" + snippet, RunTimeValues.StandIn with { RegionalUrl = url, AuthoritiesPem = authority is null ? null : File.ReadAllText(authority) });
    }

    /// <param name="wget">Text of a program that stands in for it.</param>
    private async Task<(int Code, string Said)> RunAsync(string shell, string package, string[] programs, string script, string? wget = null)
    {
        using var folder = new TemporaryFolder();
        foreach (var tool in Tools.Concat(programs))
            File.CreateSymbolicLink(folder.File(tool), File.Exists("/usr/bin/" + tool) ? "/usr/bin/" + tool : RequiredProgram.Find(tool, tool is "curl" or "wget" ? tool : tool == "python3" ? "python3-minimal" : "coreutils"));
        if (wget is not null)
        {
            await File.WriteAllTextAsync(folder.File("wget"), wget, TestContext.Current.CancellationToken);
            File.SetUnixFileMode(folder.File("wget"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        await File.WriteAllTextAsync(folder.File("script"), script, TestContext.Current.CancellationToken);
        string[] arguments = shell == "busybox" ? ["sh", folder.File("script")] : [folder.File("script")];
        var start = new ProcessStartInfo(RequiredProgram.Find(shell, package), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PATH"] = folder.Path, ["SSL_CERT_FILE"] = _site.Authority, ["SSL_CERT_DIR"] = Path.GetDirectoryName(_site.Authority)! },
        };
        using var process = Process.Start(start)!;
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await said + await errors);
    }
}
