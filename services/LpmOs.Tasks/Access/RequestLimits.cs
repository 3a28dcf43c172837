using System.Threading.RateLimiting;
using LpmOs.Core.Hosting.Limits;

namespace LpmOs.Tasks.Access;

/// <summary>How much a person, a program or an address may ask of the operators' API; configuration section <c>Tasks:Limits</c>. Requests a second, and live connections at once.</summary>
internal sealed record RequestLimits(int PerAddress, int PerUser, int PerToken, int StreamsPerAddress, int StreamsPerUser)
{
    /// <exception cref="Core.Hosting.SettingException">A limit is no number that is allowed.</exception>
    public static RequestLimits Read(IConfiguration configuration) => new(
        RateLimits.Read(configuration, "Tasks:Limits:PerAddress", 500), RateLimits.Read(configuration, "Tasks:Limits:PerUser", 200), RateLimits.Read(configuration, "Tasks:Limits:PerToken", 200),
        RateLimits.Read(configuration, "Tasks:Limits:StreamsPerAddress", 500), RateLimits.Read(configuration, "Tasks:Limits:StreamsPerUser", 100));

    /// <summary>Where nobody has to log in all are one, on this host: there is nobody to protect from another.</summary>
    public PartitionedRateLimiter<HttpContext> Limiter() => PartitionedRateLimiter.CreateChained(
        // Whoever is known is counted by themselves: nobody behind the same address can shut them out.
        RateLimits.PerSecond(PerAddress, http => Caller.Of(http) is null ? RateLimits.Address(http) : null),
        RateLimits.PerSecond(PerUser, http => IsLocal(http) ? null : Caller.Of(http)?.Name),
        RateLimits.PerSecond(PerToken, http => Caller.Of(http) is { Kind: CallerKind.Token } caller ? caller.CredentialId : null),
        RateLimits.AtOnce(StreamsPerAddress, http => IsLocal(http) || !IsStream(http) ? null : RateLimits.Address(http)),
        RateLimits.AtOnce(StreamsPerUser, http => IsLocal(http) || !IsStream(http) ? null : Caller.Of(http)?.Name));

    private static bool IsLocal(HttpContext http) => Caller.Of(http) is { Kind: CallerKind.Local };

    private static bool IsStream(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<LiveStream>() is not null;
}

/// <summary>Marks an endpoint whose answer goes on for as long as the client stays.</summary>
internal sealed class LiveStream;
