namespace LpmOs.Agent.Reporting;

/// <summary>The agent's lines: at once to the console, and kept, bounded, until the regional service has them.</summary>
internal sealed class AgentLog(TextWriter console, bool dryRun)
{
    /// <summary>Lines kept while the regional service is away.</summary>
    public const int KeptLines = 10_000;
    private const int LongestLine = 2_000;
    private const int DeepestIndent = 8;
    private const string DryRunMark = "[dry-run] ";

    private readonly Lock _gate = new();
    private readonly Queue<string> _kept = new();
    private readonly HashSet<string> _secrets = [];
    private int _dropped;
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _urgent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Writes one line; in a dry run marked as such.</summary>
    public void Line(string text) => Line(text, lazily: false);

    /// <summary>A line that somebody who follows the log learns in another way, too: it may wait for others on its way to the service.</summary>
    public void LineLazily(string text) => Line(text, lazily: true);

    private void Line(string text, bool lazily)
    {
        lock (_gate)
        {
            var line = Marked(text);
            Write(line);
            Keep(line, lazily);
        }
    }

    /// <summary>A line for whoever stands before the machine alone.</summary>
    public void OnConsole(string text)
    {
        lock (_gate)
            Write(Marked(text));
    }

    /// <summary>A line for the regional service alone: the console shows it by itself.</summary>
    public void OffConsole(string text)
    {
        lock (_gate)
            Keep(Printable.Clean(Hidden(text), LongestLine), lazily: false);
    }

    /// <summary>A text that must never be written, whatever program prints it.</summary>
    public void Hide(string? secret)
    {
        if (secret is { Length: >= 8 })
        {
            lock (_gate)
                _secrets.Add(secret);
        }
    }

    /// <summary>Takes the oldest lines out; where some were dropped before them, a line says so.</summary>
    public IReadOnlyList<string> Take(int most)
    {
        lock (_gate)
        {
            var lines = new List<string>(Math.Min(most, _kept.Count + 1));
            if (_dropped > 0)
                lines.Add($"({_dropped} lines dropped here: the regional service was away for too long)");
            _dropped = 0;
            while (lines.Count < most && _kept.TryDequeue(out var line))
                lines.Add(line);
            if (_kept.Count == 0 && _arrived.Task.IsCompleted)
                _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_kept.Count == 0 && _urgent.Task.IsCompleted)
                _urgent = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return lines;
        }
    }

    /// <summary>Completes when there is a line to take.</summary>
    public Task ArrivedAsync()
    {
        lock (_gate)
            return _arrived.Task;
    }

    /// <summary>Completes when there is a line to take that somebody may wait for.</summary>
    public Task UrgentAsync()
    {
        lock (_gate)
            return _urgent.Task;
    }

    /// <summary>The text as the log would have it, for what is told in another way.</summary>
    public string WithoutSecrets(string text)
    {
        lock (_gate)
            return Hidden(text);
    }

    private string Hidden(string line) => _secrets.Aggregate(line, (text, secret) => text.Replace(secret, "***", StringComparison.Ordinal));

    private void Write(string line)
    {
        try
        {
            console.WriteLine(line);
            console.Flush();
        }
        catch (IOException)
        {
            // A serial console may go away; the installation does not depend on it.
        }
    }

    private void Keep(string line, bool lazily)
    {
        if (_kept.Count == KeptLines)
        {
            _kept.Dequeue();
            _dropped++;
        }
        _kept.Enqueue(line);
        _arrived.TrySetResult();
        if (!lazily)
            _urgent.TrySetResult();
    }

    // Secrets first: one at the place where the line is cut would be half shown.
    private string Marked(string text) => (dryRun ? DryRunMark : "") + Indent(text) + Printable.Clean(Hidden(text), LongestLine);

    private static string Indent(string text) => text[..Math.Min(text.Length - text.AsSpan().TrimStart(' ').Length, DeepestIndent)];
}
