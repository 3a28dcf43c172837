using LpmOs.Core.Hosting;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Sentinel;

/// <summary>
/// Watches the interfaces of <c>Boot:Dhcp:Interface</c>, each by itself, and tells the site's other sentinels which servers are ours.
/// Two servers that answer one machine are the commonest reason why it boots wrongly.
/// </summary>
internal sealed class DhcpSentinel(BootOptions options, IStateStore store, Site site, TimeProvider time, ILogger<DhcpSentinel> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(options.Dhcp.Interfaces.SelectMany(name =>
    {
        var link = new LinkSentinel(name, options, store, site, time, logger);
        Task[] running = [options.Dhcp.Mode == DhcpMode.Off ? Task.CompletedTask : link.DeclareAsync(stoppingToken), options.Sentinel.Enabled ? link.WatchAsync(stoppingToken) : Task.CompletedTask];
        return running;
    }));
}
