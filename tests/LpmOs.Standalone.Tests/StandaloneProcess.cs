using System.Text.Json;
using LpmOs.Testing;

namespace LpmOs.Standalone.Tests;

/// <summary>LpmOs in one process as a person starts it, asked with curl as the contract writes it.</summary>
/// <param name="certificates">Speaks TLS with these.</param>
internal sealed class StandaloneProcess(TestCertificates? certificates = null, params string[] settings) : IAsyncDisposable
{
    public static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private readonly TemporaryFolder _folder = new();
    private readonly int _tasks = LoopbackPorts.Next(), _regional = LoopbackPorts.Next(), _boot = LoopbackPorts.Next();
    private ServerProcess? _process;

    /// <summary>What curl is told of the site's authority.</summary>
    public string[] Trust => certificates is null ? [] : ["--cacert", certificates.Authority];

    /// <summary>What it has printed since its last start.</summary>
    public string Output => _process!.Output;
    public string Folder => _folder.Path;

    private string Scheme => certificates is null ? "http" : "https";

    public string Tasks => $"{Scheme}://127.0.0.1:{_tasks}";
    public string Regional => $"{Scheme}://127.0.0.1:{_regional}";
    public string Boot => $"{Scheme}://127.0.0.1:{_boot}";

    /// <param name="openFiles">At most so many (ulimit -n).</param>
    /// <param name="more">Further settings.</param>
    public async Task StartAsync(int? openFiles = null, params string[] more)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = await ServerProcess.StartAsync("/bin/sh",
            [
                "-c", $"{(openFiles is { } files ? $"ulimit -n {files} && " : "")}exec dotnet \"$@\"", "sh",
                Path.Combine(Repository.Root, "services", "LpmOs.Standalone", "bin", Configuration, "net10.0", "LpmOs.Standalone.dll"),
                $"--Tasks:Urls={Tasks}", $"--Regional:Urls={Regional}", $"--Boot:Urls={Boot}", "--Boot:Tftp:Enabled=false", "--Boot:Dhcp:Mode=off",
                $"--Boot:FilesPath={_folder.File("files")}", $"--Store:Embedded:Path={_folder.File("lpmos.db")}", $"--Templates:Path={Repository.Templates}",
                .. certificates is null ? [] : new[] { $"--Tls:CertFile={certificates.ServerCertificate}", $"--Tls:KeyFile={certificates.ServerKey}" },
                .. settings, .. more,
            ],
            line => line.Contains("Starting LPMOS Regional Client", StringComparison.Ordinal));
        foreach (var url in (string[])[Tasks, Regional, Boot])
            await CurlAsync(["--retry", "120", "--retry-delay", "1", "--retry-all-errors", "--retry-max-time", "120", .. Trust, $"{url}/readyz"]);
    }

    public int Id => _process!.Id;

    public Task KillAsync() => _process!.KillAsync();

    /// <summary>What curl prints; a status of 400 or more fails the test with the answer.</summary>
    public static async Task<string> CurlAsync(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        Assert.True(code == 0, $"curl {string.Join(' ', arguments)} ended with {code}: {output} {errors}");
        return output;
    }

    public static async Task<JsonElement> JsonAsync(params string[] arguments) => JsonDocument.Parse(await CurlAsync(arguments)).RootElement;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<(int, string, string)> RunAsync(string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(RequiredProgram.Find("curl", "curl")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-sS", "--fail-with-body", "--max-time", "60", "--noproxy", "*", .. arguments])
            start.ArgumentList.Add(argument);
        using var curl = System.Diagnostics.Process.Start(start)!;
        var (output, errors) = (curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), curl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (curl.ExitCode, await output, await errors);
    }
}
