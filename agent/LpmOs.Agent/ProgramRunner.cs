using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace LpmOs.Agent;

internal sealed record ProgramOptions
{
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>Given to the program's standard input.</summary>
    public string? Input { get; init; }
    /// <summary>Its lines are not for the log.</summary>
    public bool Quiet { get; init; }
    /// <summary>How its lines begin in the log; null: the program's name.</summary>
    public string? LogAs { get; init; }
    /// <summary>Added to what every program gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    /// <summary>End quietly on a code other than 0.</summary>
    public bool AnyExitCode { get; init; }
}

internal sealed record ProgramResult(int ExitCode, string Output, string Errors);

/// <summary>A program is not there, failed or took too long.</summary>
internal sealed class ProgramException(string message, int? exitCode = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Null where it never ended by itself.</summary>
    public int? ExitCode { get; } = exitCode;
}

/// <summary>Runs programs without a shell; what they say goes to the log, bounded; a cancelled one is killed with its children.</summary>
internal sealed class ProgramRunner(Action<string> log)
{
    private const int LongestCapture = 256 * 1024;
    private const int LongestComplaint = 600;
    private static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(2);
    /// <summary>A program that left another one behind, which holds its output open, has ended all the same.</summary>
    private static readonly TimeSpan AfterExit = TimeSpan.FromSeconds(3);

    /// <exception cref="ProgramException">It could not be started, ended with another code than 0, or passed its time limit.</exception>
    public async Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, ProgramOptions options, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments, redirectOutput: true, options.Environment);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.TimeLimit);
        var output = new Capture(this, process.StandardOutput, options.Quiet ? null : options.LogAs ?? program);
        var errors = new Capture(this, process.StandardError, options.Quiet ? null : options.LogAs ?? program);
        try
        {
            await FeedAsync(process, options.Input, limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            var said = await Task.WhenAll(output.CollectAsync(), errors.CollectAsync()).ConfigureAwait(false);
            var result = new ProgramResult(process.ExitCode, said[0], said[1]);
            return result.ExitCode == 0 || options.AnyExitCode
                ? result
                : throw new ProgramException($"{program} ended with code {result.ExitCode}: {Complaint(result)}", result.ExitCode);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(process).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new ProgramException($"{program} did not end within {options.TimeLimit.TotalSeconds:0} s and was stopped");
        }
    }

    /// <summary>Starts a program whose standard input the caller writes; standard error is captured by the caller.</summary>
    public static Process Start(string program, IReadOnlyList<string> arguments, bool redirectOutput, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = redirectOutput, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["LC_ALL"] = "C";
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        try
        {
            return Process.Start(start) ?? throw new ProgramException($"{program} could not be started");
        }
        catch (Win32Exception e)
        {
            throw new ProgramException($"{program} could not be started: {e.Message}", inner: e);
        }
    }

    /// <summary>Stops a program and its children; waits briefly until they are gone.</summary>
    public static async Task KillAsync(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().WaitAsync(AfterKill).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or TimeoutException or AggregateException)
        {
            // It ended by itself meanwhile, or hangs in the kernel: nothing more can be done here.
        }
    }

    private static async Task FeedAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = process.StandardInput.BaseStream;
            if (input is not null)
                await stream.WriteAsync(Encoding.UTF8.GetBytes(input), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It ended without reading; its exit code tells why.
        }
    }

    private void Say(string line) => log(line);

    private static string Complaint(ProgramResult result)
    {
        var said = Printable.Clean(result.Errors.Length > 0 ? result.Errors : result.Output, 100_000);
        return said.Length > LongestComplaint ? "… " + said[^LongestComplaint..] : said.Length > 0 ? said : "it said nothing";
    }

    /// <summary>What a program says on one of its streams.</summary>
    private sealed class Capture
    {
        private readonly StringBuilder _text = new();
        private readonly Task _read;

        public Capture(ProgramRunner runner, StreamReader reader, string? logAs) => _read = ReadAsync(runner, reader, logAs);

        public async Task<string> CollectAsync()
        {
            await _read.WaitAsync(AfterExit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_text)
                return _text.ToString();
        }

        private async Task ReadAsync(ProgramRunner runner, StreamReader reader, string? logAs)
        {
            var lines = new BoundedLines(reader, LongestCapture);
            while (await lines.NextAsync().ConfigureAwait(false) is { } line)
            {
                if (logAs is not null && Printable.Clean(line, 1000) is { Length: > 0 } clean)
                    runner.Say($"  {Path.GetFileName(logAs)}: {clean}");
                lock (_text)
                {
                    if (_text.Length + line.Length < LongestCapture)
                        _text.Append(line).Append('\n');
                }
            }
        }
    }
}
