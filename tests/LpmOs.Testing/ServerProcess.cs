using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace LpmOs.Testing;

/// <summary>A server program under the test's thumb: start, wait until it says that it is ready, freeze, kill.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private const int SigKill = 9, SigTerm = 15, SigCont = 18, SigStop = 19;
    private const int KeptLines = 200;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Queue<string> _lines = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<string, bool> _isReady;

    private ServerProcess(ProcessStartInfo start, Func<string, bool> isReady)
    {
        _isReady = isReady;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Take(e.Data);
        _process.ErrorDataReceived += (_, e) => Take(e.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"{start.FileName} ended before it was ready.\n{Output}"));
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>The last lines of what it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public static async Task<ServerProcess> StartAsync(string program, IEnumerable<string> arguments, Func<string, bool> isReady)
    {
        var server = Start(program, arguments, isReady);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Does not wait: members of a cluster become ready together.</summary>
    public static ServerProcess Start(string program, IEnumerable<string> arguments, Func<string, bool> isReady)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var server = new ServerProcess(start, isReady);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    public async Task ReadyAsync()
    {
        try
        {
            await _ready.Task.WaitAsync(StartTimeout);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{_process.StartInfo.FileName} was not ready within {StartTimeout.TotalSeconds} s.\n{Output}", e);
        }
    }

    /// <summary>To its standard input.</summary>
    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until it ends by itself.</summary>
    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public Task KillAsync() => EndAsync(SigKill);

    /// <summary>SIGTERM, and waits until it is gone.</summary>
    public Task TerminateAsync() => EndAsync(SigTerm);

    /// <summary>SIGSTOP: connections stay open and nobody answers.</summary>
    public void Freeze() => Signal(SigStop);

    public void Thaw() => Signal(SigCont);

    public async ValueTask DisposeAsync()
    {
        await EndAsync(SigKill);
        _process.Dispose();
    }

    private async Task EndAsync(int signal)
    {
        if (!_process.HasExited)
            Signal(signal);
        await _process.WaitForExitAsync();
    }

    private void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0 && !_process.HasExited)
            throw new InvalidOperationException($"Signal {signal} to process {_process.Id} failed: error {Marshal.GetLastPInvokeError()}.");
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }

        if (_isReady(line))
            _ready.TrySetResult();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
