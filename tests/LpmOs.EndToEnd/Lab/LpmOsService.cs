using System.Text.RegularExpressions;

namespace LpmOs.EndToEnd.Lab;

/// <summary>One LpmOs service as a process of its own inside the lab; can be killed and started again with the same settings.</summary>
internal sealed class LpmOsService(LabNetwork network, string project, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTime = TimeSpan.FromSeconds(60);
    private BackgroundProcess? _process;
    private int _starts;

    public string Project => project;

    public BackgroundProcess Process => _process ?? throw new InvalidOperationException($"{project} is not running.");

    /// <summary>Starts it and waits until <paramref name="readyUrls"/> all answer 200.</summary>
    public async Task StartAsync(IReadOnlyList<string> readyUrls, CancellationToken cancellationToken)
    {
        var environment = settings.ToDictionary(pair => "LPMOS_" + pair.Key.Replace(":", "__", StringComparison.Ordinal), pair => pair.Value);
        var suffix = _starts++ == 0 ? "" : $"-{_starts}";
        _process = network.Start("dotnet", [Repository.Assembly(project)], $"{project}{suffix}.log", environment);
        foreach (var url in readyUrls)
        {
            var (code, _, error) = await network.TryAsync(
                ["curl", "-fsS", "-o", "/dev/null", "--retry", "300", "--retry-delay", "0", "--retry-all-errors", "--retry-max-time",
                 ((int)ReadyTime.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture), url],
                cancellationToken);
            if (code != 0)
                throw new InvalidOperationException($"{project} does not answer at {url}: {error}{Environment.NewLine}{_process.Log.Tail(20)}");
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>kill -SIGNAL, for example STOP and CONT.</summary>
    public Task SignalAsync(string signal, CancellationToken cancellationToken) =>
        Command.RunAsync("kill", ["-" + signal, Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], cancellationToken);

    public bool Logged(Regex pattern) => Process.Log.Contains(pattern);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
