using System.Threading.RateLimiting;
using LpmOs.Core.Hosting.Limits;

namespace LpmOs.Regional;

/// <summary>
/// How many reports of machines are written at once. When thousands of machines begin at the same moment, the store answers each of a few soon, and each of thousands after the
/// time that everybody gives it: then nothing ends, and all is sent again. So they are taken in their turn; log lines, which can wait, beside what moves an installation.
/// Calls that are held, and those of operators' shells, are no writes and have no part in this. A place is kept while the body comes: no machine has more than a few, however slowly it sends.
/// </summary>
internal sealed class InFlightLimits : IDisposable
{
    private const int MostSteps = 256, WaitingSteps = 16_384, MostLogs = 64, WaitingLogs = 8_192;
    /// <summary>Under way or waiting for one token: an agent sends progress, log lines and its next step beside one another.</summary>
    private const int MostOfOne = 16;
    /// <summary>So many steps of machines under way are a crowd: a store that keeps up has a handful.</summary>
    private const int Crowd = MostSteps / 4;

    private static readonly RateLimitPartition<string>
        Steps = RateLimits.InTurn("steps", MostSteps, WaitingSteps), Logs = RateLimits.InTurn("logs", MostLogs, WaitingLogs), Others = RateLimitPartition.GetNoLimiter("other");
    private readonly HttpContext _step = new DefaultHttpContext { Request = { Method = HttpMethods.Post, Path = "/api/v1/operations/next" } };
    private readonly PartitionedRateLimiter<HttpContext>
        _ofOne = RateLimits.AtOnce(MostOfOne, http => HttpMethods.IsPost(http.Request.Method) ? MachineTokenFilter.TokenMark(http) : null),
        _places = PartitionedRateLimiter.Create<HttpContext, string>(http => !HttpMethods.IsPost(http.Request.Method) ? Others : http.Request.Path.StartsWithSegments("/api/v1/logs") ? Logs : Steps);

    public InFlightLimits() => Limiter = PartitionedRateLimiter.CreateChained(_ofOne, _places);

    public PartitionedRateLimiter<HttpContext> Limiter { get; }

    /// <summary>Do machines wait for one another?</summary>
    public bool Crowded => _places.GetStatistics(_step)?.CurrentAvailablePermits < MostSteps - Crowd;

    public void Dispose()
    {
        _ofOne.Dispose();
        _places.Dispose();
    }
}
