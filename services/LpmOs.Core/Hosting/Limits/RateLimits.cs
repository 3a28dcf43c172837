using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Core.Hosting.Limits;

/// <summary>
/// How much one source may ask of a service, by the framework's limiter. The defaults let a datacentre's power-on through: 2,000 machines of one address, that of a
/// relay or NAT, in a minute; they stop a program that has run wild. What is refused is told when to come again.
/// </summary>
public static class RateLimits
{
    /// <summary>So many seconds' worth may come at once.</summary>
    public const int BurstSeconds = 10;
    private const int Most = 1_000_000;
    private const int SiteBytesOfIPv6 = 8;
    private static readonly TimeSpan StreamPause = TimeSpan.FromSeconds(10), BusyPause = TimeSpan.FromSeconds(5);

    /// <summary>A limit from the configuration; 0: none.</summary>
    /// <exception cref="SettingException">It is no number that is allowed.</exception>
    public static int Read(IConfiguration configuration, string key, int fallback)
    {
        if (configuration[key]?.Trim() is not { Length: > 0 } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= Most ? number : throw new SettingException(key, text, $"0 (no limit) to {Most}");
    }

    /// <param name="rate">Requests a second.</param>
    /// <param name="source">Who sends it; null: not counted here.</param>
    public static PartitionedRateLimiter<HttpContext> PerSecond(int rate, Func<HttpContext, string?> source)
    {
        // Made once, not with every request.
        Func<string, TokenBucketRateLimiterOptions> bucket = _ => new() { TokenLimit = rate * BurstSeconds, TokensPerPeriod = rate, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 };
        return PartitionedRateLimiter.Create<HttpContext, string>(http =>
            rate == 0 || IsProbe(http) || source(http) is not { } name ? RateLimitPartition.GetNoLimiter("") : RateLimitPartition.GetTokenBucketLimiter(name, bucket));
    }

    /// <param name="count">Requests under way at once.</param>
    /// <param name="source">Who sends it; null: not counted here.</param>
    public static PartitionedRateLimiter<HttpContext> AtOnce(int count, Func<HttpContext, string?> source) => PartitionedRateLimiter.Create<HttpContext, string>(http =>
        count == 0 || source(http) is not { } name ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetConcurrencyLimiter(name, _ => new ConcurrencyLimiterOptions { PermitLimit = count, QueueLimit = 0 }));

    /// <summary>Requests of one kind that are taken in their turn.</summary>
    /// <param name="atOnce">Under way at once.</param>
    /// <param name="waiting">Wait for their turn; any more are refused.</param>
    public static RateLimitPartition<string> InTurn(string name, int atOnce, int waiting) => RateLimitPartition.GetConcurrencyLimiter(
        name, _ => new ConcurrencyLimiterOptions { PermitLimit = atOnce, QueueLimit = waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    /// <summary>An address; of IPv6 the network, since one site has a whole /64 to itself (RFC 6177).</summary>
    public static string Address(HttpContext http) => http.Connection.RemoteIpAddress is not { } address ? "unknown"
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address) ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, SiteBytesOfIPv6)) : address.ToString();

    /// <summary>429 (RFC 6585, section 4) with Retry-After.</summary>
    public static async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var http = context.HttpContext;
        var streams = !context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var pause);
        var seconds = Math.Max(1, (int)Math.Ceiling((streams ? StreamPause : pause).TotalSeconds));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await (streams
            ? Problems.Of(StatusCodes.Status429TooManyRequests, "too_many_streams", "Too many live connections", "So many live events are open for this user or address already; close some. The limits are settings (Limits).")
            : Problems.Of(StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many requests", $"This user, token, machine or address asks too often; again in {seconds} s. The limits are settings (Limits).")).ExecuteAsync(http).ConfigureAwait(false);
    }

    /// <summary>As <see cref="RefuseAsync"/>, and where more wait for their turn than the service takes: 503 with Retry-After (RFC 9110, section 15.6.4).</summary>
    public static async ValueTask RefuseOrPutOffAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        // A bucket says when there will be more; a place in a line does not.
        if (context.Lease.TryGetMetadata(MetadataName.RetryAfter, out _))
        {
            await RefuseAsync(context, cancellationToken).ConfigureAwait(false);
            return;
        }
        var http = context.HttpContext;
        http.Response.Headers.RetryAfter = ((int)BusyPause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await Problems.Of(StatusCodes.Status503ServiceUnavailable, "busy", "Too many requests at once", $"As many wait for their turn as this service takes; nothing was done. Again in {BusyPause.TotalSeconds:0} s.").ExecuteAsync(http).ConfigureAwait(false);
    }

    /// <summary>Who watches over a service must see it most of all when it has too much to do.</summary>
    private static bool IsProbe(HttpContext http) => http.Request.Path.Value is "/healthz" or "/readyz" or "/metrics";
}
