using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace LpmOs.Core.Hosting;

/// <summary>
/// What a file or folder of a setting holds. Another content is taken without a restart; while it cannot be used, the one before stays: half a file must lock nobody out.
/// </summary>
/// <param name="setting">Its name, for messages.</param>
/// <param name="what">What it holds, for messages.</param>
/// <param name="first">As it was at the start; null: the setting is not given.</param>
public abstract class ReloadedFiles<T>(string setting, string what, ReloadedFiles<T>.Read? first, TimeProvider time) : BackgroundService, IHealthCheck where T : class
{
    /// <summary>As the files of TLS; a file system of the network would tell a watcher nothing.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private volatile Read? _current = first;
    private volatile string? _fault;
    private string? _failed;

    /// <param name="Digest">Of all bytes: another one is another content.</param>
    public sealed record Read(string Path, string Digest, T Value);

    /// <summary>Null: the setting is not given.</summary>
    public T? Current => _current?.Value;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_fault is { } fault
        ? HealthCheckResult.Degraded($"The new {what} ({setting}) cannot be used, those before are: {fault}.") : HealthCheckResult.Healthy());

    /// <summary>What makes the content of the bytes that are there now, which is asked for where they are others.</summary>
    /// <exception cref="InvalidDataException">Cannot be read; the message says why. Thrown by what it returns too, where the content is wrong. A <see cref="SettingException"/> says the same.</exception>
    protected abstract (string Digest, Func<T> Parse) Look(string path);

    protected abstract void Changed(string path, T value);

    protected abstract void NotTaken(string reason);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_current is null)
            return;
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            Look(_current);
    }

    private void Look(Read current)
    {
        // What could not be read has no digest: any such look is like the one before.
        var digest = "";
        try
        {
            (digest, var parse) = Look(current.Path);
            if (digest != current.Digest)
            {
                var next = current with { Digest = digest, Value = parse() };
                _current = next;
                Changed(next.Path, next.Value);
            }
            (_fault, _failed) = (null, null);
        }
        catch (Exception e) when (e is InvalidDataException or SettingException)
        {
            // It may be half written: only what is wrong twice is wrong.
            if (_failed == digest && _fault != e.Message)
            {
                _fault = e.Message;
                NotTaken(e.Message);
            }
            _failed = digest;
        }
    }
}
