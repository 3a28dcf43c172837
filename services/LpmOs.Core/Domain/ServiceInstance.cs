namespace LpmOs.Core.Domain;

/// <summary>
/// A regional or boot service of a site, as it says itself: the value of <c>/os/{idc}/services/{kind}/{instance}</c>, which lives as long as the service's lease,
/// and of <c>/os/{idc}/known-services/{kind}/{instance}</c>, which stays, so that one that is gone is missed.
/// </summary>
public sealed record ServiceInstance
{
    public const string Regional = "regional";
    public const string Boot = "boot";

    /// <summary><see cref="Regional"/> or <see cref="Boot"/>.</summary>
    public required string Kind { get; init; }
    /// <summary>Host and port, the same after a restart.</summary>
    public required string Instance { get; init; }
    public string? Version { get; init; }
    /// <summary>Where it is reached: its public URL, or else where it listens.</summary>
    public string? Address { get; init; }
    /// <summary>Of its templates folder, see <see cref="Templates.SiteTemplates.Digest"/>; null where it did not say.</summary>
    public string? TemplatesDigest { get; init; }
    /// <summary>A boot service that gives machines authorities of the site's own (<c>Boot:CaFile</c>).</summary>
    public bool OwnAuthorities { get; init; }
    /// <summary>It listens by http too, and no public URL says that machines are told another address.</summary>
    public bool ByHttp { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>When it registered with the lease that it has now: since then the store has heard of it without a gap.</summary>
    public DateTimeOffset? ConnectedAt { get; init; }
    /// <summary>Written about every 30 seconds.</summary>
    public required DateTimeOffset HeartbeatAt { get; init; }
}
