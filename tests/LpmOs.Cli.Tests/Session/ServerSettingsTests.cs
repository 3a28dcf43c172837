using System.Net;
using LpmOs.Tasks.Tests;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests.Session;

public sealed class ServerSettingsTests
{
    [Fact]
    public async Task The_config_file_names_server_and_token_and_the_environment_goes_before_it()
    {
        using var folder = new TemporaryFolder();
        using var server = new OneAnswer("""{"items":[]}""");
        await File.WriteAllTextAsync(folder.File("config.yaml"), $"server: {server.Address}\ntoken: from-file\noutput: json\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.File("config.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var environment = new Dictionary<string, string> { ["LPMOS_CONFIG"] = folder.File("config.yaml") };
        var run = await CliFixture.StartAsync("", environment, "", "idcs");
        Assert.Equal((0, "", "Bearer from-file"), (run.Code, run.Errors, server.Authorization));
        Assert.Equal(0, run.Json().GetProperty("items").GetArrayLength());
        environment["LPMOS_TOKEN"] = "from-environment";
        await CliFixture.StartAsync("", environment, "", "idcs");
        Assert.Equal("Bearer from-environment", server.Authorization);
    }

    [Fact]
    public async Task A_token_that_others_can_read_is_warned_of()
    {
        using var folder = new TemporaryFolder();
        using var server = new OneAnswer("""{"items":[]}""");
        await File.WriteAllTextAsync(folder.File("config.yaml"), "token: secret\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.File("config.yaml"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var run = await CliFixture.StartAsync(server.Address, new Dictionary<string, string> { ["LPMOS_CONFIG"] = folder.File("config.yaml") }, "", "idcs");
        Assert.Contains("chmod 600", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Errors + run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sever: x\n", "'sever'"), InlineData("- a\n", "config.yaml"), InlineData("server: [\n", "config.yaml"), InlineData("server: {a: b}\n", "'server'")]
    public async Task A_wrong_config_file_is_named(string text, string said)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("config.yaml"), text, TestContext.Current.CancellationToken);
        var run = await CliFixture.StartAsync("", new Dictionary<string, string> { ["LPMOS_CONFIG"] = folder.File("config.yaml") }, "", "stats");
        Assert.Equal(2, run.Code);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://x"), InlineData("nonsense"), InlineData("http://x/?a=b")]
    public async Task A_server_that_cannot_be_is_refused(string server)
    {
        var run = await CliFixture.StartAsync("http://127.0.0.1:1", new Dictionary<string, string>(), "", "--server", server, "stats");
        Assert.Equal(2, run.Code);
        Assert.Contains(server, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_is_known_by_the_sites_authority()
    {
        using var folder = new TemporaryFolder();
        using var certificates = new TestCertificates();
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Tasks:Urls=https://127.0.0.1:0", $"--Tls:CertFile={certificates.ServerCertificate}", $"--Tls:KeyFile={certificates.ServerKey}");
        await File.WriteAllTextAsync(folder.File("config.yaml"), $"server: {service.Address}\nca: {certificates.Authority}\n", TestContext.Current.CancellationToken);
        var nothing = new Dictionary<string, string>();
        CliRun[] trusted =
        [
            await CliFixture.StartAsync(service.Address.AbsoluteUri, nothing, "", "--ca", certificates.Authority, "stats"),
            await CliFixture.StartAsync(service.Address.AbsoluteUri, new Dictionary<string, string> { ["LPMOS_CA"] = certificates.Authority }, "", "stats"),
            await CliFixture.StartAsync("", new Dictionary<string, string> { ["LPMOS_CONFIG"] = folder.File("config.yaml") }, "", "stats"),
        ];
        Assert.All(trusted, run => Assert.Equal((0, ""), (run.Code, run.Errors)));
        using var foreign = new TestCertificates();
        foreach (var run in new[] { await CliFixture.StartAsync(service.Address.AbsoluteUri, nothing, "", "stats"), await CliFixture.StartAsync(service.Address.AbsoluteUri, nothing, "", "--ca", foreign.Authority, "stats") })
        {
            Assert.Equal(5, run.Code);
            Assert.Contains("--ca FILE", run.Errors, StringComparison.Ordinal);
        }
        var wrong = await CliFixture.StartAsync(service.Address.AbsoluteUri, nothing, "", "--ca", "/nowhere.pem", "stats");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("/nowhere.pem", wrong.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "<html>hello</html>", 5), InlineData(404, "<html>no</html>", 5), InlineData(401, "", 6), InlineData(503, "{}", 5)]
    [InlineData(409, """{"title":"No \u001b[31m","status":409,"code":"x"}""", 4), InlineData(500, """{"title":"Fault","status":500,"code":"internal_error"}""", 1)]
    public async Task What_answers_otherwise_is_told_apart(int status, string body, int code)
    {
        using var server = new OneAnswer(body, status);
        var run = await CliFixture.StartAsync(server.Address, new Dictionary<string, string>(), "", "stats");
        Assert.Equal(code, run.Code);
        Assert.Empty(run.Output);
        Assert.NotEmpty(run.Errors);
        Assert.DoesNotContain("\e", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>A server that answers everything with the same.</summary>
    private sealed class OneAnswer : IDisposable
    {
        private readonly HttpListener _listener = new();

        public OneAnswer(string body, int status = 200)
        {
            Address = $"http://127.0.0.1:{LoopbackPorts.Next()}/";
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = AnswerAsync(System.Text.Encoding.UTF8.GetBytes(body), status);
        }

        public string Address { get; }
        public string? Authorization { get; private set; }

        public void Dispose() => _listener.Close();

        private async Task AnswerAsync(byte[] body, int status)
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    Authorization = context.Request.Headers["Authorization"];
                    context.Response.StatusCode = status;
                    context.Response.ContentType = "application/json";
                    await context.Response.OutputStream.WriteAsync(body);
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Closed by the test.
            }
        }
    }
}
