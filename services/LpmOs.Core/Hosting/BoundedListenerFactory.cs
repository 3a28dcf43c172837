using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LpmOs.Core.Hosting;

/// <summary>
/// Accepts no more connections at once than there are files for; the others wait at the door (listen(2), backlog) until one ends. A process that runs out of files
/// while a type is loaded is ended by the run time, so everybody who opened enough connections could end a service. The framework's own limit
/// does not help: it accepts first, and closes by and by.
/// </summary>
/// <param name="key">The setting that names the addresses.</param>
/// <param name="places">For connections, one for all addresses: they share the files. Nobody disposes it: the last connections end after the listener, and it holds nothing of the system's.</param>
internal sealed class BoundedListenerFactory(SocketTransportFactory sockets, string key, SemaphoreSlim places) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    /// <exception cref="AddressInUseException">Another program listens there; the message says what to do.</exception>
    /// <exception cref="CannotListenException">It cannot be listened on.</exception>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return new Listener(await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), places);
        }
        catch (AddressInUseException e)
        {
            var port = (endpoint as IPEndPoint)?.Port;
            throw new AddressInUseException($"{endpoint} of the setting {key} is taken: another program listens there. End it (ss -ltnp 'sport = :{port}' names it), or choose another port: {Otherwise}", e);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new CannotListenException($"{endpoint} of the setting {key} cannot be listened on: not permitted. Run as root or with CAP_NET_BIND_SERVICE, or choose a port above 1023: {Otherwise}", e);
        }
        catch (SocketException e)
        {
            throw new CannotListenException($"{endpoint} of the setting {key} cannot be listened on: {e.Message}. Name an address of this machine (ip addr), or 0.0.0.0 for all of them: {Otherwise}", e);
        }
    }

    private string Otherwise => $"--{key}=http://ADDRESS:PORT, or LPMOS_{key.Replace(":", "__", StringComparison.Ordinal)} in the environment.";

    private sealed class Listener(IConnectionListener sockets, SemaphoreSlim places) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await places.WaitAsync(_unbound.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The service ends while every place is taken.
                return null;
            }
            ConnectionContext? connection = null;
            try
            {
                connection = await sockets.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (connection is null)
                    places.Release();
            }
            connection?.ConnectionClosed.UnsafeRegister(static open => ((SemaphoreSlim)open!).Release(), places);
            return connection;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync().ConfigureAwait(false);
            await sockets.UnbindAsync(cancellationToken).ConfigureAwait(false);
        }

        public ValueTask DisposeAsync()
        {
            _unbound.Dispose();
            return sockets.DisposeAsync();
        }
    }
}
