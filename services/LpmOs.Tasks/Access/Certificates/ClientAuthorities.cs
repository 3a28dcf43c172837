using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LpmOs.Core.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LpmOs.Tasks.Access.Certificates;

/// <summary>
/// The authorities that sign certificates of people and programs (setting <c>Auth:ClientCaFile</c>). A new file is taken without a restart, and holds with the next request, on
/// connections that are open too; while it cannot be used, the authorities before stay: half a file must lock nobody out.
/// </summary>
internal sealed class ClientAuthorities(ClientAuthorities.File first, TimeProvider time, ILogger<ClientAuthorities> logger) : BackgroundService, IHealthCheck
{
    public const string Setting = "Auth:ClientCaFile";
    private const int LongestFile = 1024 * 1024;
    /// <summary>As the files of TLS; a file system of the network would tell a watcher nothing.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private volatile File _current = first;
    private volatile string? _fault;
    private string? _failed;

    /// <summary>What the file held when it was read.</summary>
    internal sealed record File(string Path, X509Certificate2Collection Authorities, string Digest);

    public X509Certificate2Collection Current => _current.Authorities;

    /// <returns>Null: people are asked for none.</returns>
    /// <exception cref="SettingException">The file holds no certificates, or nobody could show one.</exception>
    public static File? Read(IConfiguration configuration, bool loginNeeded, string urls)
    {
        if (configuration[Setting]?.Trim() is not { Length: > 0 } path)
            return null;
        if (!loginNeeded || !urls.Contains("https://", StringComparison.OrdinalIgnoreCase))
            throw new SettingException(Setting, path, "with Auth:Mode=users and an https:// address in Tasks:Urls, for a certificate is shown in TLS");
        try
        {
            return Parse(path, ReadFile(path));
        }
        catch (InvalidDataException e)
        {
            throw new SettingException(Setting, path, $"a PEM file with the certificates of the authorities that sign people's certificates; {e.Message}");
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_fault is { } fault
        ? HealthCheckResult.Degraded($"The new authorities of people's certificates ({Setting}) cannot be used, those before are: {fault}.") : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Look();
    }

    private void Look()
    {
        // What could not be read has no digest: any such look is like the one before.
        var digest = "";
        try
        {
            var bytes = ReadFile(_current.Path);
            digest = Digest(bytes);
            if (digest != _current.Digest)
            {
                var next = Parse(_current.Path, bytes);
                _current = next;
                Log.ClientAuthoritiesChanged(logger, next.Path, next.Authorities.Count);
            }
            (_fault, _failed) = (null, null);
        }
        catch (InvalidDataException e)
        {
            // It may be half written: only what is wrong twice is wrong.
            if (_failed == digest && _fault != e.Message)
            {
                _fault = e.Message;
                Log.ClientAuthoritiesNotTaken(logger, e.Message);
            }
            _failed = digest;
        }
    }

    /// <exception cref="InvalidDataException">It holds no certificates; the message says why.</exception>
    private static File Parse(string path, byte[] bytes)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(Encoding.Latin1.GetString(bytes));
            return authorities.Count > 0 ? new File(path, authorities, Digest(bytes)) : throw new InvalidDataException($"{path} holds no certificate in PEM");
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"{path} holds something else than certificates in PEM: {e.Message}", e);
        }
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LongestFile ? System.IO.File.ReadAllBytes(path) : throw new InvalidDataException($"{path} is longer than 1 MiB");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
