using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace LpmOs.Core.Hosting;

/// <summary>
/// One line an event. Serial numbers, messages and user agents in it come from machines and people: whatever they hold, it makes no second line, moves no cursor and turns no text around
/// (CWE-117; Unicode TR36, bidirectional text).
/// </summary>
internal sealed class ServiceConsoleFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "lpmos";
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";
    private const int HostingFailedToStart = 11;
    private const int LongestLine = 16 * 1024;
    /// <summary>Of the last line on this thread; a line of the usual length leaves nothing behind.</summary>
    [ThreadStatic]
    private static StringBuilder? _spare;
    private static readonly SearchValues<char> PlainText = SearchValues.Create(string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)));

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        // The service itself says why it does not start (ServiceRunner): the host's "Hosting failed to start" puts a stack trace above it. Nothing written is no line.
        if (logEntry is { Category: HostCategory, EventId.Id: HostingFailedToStart, Exception: { } atStart } && StartFailure.InWords(atStart) is not null)
            return;
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var line = _spare ?? new StringBuilder(512);
        _spare = null;
        line.Append(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Word(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] ");
        AppendPrintable(line, message);
        if (logEntry.Exception is { } exception)
        {
            line.Append(' ');
            AppendPrintable(line, string.Join(" | ", exception.ToString().Split('\n', StringSplitOptions.TrimEntries)));
        }
        textWriter.WriteLine(line);
        if (line.Capacity <= 4096)
            _spare = line.Clear();
    }

    private static void AppendPrintable(StringBuilder line, string text)
    {
        if (text.Length <= LongestLine && !text.AsSpan().ContainsAnyExcept(PlainText))
        {
            line.Append(text);
            return;
        }
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, LongestLine)))
        {
            if (IsHarmless(c))
                line.Append(c);
            else
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        if (text.Length > LongestLine)
            line.Append(" [cut]");
    }

    // Control: C0, DEL, C1. The others turn text around, hide it, or end a line for some readers.
    private static bool IsHarmless(char c) => !char.IsControl(c) && c is not ('\u2028' or '\u2029' or '\u061c' or '\ufeff' or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce", LogLevel.Debug => "dbug", LogLevel.Information => "info", LogLevel.Warning => "warn", LogLevel.Error => "fail", _ => "crit",
    };
}
