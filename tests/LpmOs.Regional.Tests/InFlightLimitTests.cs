using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace LpmOs.Regional.Tests;

/// <summary>A storm of reports is taken in its turn; what is held or asked for by people is not in that line.</summary>
public sealed class InFlightLimitTests
{
    [Fact]
    public async Task Reports_wait_their_turn_in_order_logs_beside_them_and_any_more_are_refused()
    {
        using var inFlight = new InFlightLimits();
        var limits = inFlight.Limiter;
        Assert.False(inFlight.Crowded);
        var (steps, logs) = (Fill(limits, "/api/v1/progress"), Fill(limits, "/api/v1/logs"));
        Assert.True(inFlight.Crowded);
        Assert.InRange(steps.Count, 16, 512);
        Assert.InRange(logs.Count, 8, 256);
        var waiting = new List<Task<RateLimitLease>>();
        while (limits.AcquireAsync(Post("/api/v1/operations/next"), cancellationToken: TestContext.Current.CancellationToken).AsTask() is { IsCompleted: false } wait)
        {
            waiting.Add(wait);
            Assert.InRange(waiting.Count, 1, 20_000);
        }
        // Ten thousand machines that wait for a task, a shell, a directive: none of them counts.
        Assert.All(Enumerable.Range(0, 10_000), n => Assert.True(limits.AttemptAcquire(Request("GET", $"/api/v1/task/SN-{n}")).IsAcquired));
        // The longest one comes first; who has gone keeps no place.
        steps[0].Dispose();
        Assert.True((await waiting[0]).IsAcquired);
        Assert.False(waiting[1].IsCompleted);
        using var gone = new CancellationTokenSource();
        var left = limits.AcquireAsync(Post("/api/v1/report"), cancellationToken: gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await left);
        steps[1].Dispose();
        Assert.True((await waiting[1]).IsAcquired);
        logs[0].Dispose();
        Assert.True(limits.AttemptAcquire(Post("/api/v1/logs")).IsAcquired);
    }

    [Fact]
    public void One_machine_that_sends_slowly_leaves_places_for_the_others()
    {
        using var inFlight = new InFlightLimits();
        var taken = new List<RateLimitLease>();
        while (inFlight.Limiter.AttemptAcquire(Post("/api/v1/progress", "one")) is { IsAcquired: true } lease)
            taken.Add(lease);
        Assert.InRange(taken.Count, 4, 32);
        Assert.False(inFlight.Crowded);
        Assert.True(inFlight.Limiter.AttemptAcquire(Post("/api/v1/progress", "another")).IsAcquired);
        // Held calls are not counted, and a place is given back.
        Assert.True(inFlight.Limiter.AttemptAcquire(Request("GET", "/api/v1/task/SN-1", "one")).IsAcquired);
        taken[0].Dispose();
        Assert.True(inFlight.Limiter.AttemptAcquire(Post("/api/v1/logs", "one")).IsAcquired);
    }

    private static List<RateLimitLease> Fill(PartitionedRateLimiter<HttpContext> limits, string path)
    {
        var taken = new List<RateLimitLease>();
        while (limits.AttemptAcquire(Post(path)) is { IsAcquired: true } lease)
            taken.Add(lease);
        return taken;
    }

    private static DefaultHttpContext Post(string path, string? token = null) => Request("POST", path, token);

    private static DefaultHttpContext Request(string method, string path, string? token = null)
    {
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.Path) = (method, path);
        if (token is not null)
            http.Request.Headers.Authorization = $"Bearer {token}";
        return http;
    }
}
