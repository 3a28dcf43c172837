using System.Diagnostics;
using System.Globalization;

namespace LpmOs.EndToEnd.Lab;

/// <summary>A program that runs until the case ends it; its output goes to a file, and lines of it can be awaited.</summary>
internal sealed class BackgroundProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private bool _disposed;

    private BackgroundProcess(Process process, ConsoleLog log)
    {
        _process = process;
        Log = log;
        _reading = Task.WhenAll(log.ReadAsync(process.StandardOutput), log.ReadAsync(process.StandardError));
    }

    public ConsoleLog Log { get; }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public static BackgroundProcess Start(
        string program, IEnumerable<string> arguments, string logFile, IReadOnlyDictionary<string, string>? environment = null, bool typed = false)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var log = new ConsoleLog(logFile);
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        if (!typed)
        {
            process.StandardInput.Close();
        }

        return new BackgroundProcess(process, log);
    }

    /// <summary>Writes to its standard input, which must have been kept open.</summary>
    public async Task TypeAsync(string text, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteAsync(text.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
    }

    /// <summary>Processor time that it has used, in user and kernel mode.</summary>
    public TimeSpan ProcessorTime()
    {
        if (_process.HasExited)
        {
            return TimeSpan.Zero;
        }

        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>VmRSS in bytes (proc(5)).</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>SIGTERM and, after ten seconds, SIGKILL.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_process.HasExited)
        {
            await Command.TryAsync("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }

        await _reading;
        await Log.DisposeAsync();
        _process.Dispose();
    }
}
