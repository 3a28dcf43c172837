using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Snapshot;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LpmOs.Tasks.Templates;

/// <summary>
/// Whether every service has the templates folder that plans are made with here. One with another version renders other files than those approved and refuses to
/// give them, machine by machine; this says so before the first one asks.
/// </summary>
internal sealed class TemplatesInStep(SiteTemplates templates, WatchedState state, TimeProvider time) : IHealthCheck
{
    private const int MostNamed = 10;
    /// <summary>The whole folder is read for its digest, and anybody may ask for /readyz as often as they like.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private volatile Look? _last;

    private sealed record Look(string Digest, DateTimeOffset At);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var own = Own();
        var others = state.Current.Services.Where(service => service.Value.TemplatesDigest is { } digest && digest != own)
            .OrderBy(service => service.Key.Idc, StringComparer.Ordinal).ThenBy(service => service.Key.Kind, StringComparer.Ordinal).ThenBy(service => service.Key.Instance, StringComparer.Ordinal)
            .Select(service => $"{service.Key.Kind} service {service.Key.Instance} of {service.Key.Idc} has {service.Value.TemplatesDigest}").ToList();
        return Task.FromResult(others.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(
            $"Templates:Path has not the same files everywhere; here they are {own}, but: {string.Join(", ", others.Take(MostNamed))}{(others.Count > MostNamed ? $" and {others.Count - MostNamed} more" : "")}. "
            + "Installers' files approved here are refused there. Install the same version everywhere; approvals of open tasks are asked for again where their files changed."));
    }

    private string Own()
    {
        var now = time.GetUtcNow();
        if (_last is not { } last || now - last.At >= LookEvery)
            _last = last = new Look(templates.Digest(), now);
        return last.Digest;
    }
}
