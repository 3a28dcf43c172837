using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Hosting.Tls;

/// <summary>
/// The certificate of this process's https addresses. New files are taken without a restart; while they cannot be used, the one before stays.
/// The files are read every few seconds: a swapped link of a folder above, or a network file system, would tell a watcher nothing.
/// </summary>
internal sealed class ServerCertificate(TlsFiles files, LoadedCertificate first, TimeProvider time, ILogger<ServerCertificate> logger) : BackgroundService
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private volatile LoadedCertificate _current = first;
    private volatile string? _fault;
    private string? _failed;

    public LoadedCertificate Current => _current;

    public TlsFiles Files => files;

    /// <summary>Why what is in the files now is not in use; null while it is.</summary>
    public string? Fault => _fault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            Look();
    }

    private void Look()
    {
        // What could not be read has no digest: any such look is like the one before.
        var digest = "";
        try
        {
            (var cert, var key, digest) = LoadedCertificate.ReadFiles(files);
            if (digest != _current.Digest)
            {
                var next = LoadedCertificate.Parse(files, cert, key, digest);
                var now = time.GetUtcNow();
                if (next.NotAfter < now || next.NotBefore > now)
                    throw new InvalidDataException($"the certificate in {files.CertFile} is valid from {next.NotBefore.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ} to {next.NotAfter.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}, which is not now");
                _current = next;
                Log.CertificateChanged(logger, files.CertFile, next.Serial, next.NotAfter);
            }
            (_fault, _failed) = (null, null);
        }
        catch (InvalidDataException e)
        {
            // Certificate and key are written one after the other: only what is wrong twice is wrong.
            if (_failed == digest && _fault != e.Message)
            {
                _fault = e.Message;
                Log.CertificateNotTaken(logger, _current.Serial, e.Message);
            }
            _failed = digest;
        }
    }
}
