using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LpmOs.Core.Hosting;

namespace LpmOs.Core.Security.Tpm;

/// <summary>The authorities of TPM makers that a site believes: certificates of roots and of authorities below them, as the makers publish them. Thread-safe.</summary>
public sealed class TpmMakers
{
    private const int Most = 1_000;
    private const int LongestFile = 1024 * 1024;

    private readonly X509Certificate2Collection _roots = [], _between = [];

    private TpmMakers(IEnumerable<X509Certificate2> authorities)
    {
        foreach (var authority in authorities)
            (authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData) ? _roots : _between).Add(authority);
    }

    /// <summary>How many authorities.</summary>
    public int Count => _roots.Count + _between.Count;

    /// <param name="key">Name of the setting, for messages.</param>
    /// <param name="folder">Of files in PEM or DER; those in hidden files and folders below are not read.</param>
    /// <exception cref="SettingException">It cannot be read, or has no root.</exception>
    public static TpmMakers Load(string key, string folder) => Look(key, folder).Parse();

    /// <returns>A digest of all files, and what makes the authorities of what they held.</returns>
    /// <exception cref="SettingException">It cannot be read; or, by what is returned, has no root.</exception>
    public static (string Digest, Func<TpmMakers> Parse) Look(string key, string folder)
    {
        try
        {
            var files = Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal).Select(file => (Name: file, Bytes: Read(key, file))).ToList();
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (name, bytes) in files)
            {
                digest.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
                digest.AppendData(SHA256.HashData(bytes));
            }
            return (Convert.ToHexStringLower(digest.GetHashAndReset()), () => Parse(key, folder, files));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(key, folder, $"a folder with the certificates of TPM makers that can be read; {e.Message}");
        }
    }

    private static TpmMakers Parse(string key, string folder, IEnumerable<(string Name, byte[] Bytes)> files)
    {
        var authorities = new X509Certificate2Collection();
        foreach (var (name, bytes) in files)
            Add(authorities, key, name, bytes);
        var makers = new TpmMakers(authorities);
        return makers._roots.Count > 0 && authorities.Count <= Most ? makers
            : throw new SettingException(key, folder, $"a folder with certificates of TPM makers, among them the root of each, and at most {Most}; this one has {authorities.Count}, {makers._roots.Count} of them roots");
    }

    /// <summary>
    /// Null: a maker that we believe has made the certificate. It counts whether it was good when it was made: TPMs outlive certificates, and what has come to be known since is in no list
    /// that could be had without asking the network.
    /// </summary>
    public string? WhyNot(TpmCertificate certificate)
    {
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.Der.Span);
        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority))
            return "it is a certificate of an authority, not of a TPM";
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        (policy.TrustMode, policy.RevocationMode, policy.DisableCertificateDownloads) = (X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck, true);
        // Whoever writes the last second that there is must not overflow it.
        policy.VerificationTime = (certificate.NotBefore < DateTimeOffset.MaxValue.AddDays(-1) ? certificate.NotBefore.AddSeconds(1) : certificate.NotBefore).UtcDateTime;
        policy.CustomTrustStore.AddRange(_roots);
        policy.ExtraStore.AddRange(_between);
        try
        {
            return chain.Build(leaf) ? null : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Where(text => text.Length > 0).Distinct().DefaultIfEmpty("its chain is not whole"));
        }
        finally
        {
            foreach (var element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    private static byte[] Read(string key, string file) => new FileInfo(file).Length <= LongestFile ? File.ReadAllBytes(file)
        : throw new SettingException(key, file, $"certificates in PEM or DER, at most {LongestFile} bytes a file");

    private static void Add(X509Certificate2Collection authorities, string key, string file, byte[] bytes)
    {
        var before = authorities.Count;
        try
        {
            if (bytes is [0x30, ..])
                authorities.Add(X509CertificateLoader.LoadCertificate(bytes));
            else
                authorities.ImportFromPem(Encoding.Latin1.GetString(bytes));
        }
        catch (CryptographicException e)
        {
            throw new SettingException(key, file, $"certificates in PEM or DER; {e.Message}");
        }
        // As of a file that is half written.
        if (authorities.Count == before)
            throw new SettingException(key, file, "certificates in PEM or DER, and it holds none; other files begin with a dot");
    }
}
