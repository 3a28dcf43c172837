using LpmOs.Core.Store.Etcd.Wire;

namespace LpmOs.Core.Store.Etcd;

/// <summary>The token that goes with each call when etcd's authentication is on; fetched when first needed and again when refused.</summary>
internal sealed class EtcdTokens(GrpcTransport transport, EtcdOptions options) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile string? _token;
    private volatile bool _known;

    /// <summary>Null when no user is configured, or when etcd says that its authentication is off.</summary>
    public async ValueTask<string?> GetAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        if (options.Username is null)
            return null;
        if (_known)
            return _token;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!_known)
            {
                _token = await AuthenticateAsync(endpoint, cancellationToken);
                _known = true;
            }

            return _token;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The server refused this token: fetch another for the next call. False if there is no user to fetch it for.</summary>
    public bool Refused(string? token)
    {
        if (options.Username is null)
            return false;
        if (_token == token)
            _known = false;
        return true;
    }

    public void Dispose() => _one.Dispose();

    private async Task<string?> AuthenticateAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        try
        {
            var request = new AuthenticateRequest { Name = options.Username, Password = options.Password ?? "" };
            return (await transport.CallAsync(endpoint, EtcdMethods.Authenticate, request, null, options.AttemptTimeout, cancellationToken)).Token;
        }
        catch (GrpcException e) when (e.Code == GrpcCode.FailedPrecondition && e.Detail.Contains("authentication is not enabled", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
