using System.Threading.RateLimiting;
using LpmOs.Core.Hosting.Limits;
using Microsoft.AspNetCore.RateLimiting;

namespace LpmOs.Boot.Http;

/// <summary>How many answers are under way at once: scripts are made at once or not at all, files may wait their turn.</summary>
internal static class InFlightLimits
{
    private const int MostFiles = 256, WaitingFiles = 2048, MostScripts = 64, WaitingScripts = 2048;

    private static readonly RateLimitPartition<string> Files = RateLimits.InTurn("files", MostFiles, WaitingFiles), Scripts = RateLimits.InTurn("scripts", MostScripts, WaitingScripts), Others = RateLimitPartition.GetNoLimiter("other");

    public static void AddInFlightLimits(this IServiceCollection services, int perAddress) => services.AddRateLimiter(limits =>
    {
        limits.OnRejected = RateLimits.RefuseOrPutOffAsync; // iPXE's scripts come again by themselves.
        limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(RateLimits.PerSecond(perAddress, RateLimits.Address), PartitionedRateLimiter.Create<HttpContext, string>(http =>
            http.Request.Path.StartsWithSegments("/files") ? Files
            : http.Request.Path.StartsWithSegments("/ipxe") || http.Request.Path.StartsWithSegments("/boot.ipxe") || http.Request.Path.StartsWithSegments("/autoexec.ipxe") || http.Request.Path.StartsWithSegments("/grub") || http.Request.Path.StartsWithSegments("/install") ? Scripts
            : Others));
    });
}
