using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LpmOs.Core.Hosting.Tls;

/// <summary>Says in <c>/readyz</c> when new certificate files are not in use, or the certificate ends soon. The service answers all the same, so it stays ready.</summary>
internal sealed class CertificateHealthCheck(ServerCertificate certificate, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var current = certificate.Current;
        var until = $"serial {current.Serial}, until {current.NotAfter.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}";
        return Task.FromResult(
            certificate.Fault is { } fault ? HealthCheckResult.Degraded($"The new certificate cannot be used, the one before is ({until}): {fault}.")
            : current.NotAfter < time.GetUtcNow() ? HealthCheckResult.Degraded($"The certificate has expired ({until}): clients refuse this service. Put a new one into {certificate.Files.CertFile} and {certificate.Files.KeyFile}; no restart is needed.")
            : current.NotAfter < time.GetUtcNow() + Soon ? HealthCheckResult.Degraded($"The certificate ends soon ({until}). Put a new one into {certificate.Files.CertFile} and {certificate.Files.KeyFile}; no restart is needed.")
            : HealthCheckResult.Healthy());
    }
}
