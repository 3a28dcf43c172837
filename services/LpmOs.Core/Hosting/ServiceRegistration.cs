using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Store;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Hosting;

/// <summary>Which kind of service this process registers as.</summary>
internal sealed record ServiceKind(string Name);

/// <summary>
/// Says in the store that this service is there, for as long as it is: the key hangs on a lease that it keeps alive, and a copy that stays tells later that it once was.
/// Nothing else waits for it; while the store is away the service works on and registers again afterwards.
/// </summary>
internal sealed class ServiceRegistration(
    ServiceKind kind, IStateStore store, Site site, IServer server, IConfiguration configuration, IHostApplicationLifetime lifetime, IEnumerable<SiteTemplates> templates, TimeProvider time, ILogger<ServiceRegistration> logger) : BackgroundService
{
    /// <summary>After so long without a word it counts as gone.</summary>
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(8);
    private const int BeatsBetweenWrites = 4;
    /// <summary>Instances that a site remembers of each kind; more come about where every restart has another host name.</summary>
    private const int MostKnown = 50;

    private long _lease;
    private DateTimeOffset _connected;
    private int _beats;
    private bool _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ListeningAsync(stoppingToken).ConfigureAwait(false);
        var self = Describe();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await BeatAsync(self, stoppingToken).ConfigureAwait(false);
                _told = false;
            }
            catch (StoreLeaseNotFoundException)
            {
                // It ended between the question and the write; a new one at once.
                _lease = 0;
                continue;
            }
            catch (StoreUnavailableException e)
            {
                if (!_told)
                    Log.RegistrationDelayed(logger, site.Idc, kind.Name, self.Instance, e.Message);
                _told = true;
            }
            await Task.Delay(Beat * (0.75 + (Random.Shared.NextDouble() / 2)), time, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>Who stops on purpose is gone at once.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_lease == 0)
            return;
        try
        {
            await store.RevokeLeaseAsync(_lease, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // Then the lease runs out.
        }
    }

    private async Task BeatAsync(ServiceInstance self, CancellationToken cancellationToken)
    {
        var isNew = _lease == 0 || !await store.KeepLeaseAliveAsync(_lease, cancellationToken).ConfigureAwait(false);
        if (isNew)
        {
            _lease = await store.GrantLeaseAsync(TimeToLive, cancellationToken).ConfigureAwait(false);
            _connected = time.GetUtcNow();
        }
        else if (++_beats % BeatsBetweenWrites != 0)
            return;
        var value = JsonSerializer.SerializeToUtf8Bytes(self with { HeartbeatAt = time.GetUtcNow(), ConnectedAt = _connected, TemplatesDigest = templates.FirstOrDefault()?.Digest() }, CoreJson.Default.ServiceInstance);
        var known = Keys.KnownService(site.Idc, kind.Name, self.Instance);
        var outdated = isNew ? await OutdatedAsync(known, cancellationToken).ConfigureAwait(false) : [];
        await store.CommitAsync(new StoreTransaction
        {
            Writes = [StoreWrite.Put(Keys.Service(site.Idc, kind.Name, self.Instance), value, _lease), StoreWrite.Put(known, value), .. outdated],
        }, cancellationToken).ConfigureAwait(false);
        if (isNew)
            Log.Registered(logger, site.Idc, kind.Name, self.Instance, self.Address);
    }

    private async Task<IEnumerable<StoreWrite>> OutdatedAsync(string own, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(Keys.KnownServices(site.Idc, kind.Name), null, 2 * MostKnown, 0, cancellationToken).ConfigureAwait(false);
        return page.Entries.Where(entry => entry.Key != own).OrderByDescending(entry => entry.ModRevision).Skip(MostKnown - 1).Select(entry => StoreWrite.Delete(entry.Key));
    }

    private ServiceInstance Describe()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var listening = addresses.FirstOrDefault();
        var publicUrl = configuration[$"{char.ToUpperInvariant(kind.Name[0])}{kind.Name[1..]}:PublicUrl"];
        var address = listening is null ? null : new UriBuilder(listening);
        var host = Dns.GetHostName();
        if (address is not null && (address.Host is "0.0.0.0" or "[::]" or "*" or "+"))
            address.Host = host;
        var now = time.GetUtcNow();
        var name = string.Concat(host.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return new ServiceInstance
        {
            Kind = kind.Name,
            Instance = string.Create(CultureInfo.InvariantCulture, $"{(name.Length == 0 ? "host" : name)}-{address?.Port ?? 0}"),
            Version = (Assembly.GetEntryAssembly() ?? typeof(ServiceRegistration).Assembly).GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            Address = publicUrl ?? address?.Uri.GetLeftPart(UriPartial.Authority),
            OwnAuthorities = kind.Name == ServiceInstance.Boot && !string.IsNullOrWhiteSpace(configuration["Boot:CaFile"]),
            ByHttp = publicUrl is null && addresses.Any(one => one.StartsWith("http:", StringComparison.OrdinalIgnoreCase)),
            StartedAt = now, HeartbeatAt = now,
        };
    }

    /// <summary>Only then the addresses are known, ports that the system chose too.</summary>
    private async Task ListeningAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
