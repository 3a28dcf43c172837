using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Access.Certificates;

/// <summary>
/// Certificates of people and programs (setting <c>Auth:ClientCaFile</c>): one of those authorities has signed it, for clients, and its common name is a user here.
/// TLS has shown that whoever connects has its key. Roles are the user's; who is disabled here stays out, whatever the certificate says.
/// </summary>
internal sealed class ClientCertificates(X509Certificate2Collection authorities, AccessBook book, UserStore users, TimeProvider time, ILogger<ClientCertificates> logger)
{
    public const string Setting = "Auth:ClientCaFile";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string CommonNameType = "2.5.4.3";
    private const int MostRemembered = 10_000;
    /// <summary>A certificate says who one is with each request: that it was used is on record once in so long.</summary>
    private static readonly TimeSpan Noted = TimeSpan.FromHours(12);
    /// <summary>Requests of a connection show one certificate object; its chain is not built anew for each of them.</summary>
    private static readonly TimeSpan Judged = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Thumbprint, string? From), DateTimeOffset> _noted = [];
    private readonly ConditionalWeakTable<X509Certificate2, Judgement> _judged = [];

    /// <returns>Null: people are asked for none.</returns>
    /// <exception cref="SettingException">The file holds no certificates, or nobody could show one.</exception>
    public static X509Certificate2Collection? Authorities(IConfiguration configuration, bool loginNeeded, string urls)
    {
        if (configuration[Setting]?.Trim() is not { Length: > 0 } path)
            return null;
        if (!loginNeeded || !urls.Contains("https://", StringComparison.OrdinalIgnoreCase))
            throw new SettingException(Setting, path, "with Auth:Mode=users and an https:// address in Tasks:Urls, for a certificate is shown in TLS");
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0 ? authorities : throw new SettingException(Setting, path, "a PEM file with the certificates of the authorities that sign people's certificates");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException(Setting, path, $"a PEM file with the certificates of the authorities that sign people's certificates ({e.Message})");
        }
    }

    /// <returns>Null: it is nobody's.</returns>
    public async Task<Caller?> CallerAsync(X509Certificate2 certificate, HttpContext context)
    {
        if (!IsSigned(certificate) || CommonName(certificate) is not { } name || book.OfCertificate(name, certificate.Thumbprint) is not { } caller)
            return null;
        await NoteAsync(caller, certificate, context.Connection.RemoteIpAddress?.ToString(), context.RequestAborted);
        return caller;
    }

    /// <summary>Null: it has none, or several. The framework's "simple name" would take the organizational unit or an address in its place.</summary>
    private static string? CommonName(X509Certificate2 certificate) =>
        certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameType).ToList() is [var only] ? only.GetSingleElementValue() : null;

    private bool IsSigned(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        if (_judged.TryGetValue(certificate, out var known) && now < known.Until)
            return known.Signed;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        // A closed network has nobody to ask; who is to stay out is disabled as a user.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        var signed = chain.Build(certificate);
        // Not beyond the end of any certificate of the chain.
        var until = signed ? chain.ChainElements.Select(element => new DateTimeOffset(element.Certificate.NotAfter)).Append(now + Judged).Min() : now + Judged;
        _judged.AddOrUpdate(certificate, new Judgement(signed, until));
        return signed;
    }

    private async Task NoteAsync(Caller caller, X509Certificate2 certificate, string? from, CancellationToken cancellationToken)
    {
        var (key, now) = ((certificate.Thumbprint, from), time.GetUtcNow());
        if (_noted.TryGetValue(key, out var last) && now - last < Noted)
            return;
        if (_noted.Count >= MostRemembered)
            _noted.Clear();
        _noted[key] = now;
        try
        {
            await users.RecordAsync("login.succeeded", caller.Name, from, $"by certificate {certificate.SerialNumber} of {certificate.Issuer}", cancellationToken);
        }
        catch (Exception e)
        {
            // Also where who asked has gone: the next request is put on record then.
            _noted.TryRemove(key, out _);
            if (e is not StoreUnavailableException)
                throw;
            Log.RefusalNotRecorded(logger, e.Message);
        }
    }

    private sealed record Judgement(bool Signed, DateTimeOffset Until);
}
