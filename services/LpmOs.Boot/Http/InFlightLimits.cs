using System.Threading.RateLimiting;
using LpmOs.Core.Hosting.Limits;
using Microsoft.AspNetCore.RateLimiting;

namespace LpmOs.Boot.Http;

/// <summary>How many answers are under way at once: scripts are made at once or not at all, files may wait their turn.</summary>
internal static class InFlightLimits
{
    private const int MostFiles = 256, WaitingFiles = 2048, MostScripts = 64, WaitingScripts = 2048;

    private static readonly RateLimitPartition<string> Files = Concurrent("files", MostFiles, WaitingFiles), Scripts = Concurrent("scripts", MostScripts, WaitingScripts), Others = RateLimitPartition.GetNoLimiter("other");

    public static void AddInFlightLimits(this IServiceCollection services, int perAddress) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
        limits.OnRejected = (context, cancellationToken) =>
        {
            // A bucket says when there will be more; a place that is taken does not.
            if (context.Lease.TryGetMetadata(MetadataName.RetryAfter, out _))
                return RateLimits.RefuseAsync(context, cancellationToken);
            context.HttpContext.Response.Headers.RetryAfter = "5"; // iPXE's scripts come again by themselves.
            return ValueTask.CompletedTask;
        };
        limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(RateLimits.PerSecond(perAddress, RateLimits.Address), PartitionedRateLimiter.Create<HttpContext, string>(http =>
            http.Request.Path.StartsWithSegments("/files") ? Files
            : http.Request.Path.StartsWithSegments("/ipxe") || http.Request.Path.StartsWithSegments("/boot.ipxe") || http.Request.Path.StartsWithSegments("/autoexec.ipxe") || http.Request.Path.StartsWithSegments("/grub") || http.Request.Path.StartsWithSegments("/install") ? Scripts
            : Others));
    });

    private static RateLimitPartition<string> Concurrent(string name, int permits, int waiting) => RateLimitPartition.GetConcurrencyLimiter(
        name, _ => new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
}
