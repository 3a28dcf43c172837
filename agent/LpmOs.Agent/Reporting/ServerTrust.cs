using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LpmOs.Agent.Settings;
using LpmOs.Agent.Workflow;

namespace LpmOs.Agent.Reporting;

/// <summary>
/// Whose certificates are trusted: those of the site's own authorities alone, where the boot script or a flag names them, else those that the system trusts.
/// The boot script carries the digest of the authorities' file; the file comes from the boot service, by whatever way, and is known by its digest.
/// </summary>
internal sealed class ServerTrust(AgentSettings settings, AgentLog log, TimeProvider time)
{
    private const int LongestFile = 64 * 1024;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);

    private X509Certificate2Collection? _authorities;
    /// <summary>The time when the authorities came, and when that was by the clock that nobody sets: what is set while the agent runs changes nothing.</summary>
    private (DateTimeOffset Then, long Timestamp)? _known;

    public Backoff Pauses { get; init; } = new();

    /// <summary>The authorities' file, for the new system; null where the system's authorities are trusted.</summary>
    public string? Pem { get; private set; }

    private bool IsPinned => settings.CaFile is not null || settings.CaSha256 is not null;

    /// <exception cref="SettingsException">The file cannot be read, or holds no certificate.</exception>
    public SslClientAuthenticationOptions Options()
    {
        if (settings.CaFile is { } path)
        {
            try
            {
                Take(File.ReadAllText(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new SettingsException($"--ca is '{Printable.Clean(path)}'. Allowed: a PEM file of certificates that can be read ({Printable.Clean(e.Message)}).");
            }
        }
        return IsPinned ? new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Judge } : new SslClientAuthenticationOptions();
    }

    /// <summary>Gets the authorities that the boot script named; without them nothing is trusted, so this goes on until they are there.</summary>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        if (settings.CaSha256 is not { } digest || _authorities is not null)
            return;
        // What comes is judged by its digest; the certificate of who sends it could not be judged yet.
#pragma warning disable CA5359
        using var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5), SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
#pragma warning restore CA5359
        using var http = new HttpClient(handler) { Timeout = CallLimit, MaxResponseContentBufferSize = LongestFile };
        for (var tries = 1; ; tries++)
        {
            var trouble = await TryAsync(http, digest, cancellationToken).ConfigureAwait(false);
            if (trouble is null)
                return;
            if ((tries & (tries - 1)) == 0)
                log.Line($"The site's certificate authorities cannot be had from {new Uri(settings.BootBase, "ca.pem")}: {trouble}. Trying again (attempt {tries}).");
            await Task.Delay(Pauses.After(tries), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string?> TryAsync(HttpClient http, string digest, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(settings.BootBase, "ca.pem"), cancellationToken).ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.OK)
                return $"it answered {(int)answer.StatusCode}";
            var file = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            var found = Convert.ToHexStringLower(SHA256.HashData(file));
            if (found != digest)
                return $"what came has SHA-256 {found}, the boot script named {digest}; where the authorities were changed, restart this machine";
            SetClock(answer.Headers.Date);
            Take(Encoding.Latin1.GetString(file));
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or CryptographicException)
        {
            return Printable.Clean((e.InnerException ?? e).Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }

    private void Take(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        if (authorities.Count == 0)
            throw new CryptographicException("there is no certificate in it");
        (_authorities, Pem) = (authorities, pem);
    }

    /// <summary>New servers come with clocks years off, and every certificate would be refused. Who could lie here gave this machine its kernel.</summary>
    private void SetClock(DateTimeOffset? date)
    {
        var here = time.GetUtcNow();
        var off = MachineClock.Off(here, date ?? here);
        _known = (off is null ? here : date!.Value, time.GetTimestamp());
        if (off is not null)
            log.Line($"This machine's clock is {off}; certificates are judged by the boot service's.");
    }

    /// <exception cref="AuthenticationException">The server is not to be trusted; the message says why.</exception>
    private bool Judge(object sender, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (_authorities is null || certificate is null)
            throw new AuthenticationException("the site's certificate authorities are not known yet");
        using var shown = new X509Certificate2(certificate);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            throw new AuthenticationException($"its certificate ({shown.Subject}) is not for {(sender as SslStream)?.TargetHostName}");
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        // A closed network reaches no revocation list.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        var now = _known is var (then, timestamp) ? then + time.GetElapsedTime(timestamp) : time.GetUtcNow();
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(shown) ? true
            : throw new AuthenticationException($"its certificate ({shown.Subject}) is not trusted: {string.Join(", ", chain.ChainStatus.Select(status => status.Status))}{Validity(shown, now)}");
    }

    private static string Validity(X509Certificate2 shown, DateTimeOffset now) => now >= shown.NotBefore && now <= shown.NotAfter ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; it is valid from {shown.NotBefore.ToUniversalTime():u} to {shown.NotAfter.ToUniversalTime():u}, and here it is {now:u}: renew it, or set this machine's clock");
}
