using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Access.Certificates;

/// <summary>
/// Certificates of people and programs (setting <c>Auth:ClientCaFile</c>): one of those authorities has signed it, for clients, and its common name is a user here.
/// TLS has shown that whoever connects has its key. Roles are the user's; who is disabled here stays out, whatever the certificate says.
/// </summary>
internal sealed class ClientCertificates(ClientAuthorities authorities, AccessBook book, UserStore users, TimeProvider time, ILogger<ClientCertificates> logger)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string CommonNameType = "2.5.4.3";
    private const int MostRemembered = 10_000;
    /// <summary>A certificate says who one is with each request: that it was used is on record once in so long.</summary>
    private static readonly TimeSpan Noted = TimeSpan.FromHours(12);
    /// <summary>Requests of a connection show one certificate object; its chain is not built anew for each of them.</summary>
    private static readonly TimeSpan Judged = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Thumbprint, string? From), DateTimeOffset> _noted = [];
    private readonly ConditionalWeakTable<X509Certificate2, Judgement> _judged = [];

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
        var (now, all) = (time.GetUtcNow(), authorities.Current!);
        if (_judged.TryGetValue(certificate, out var known) && now < known.Until && ReferenceEquals(known.By, all))
            return known.Signed;
        var end = End(certificate, all, now);
        // An authority that was renewed has its name twice in the file, with two keys; where certificates do not say by which key they are, a chain is tried with the first of that name alone.
        for (var at = 0; end is null && at < all.Count; at++)
        {
            var one = all[at];
            if (all.Any(other => other != one && other.Subject == one.Subject))
                end = End(certificate, all.Where(other => other == one || other.Subject != one.Subject), now);
        }
        // Not beyond the end of any certificate of the chain.
        _judged.AddOrUpdate(certificate, new Judgement(end is not null, end < now + Judged ? end.Value : now + Judged, all));
        return end is not null;
    }

    /// <returns>Until when its chain holds; null: none of these has signed it for clients.</returns>
    private static DateTimeOffset? End(X509Certificate2 certificate, IEnumerable<X509Certificate2> trusted, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted.ToArray());
        // A closed network has nobody to ask; who is to stay out is disabled as a user.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        try
        {
            return chain.Build(certificate) ? chain.ChainElements.Min(element => new DateTimeOffset(element.Certificate.NotAfter)) : null;
        }
        finally
        {
            foreach (var element in chain.ChainElements)
                element.Certificate.Dispose();
        }
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

    private sealed record Judgement(bool Signed, DateTimeOffset Until, X509Certificate2Collection By);
}
