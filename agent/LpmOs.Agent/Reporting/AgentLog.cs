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

    /// <summary>Writes one line; in a dry run marked as such.</summary>
    public void Line(string text)
    {
        var line = (dryRun ? DryRunMark : "") + Indent(text) + Printable.Clean(text, LongestLine);
        lock (_gate)
        {
            foreach (var secret in _secrets)
                line = line.Replace(secret, "***", StringComparison.Ordinal);
            try
            {
                console.WriteLine(line);
                console.Flush();
            }
            catch (IOException)
            {
                // A serial console may go away; the installation does not depend on it.
            }
            if (_kept.Count == KeptLines)
            {
                _kept.Dequeue();
                _dropped++;
            }
            _kept.Enqueue(line);
            _arrived.TrySetResult();
        }
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
            return lines;
        }
    }

    /// <summary>Completes when there is a line to take.</summary>
    public Task ArrivedAsync()
    {
        lock (_gate)
            return _arrived.Task;
    }

    private static string Indent(string text) => text[..Math.Min(text.Length - text.AsSpan().TrimStart(' ').Length, DeepestIndent)];
}
