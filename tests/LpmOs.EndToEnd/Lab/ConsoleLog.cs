using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LpmOs.EndToEnd.Lab;

/// <summary>One line of a console and when it came, counted from the start of the log.</summary>
internal sealed record ConsoleLine(TimeSpan At, string Text);

/// <summary>What a process or a serial console wrote: kept with times, copied to a file, awaitable.</summary>
internal sealed partial class ConsoleLog(string file) : IAsyncDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly StreamWriter _copy = new(file, append: true) { AutoFlush = true };
    private readonly List<ConsoleLine> _lines = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string FileName => file;

    /// <summary>Time since the log began, that is since power-on.</summary>
    public TimeSpan Now => _clock.Elapsed;

    public IReadOnlyList<ConsoleLine> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } text)
        {
            Append(new ConsoleLine(_clock.Elapsed, Escapes().Replace(text, string.Empty).TrimEnd('\r')));
        }
    }

    /// <summary>The first line from <paramref name="from"/> on that matches.</summary>
    /// <exception cref="TimeoutException">None came in time; the message ends with the last lines that did.</exception>
    public async Task<ConsoleLine> WaitForAsync(Regex pattern, TimeSpan timeout, CancellationToken cancellationToken, TimeSpan from = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        var next = 0;
        while (true)
        {
            Task more;
            lock (_gate)
            {
                for (; next < _lines.Count; next++)
                {
                    if (_lines[next].At >= from && pattern.IsMatch(_lines[next].Text))
                    {
                        return _lines[next];
                    }
                }

                more = _changed.Task;
            }

            try
            {
                await more.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(
                    $"No line matched '{pattern}' within {timeout.TotalSeconds:0} s. Log: {file}. Its end:{Environment.NewLine}{Tail(15)}");
            }
        }
    }

    public bool Contains(Regex pattern, TimeSpan from = default) => Lines.Any(line => line.At >= from && pattern.IsMatch(line.Text));

    public string Tail(int count) => string.Join(
        Environment.NewLine, Lines.TakeLast(count).Select(line => string.Create(CultureInfo.InvariantCulture, $"[{line.At.TotalSeconds,7:0.00}] {line.Text}")));

    public async ValueTask DisposeAsync() => await _copy.DisposeAsync();

    private void Append(ConsoleLine line)
    {
        TaskCompletionSource waiters;
        lock (_gate)
        {
            _lines.Add(line);
            _copy.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{line.At.TotalSeconds,7:0.00}] {line.Text}"));
            waiters = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiters.SetResult();
    }

    /// <summary>ECMA-48 control sequences, which firmware uses to draw its screens.</summary>
    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]|\x1bc")]
    private static partial Regex Escapes();
}
