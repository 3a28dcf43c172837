using System.Globalization;
using System.Text;

namespace LpmOs.Agent.Workflow;

/// <summary>
/// When a machine got how far on its way from the kernel to the first hardware report, in seconds since the kernel started (/proc/uptime): the marks of the boot image's /init, and the agent's own.
/// </summary>
/// <param name="marks">File of lines "what seconds", which /init writes.</param>
internal sealed class StartTimes(string marks, string uptime)
{
    private const int LongestFile = 4096;
    private readonly List<(string What, double Seconds)> _own = [];

    /// <summary>Now.</summary>
    public void Mark(string what)
    {
        if (Seconds(Read(uptime).Split(' ')[0]) is { } now)
            _own.Add((what, now));
    }

    /// <summary>All marks in the order of time; null where nothing is known.</summary>
    public string? Text()
    {
        var all = Read(marks).Split('\n').Select(line => line.Split(' ')).Where(words => words.Length == 2).Select(words => (What: Printable.Clean(words[0], 32), Seconds: Seconds(words[1])))
            .Where(mark => mark.Seconds is not null).Select(mark => (mark.What, Seconds: mark.Seconds!.Value)).Concat(_own).OrderBy(mark => mark.Seconds).ToList();
        return all.Count == 0 ? null : string.Join(", ", all.Select(mark => string.Create(CultureInfo.InvariantCulture, $"{mark.What} {mark.Seconds:0.0}")));
    }

    private static double? Seconds(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    private static string Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[LongestFile];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
