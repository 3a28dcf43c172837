using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.Testing;

namespace LpmOs.Standalone.Tests;

/// <summary>Who gets in at the first start, by the process that a person starts.</summary>
public sealed partial class FirstAdministratorTests
{
    private const int ConfigurationError = 78; // sysexits.h EX_CONFIG

    [Fact(Timeout = 300_000)]
    public async Task The_first_administrators_password_is_printed_once_opens_the_door_and_is_kept_nowhere()
    {
        await using var lpmos = new StandaloneProcess(null, "--Auth:Mode=users");
        await lpmos.StartAsync();
        // It is printed once the store has been read, which /readyz waits for, and a moment.
        for (var looks = 0; looks < 600 && !Printed().IsMatch(lpmos.Output); looks++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        var password = Assert.Single(Printed().Matches(lpmos.Output)).Groups[1].Value;
        Assert.True(password.Length >= 12, password);
        var login = new[] { "-X", "POST", $"{lpmos.Tasks}/api/v1/login", "-d", JsonSerializer.Serialize(new { user = "admin", password }) };
        var me = await StandaloneProcess.JsonAsync(login);
        Assert.Equal(("admin", true), (me.GetProperty("name").GetString(), me.GetProperty("must_change_password").GetBoolean()));
        await Assert.ThrowsAnyAsync<Exception>(() => StandaloneProcess.CurlAsync($"{lpmos.Tasks}/api/v1/tasks"));

        await lpmos.KillAsync();
        foreach (var file in Directory.EnumerateFiles(lpmos.Folder, "*", SearchOption.AllDirectories))
            Assert.True((await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(password)) < 0, $"The password is in {file}.");
        await lpmos.StartAsync();
        Assert.Equal("admin", (await StandaloneProcess.JsonAsync(login)).GetProperty("name").GetString());
        Assert.DoesNotMatch(Printed(), lpmos.Output);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("--Tasks:Urls=http://0.0.0.0:{0}", "Auth:Mode")]
    [InlineData("--Tasks:Urls=http://127.0.0.1:{0};http://*:{0}", "Auth:Mode")]
    [InlineData("--Tasks:Urls=https://127.0.0.1:{0}", "Tls:CertFile")]
    public async Task A_service_that_anybody_could_reach_does_not_start_without_logins_and_says_what_to_do(string setting, string told)
    {
        var port = LoopbackPorts.Next();
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet",
            [
                Path.Combine(Repository.Root, "services", "LpmOs.Standalone", "bin", configuration, "net10.0", "LpmOs.Standalone.dll"), string.Format(System.Globalization.CultureInfo.InvariantCulture, setting, port),
                $"--Store:Embedded:Path={folder.File("lpmos.db")}", $"--Templates:Path={Repository.Templates}", "--Boot:Tftp:Enabled=false",
            ]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ConfigurationError, process.ExitCode);
        Assert.Contains(told, await errors, StringComparison.Ordinal);
        Assert.Contains("LPMOS_", await errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await errors + await output, StringComparison.Ordinal);
        using var socket = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken));
    }

    [GeneratedRegex("first administrator: user admin, password (\\S+) ")]
    private static partial Regex Printed();
}
