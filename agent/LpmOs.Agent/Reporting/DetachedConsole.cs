using System.Text;
using System.Threading.Channels;

namespace LpmOs.Agent.Reporting;

/// <summary>
/// A console that may stand still: whoever pressed Scroll Lock or Ctrl-S on it, or a serial line that nobody drains, holds up what is shown there, and not who wrote it.
/// Of what it cannot show in time the oldest is dropped.
/// </summary>
internal sealed class DetachedConsole : TextWriter
{
    private const int MostLines = 2_000;
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(2);

    private readonly Channel<(string Text, TaskCompletionSource? Shown)> _lines = Channel.CreateBounded<(string, TaskCompletionSource?)>(new BoundedChannelOptions(MostLines) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public DetachedConsole(Stream console) =>
        // A thread of its own, that ends with the process: it may stand in the kernel for as long as the console does.
        new Thread(() => Show(console)) { IsBackground = true, Name = "console" }.Start();

    public override Encoding Encoding { get; } = new UTF8Encoding(false);

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value) => _lines.Writer.TryWrite((value ?? "", null));

    public override void WriteLine(string? value) => Write(value + "\n");

    /// <summary>Waits until all so far is shown, for 2 seconds at most.</summary>
    public override Task FlushAsync()
    {
        var shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lines.Writer.TryWrite(("", shown));
        return Task.WhenAny(shown.Task, Task.Delay(LongestFlush));
    }

    public override async ValueTask DisposeAsync()
    {
        await FlushAsync().ConfigureAwait(false);
        _lines.Writer.TryComplete();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private void Show(Stream console)
    {
        while (_lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_lines.Reader.TryRead(out var line))
            {
                try
                {
                    console.Write(Encoding.GetBytes(line.Text));
                    console.Flush();
                }
                catch (IOException)
                {
                    // A serial console may go away; the installation does not depend on it.
                }
                line.Shown?.TrySetResult();
            }
        }
    }
}
