using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Access.Certificates;

/// <summary>
/// The authorities that sign certificates of people and programs (setting <c>Auth:ClientCaFile</c>). A new file is taken without a restart, and holds with the next request, on
/// connections that are open too.
/// </summary>
internal sealed class ClientAuthorities(ReloadedFiles<X509Certificate2Collection>.Read first, TimeProvider time, ILogger<ClientAuthorities> logger)
    : ReloadedFiles<X509Certificate2Collection>(Setting, "authorities of people's certificates", first, time)
{
    public const string Setting = "Auth:ClientCaFile";
    private const int LongestFile = 1024 * 1024;

    /// <returns>Null: people are asked for none.</returns>
    /// <exception cref="SettingException">The file holds no certificates, or nobody could show one.</exception>
    public static Read? At(IConfiguration configuration, bool loginNeeded, string urls)
    {
        if (configuration[Setting]?.Trim() is not { Length: > 0 } path)
            return null;
        if (!loginNeeded || !urls.Contains("https://", StringComparison.OrdinalIgnoreCase))
            throw new SettingException(Setting, path, "with Auth:Mode=users and an https:// address in Tasks:Urls, for a certificate is shown in TLS");
        try
        {
            var (digest, parse) = Bytes(path);
            return new Read(path, digest, parse());
        }
        catch (InvalidDataException e)
        {
            throw new SettingException(Setting, path, $"a PEM file with the certificates of the authorities that sign people's certificates; {e.Message}");
        }
    }

    protected override (string Digest, Func<X509Certificate2Collection> Parse) Look(string path) => Bytes(path);

    protected override void Changed(string path, X509Certificate2Collection value) => Log.ClientAuthoritiesChanged(logger, path, value.Count);

    protected override void NotTaken(string reason) => Log.ClientAuthoritiesNotTaken(logger, reason);

    private static (string Digest, Func<X509Certificate2Collection> Parse) Bytes(string path)
    {
        try
        {
            var bytes = new FileInfo(path).Length <= LongestFile ? File.ReadAllBytes(path) : throw new InvalidDataException($"{path} is longer than 1 MiB");
            return (Convert.ToHexStringLower(SHA256.HashData(bytes)), () => Parse(path, bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static X509Certificate2Collection Parse(string path, byte[] bytes)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(Encoding.Latin1.GetString(bytes));
            return authorities.Count > 0 ? authorities : throw new InvalidDataException($"{path} holds no certificate in PEM");
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"{path} holds something else than certificates in PEM: {e.Message}", e);
        }
    }
}
