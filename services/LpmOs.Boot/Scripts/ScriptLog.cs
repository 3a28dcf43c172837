using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;

namespace LpmOs.Boot.Scripts;

/// <summary>
/// Writes what a machine boots, and why, into the log. One that asks again and is told the same has one line a minute: a rack that stands in a loop fills no disk, and
/// nobody waits for the log's lock while a room is switched on. Each time it asked is on its timeline.
/// </summary>
internal sealed class ScriptLog(Site site, TimeProvider time, ILogger<ScriptLog> logger)
{
    private const int Most = 16_384;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly RecentMap<string, Line> _last = new(Most);

    private readonly record struct Line(DateTimeOffset At, string? Serial, BootKind Kind, string Reason, string? TaskId);

    public void Decided(BootRequest request, BootDecision decision)
    {
        if (request.Mac is null || IsNews(request.Mac, new Line(time.GetUtcNow(), request.Serial, decision.Kind, decision.Reason, decision.Task?.TaskId)))
            logger.ScriptDecided(site.Idc, request.Mac, request.Serial, request.Platform, decision.Kind, decision.Reason, decision.Task?.TaskId);
    }

    private bool IsNews(string mac, Line line)
    {
        lock (_gate)
        {
            if (_last.TryGet(mac, out var last) && line.At - last.At < Again && line with { At = last.At } == last)
                return false;
            _last.Set(mac, line);
            return true;
        }
    }
}
