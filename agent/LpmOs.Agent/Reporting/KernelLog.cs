using System.Globalization;
using System.Text;

namespace LpmOs.Agent.Reporting;

/// <summary>
/// The kernel's messages in the log: from before the agent only warnings and worse, from then on all but debugging; so many in a while and no more.
/// Source: the kernel's Documentation/ABI/testing/dev-kmsg, one record a read.
/// </summary>
internal sealed class KernelLog(AgentLog log, TimeProvider time)
{
    public const string Device = "/dev/kmsg";
    private const int LongestRecord = 8 * 1024;
    /// <summary>A disk that fails fills the log with one message a block; what matters is in the first ones.</summary>
    private const int MostInAWindow = 200;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int Warning = 4;
    private const int Debugging = 7;

    private long _began = time.GetTimestamp();
    private int _inWindow;
    private int _left;

    /// <summary>Follows the kernel for as long as the process runs; where it cannot be read, says so once.</summary>
    /// <param name="path"><see cref="Device"/>.</param>
    /// <param name="upTo">Time since the kernel's start; what is older is only of interest where it warns.</param>
    public Thread Follow(string path, TimeSpan upTo)
    {
        // The device has no reading that could be waited for without a thread.
        var thread = new Thread(() => Read(path, upTo)) { IsBackground = true, Name = "kernel messages" };
        thread.Start();
        return thread;
    }

    /// <summary>Time since the kernel's start; zero where the system does not tell.</summary>
    public static TimeSpan Uptime(string path)
    {
        try
        {
            return double.TryParse(File.ReadAllText(path).Split(' ')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TimeSpan.Zero;
        }
    }

    private void Read(string path, TimeSpan upTo)
    {
        var record = new byte[LongestRecord];
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            while (true)
            {
                int length;
                try
                {
                    length = stream.Read(record, 0, record.Length);
                }
                catch (IOException)
                {
                    // Records were overwritten before they were read (EPIPE); the next read goes on behind them.
                    log.OffConsole("kernel: (messages lost here)");
                    continue;
                }
                if (length == 0)
                    return;
                Take(Encoding.UTF8.GetString(record, 0, length), upTo);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Line($"  The kernel's messages cannot be read: {e.Message}");
        }
    }

    /// <summary>One record: "priority,number,microseconds,flags;text", then lines that begin with a blank.</summary>
    internal void Take(string record, TimeSpan upTo)
    {
        var semicolon = record.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0 || record[..semicolon].Split(',') is not [var priority, _, var stamp, ..]
            || !int.TryParse(priority, NumberStyles.None, CultureInfo.InvariantCulture, out var known)
            || !long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds))
            return;
        var (level, seconds) = (known & 7, microseconds / 1e6);
        // Facility 0 is the kernel; others write there too, and our own lines would come back.
        if (known >> 3 != 0 || level >= Debugging || (level > Warning && seconds < upTo.TotalSeconds))
            return;
        if (time.GetElapsedTime(_began) >= Window)
        {
            if (_left > 0)
                log.OffConsole($"kernel: ({_left} more messages left out)");
            (_began, _inWindow, _left) = (time.GetTimestamp(), 0, 0);
        }
        if (_inWindow++ >= MostInAWindow)
        {
            _left++;
            return;
        }
        log.OffConsole(string.Create(CultureInfo.InvariantCulture, $"kernel: [{seconds:0.000000}] {record[(semicolon + 1)..].Split('\n')[0]}"));
    }
}
