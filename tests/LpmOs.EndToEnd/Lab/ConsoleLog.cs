using System.Diagnostics;
using System.Globalization;
using System.Text;
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
    private string _open = "";
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
        var (buffer, line, afterReturn, read) = (new char[4096], new StringBuilder(), false, 0);
        while ((read = await reader.ReadAsync(buffer)) > 0)
        {
            for (var at = 0; at < read; at++)
            {
                var ends = buffer[at] is '\r' or '\n';
                // Of CR and LF together the first has ended the line.
                if (ends && !(afterReturn && buffer[at] == '\n'))
                {
                    End(line);
                }
                else if (!ends)
                {
                    line.Append(buffer[at]);
                }

                afterReturn = buffer[at] == '\r';
            }

            Change(() => _open = line.ToString());
        }

        if (line.Length > 0)
        {
            End(line);
        }
    }

    /// <summary>Waits until somebody is asked something: a prompt does not end its line.</summary>
    /// <exception cref="TimeoutException">Nobody was, in time; the message ends with the last lines.</exception>
    public Task WaitForPromptAsync(Regex pattern, TimeSpan timeout, CancellationToken cancellationToken) =>
        WaitAsync(() => pattern.IsMatch(_open) ? _open : null, pattern, timeout, cancellationToken);

    /// <summary>The first line from <paramref name="from"/> on that matches.</summary>
    /// <exception cref="TimeoutException">None came in time; the message ends with the last lines that did.</exception>
    public async Task<ConsoleLine> WaitForAsync(Regex pattern, TimeSpan timeout, CancellationToken cancellationToken, TimeSpan from = default)
    {
        var next = 0;
        return await WaitAsync(
            () =>
            {
                for (; next < _lines.Count; next++)
                {
                    if (_lines[next].At >= from && pattern.IsMatch(_lines[next].Text))
                    {
                        return _lines[next];
                    }
                }

                return null;
            },
            pattern,
            timeout,
            cancellationToken);
    }

    private async Task<T> WaitAsync<T>(Func<T?> find, Regex pattern, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (find() is { } found)
                {
                    return found;
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

    private void End(StringBuilder text)
    {
        var line = new ConsoleLine(_clock.Elapsed, Escapes().Replace(text.ToString(), string.Empty));
        text.Clear();
        Change(() =>
        {
            _open = "";
            _lines.Add(line);
            _copy.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{line.At.TotalSeconds,7:0.00}] {line.Text}"));
        });
    }

    private void Change(Action change)
    {
        TaskCompletionSource waiters;
        lock (_gate)
        {
            change();
            waiters = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiters.SetResult();
    }

    /// <summary>ECMA-48 control sequences, which firmware uses to draw its screens.</summary>
    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]|\x1bc")]
    private static partial Regex Escapes();
}
