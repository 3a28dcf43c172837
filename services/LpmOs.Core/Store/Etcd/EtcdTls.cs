using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace LpmOs.Core.Store.Etcd;

/// <summary>Reads authority and client certificate for connections to https endpoints.</summary>
internal static class EtcdTls
{
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no PEM of the kind it should.</exception>
    public static SslClientAuthenticationOptions Read(EtcdOptions options)
    {
        var ssl = new SslClientAuthenticationOptions();
        if (options.CaFile is { } caFile)
        {
            // Members' certificates name no revocation list that a closed management network could reach.
            ssl.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            ssl.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(caFile);
        }

        if (options is { CertFile: { } certFile, KeyFile: { } keyFile })
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certFile);
            ssl.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certFile, keyFile), chain, offline: true);
        }

        return ssl;
    }
}
