using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace LpmOs.Core.Store.Etcd;

/// <summary>gRPC over HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), by hand: one connection a member, shared by all calls.</summary>
internal sealed class GrpcTransport : IDisposable
{
    private static readonly MediaTypeHeaderValue ContentType = new("application/grpc");

    private readonly HttpMessageInvoker _http;
    private readonly int _maxReceiveBytes;

    public GrpcTransport(EtcdOptions options)
    {
        _maxReceiveBytes = options.MaxReceiveBytes;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.PingDelay,
            KeepAlivePingTimeout = options.PingTimeout,
            // etcd takes pings on a connection without calls for an attack and closes it.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            InitialHttp2StreamWindowSize = 1024 * 1024,
            SslOptions = EtcdTls.Read(options),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        });
    }

    /// <summary>One request, one answer.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        Uri endpoint, EtcdMethod<TRequest, TResponse> method, TRequest request, string? token, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var message = Request(endpoint, method.Path, token, new ReadOnlyMemoryContent(GrpcFrame.Encode(request)));
        // The server stops working on what nobody waits for.
        message.Headers.TryAddWithoutValidation("grpc-timeout", FormattableString.Invariant($"{Math.Max(1, (long)timeout.TotalMilliseconds)}m"));
        using var response = await _http.SendAsync(message, cancellationToken);
        GrpcException.ThrowIfRefused(response);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var answer = await GrpcFrame.ReadAsync(stream, method.Parser, _maxReceiveBytes, cancellationToken);
        // Trailers arrive with the end of the stream.
        if (answer is not null && await stream.ReadAsync(new byte[1], cancellationToken) != 0)
            throw new GrpcException(GrpcCode.Internal, "More than one answer to one request");
        GrpcException.ThrowIfFailed(response);
        return answer ?? throw new GrpcException(GrpcCode.Internal, "Status OK without an answer");
    }

    /// <summary>Opens a stream in both directions with its first message sent. Completes when the server has answered its headers.</summary>
    public async Task<GrpcDuplexCall<TRequest, TResponse>> OpenAsync<TRequest, TResponse>(
        Uri endpoint, EtcdMethod<TRequest, TResponse> method, TRequest first, string? token, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var content = new GrpcDuplexContent();
        content.Send(GrpcFrame.Encode(first));
        var message = Request(endpoint, method.Path, token, content);
        try
        {
            var response = await _http.SendAsync(message, cancellationToken);
            return await GrpcDuplexCall<TRequest, TResponse>.StartAsync(message, content, response, method.Parser, _maxReceiveBytes, cancellationToken);
        }
        catch
        {
            content.Complete();
            message.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(Uri endpoint, string path, string? token, HttpContent content)
    {
        content.Headers.ContentType = ContentType;
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        message.Headers.TryAddWithoutValidation("te", "trailers");
        // A member that is cut off from the others refuses at once instead of hanging or serving old data.
        message.Headers.TryAddWithoutValidation("hasleader", "true");
        if (token is not null)
            message.Headers.TryAddWithoutValidation("token", token);
        return message;
    }
}
