using System.Text;

namespace LpmOs.Cli.Tests;

/// <summary>An output that can be waited for.</summary>
internal sealed class ExpectingWriter : TextWriter
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _expected = [];

    public ExpectingWriter() => NewLine = "\n";

    public override Encoding Encoding => Encoding.UTF8;

    public Task SeenAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_text)
            _expected.Add((text, seen));
        Look();
        return seen.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    public override void Write(char value)
    {
        lock (_text)
            _text.Append(value);
        if (value == '\n')
            Look();
    }

    public override string ToString()
    {
        lock (_text)
            return _text.ToString();
    }

    private void Look()
    {
        lock (_text)
        {
            var text = _text.ToString();
            foreach (var (expected, seen) in _expected)
            {
                if (text.Contains(expected, StringComparison.Ordinal))
                    seen.TrySetResult();
            }
        }
    }
}
