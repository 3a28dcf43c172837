using System.Net;
using System.Net.Sockets;
using LpmOs.Boot.Files;
using LpmOs.Boot.Recording;
using LpmOs.Core.Hosting;

namespace LpmOs.Boot.Tftp;

/// <summary>Starts the TFTP server as the settings say; a port that cannot be had stops the service at start.</summary>
internal sealed class TftpService(BootOptions options, FileResolver files, BootTrace trace, BootMetrics metrics, TimeProvider time, ILogger<TftpServer> logger) : BackgroundService
{
    private TftpServer? _server;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Tftp.Enabled)
            return Task.CompletedTask;
        try
        {
            _server = new TftpServer(Addresses().Select(a => new IPEndPoint(a, options.Tftp.Port)), files, time, logger, Told, options.Tftp.MaxBlockSize);
            metrics.Watch(_server);
        }
        catch (InvalidOperationException e)
        {
            throw new SettingException("Boot:Tftp:Port", options.Tftp.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), e.Message);
        }
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_server is not null)
            await _server.DisposeAsync();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _server!.RunAsync(stoppingToken);

    private void Told(TftpTransfer transfer)
    {
        trace.Transfer(transfer);
        if (transfer.Outcome != TftpOutcome.Running)
            metrics.Transfer(transfer);
    }

    private IEnumerable<IPAddress> Addresses()
    {
        if (options.Tftp.Address is { } address)
            return [address];
        return Socket.OSSupportsIPv6 ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any];
    }
}
