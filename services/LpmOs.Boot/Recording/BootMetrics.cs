using System.Diagnostics.Metrics;
using LpmOs.Boot.Tftp;

namespace LpmOs.Boot.Recording;

/// <summary>What <c>/metrics</c> counts of what does not go through ASP.NET Core: whole files by sendfile, and TFTP.</summary>
internal sealed class BootMetrics
{
    private readonly Meter _meter;
    private readonly Histogram<double> _requests;
    private readonly Counter<long> _bytes, _transfers;

    public BootMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create("LpmOs.Boot");
        // ASP.NET Core's own instrument, so that /files/ is one series whichever way a file went.
        _requests = meter.CreateHistogram<double>("http.server.request.duration", "s");
        _bytes = meter.CreateCounter<long>("lpmos_boot_file_bytes_total");
        _transfers = meter.CreateCounter<long>("lpmos_boot_tftp_transfers_total");
    }

    /// <summary>Transfers and waiting requests as they are now, and what had to wait or was dropped since the start.</summary>
    public void Watch(TftpServer server)
    {
        _meter.CreateObservableGauge("lpmos_boot_tftp_active_transfers", () => server.ActiveTransfers);
        _meter.CreateObservableGauge("lpmos_boot_tftp_waiting_requests", () => server.WaitingRequests);
        _meter.CreateObservableCounter("lpmos_boot_tftp_waited_total", () => server.Waited);
        _meter.CreateObservableCounter("lpmos_boot_tftp_dropped_total", () => server.Dropped);
    }

    public void WholeFile(TimeSpan took, long bytes, bool sent)
    {
        KeyValuePair<string, object?>[] tags =
        [
            new("http.request.method", "GET"), new("http.response.status_code", 200), new("http.route", "/files/{**path}"), new("network.protocol.version", "1.1"), new("url.scheme", "http"),
        ];
        _requests.Record(took.TotalSeconds, sent ? tags : [.. tags, new("error.type", "aborted")]);
        FileBytes("sendfile", bytes);
    }

    /// <param name="way"><c>sendfile</c>, <c>http</c> (parts, and what had to wait) or <c>tftp</c>.</param>
    public void FileBytes(string way, long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("way", way));

    public void Transfer(TftpTransfer transfer)
    {
        _transfers.Add(1, new KeyValuePair<string, object?>("outcome", transfer.Outcome switch
        {
            TftpOutcome.Done => "done", TftpOutcome.SizeAsked => "size_asked", TftpOutcome.Aborted => "aborted", TftpOutcome.Silent => "silent", TftpOutcome.Refused => "refused", _ => "failed",
        }));
        FileBytes("tftp", transfer.Bytes);
    }
}
