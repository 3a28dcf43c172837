using Google.Protobuf;

namespace LpmOs.Core.Store.Etcd;

/// <summary>An open stream in both directions. Disposing it resets the stream and leaves the connection alone.</summary>
internal sealed class GrpcDuplexCall<TRequest, TResponse> : IDisposable
    where TRequest : IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly HttpRequestMessage _message;
    private readonly GrpcDuplexContent _content;
    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly MessageParser<TResponse> _parser;
    private readonly int _maxReceiveBytes;

    private GrpcDuplexCall(
        HttpRequestMessage message, GrpcDuplexContent content, HttpResponseMessage response, Stream stream, MessageParser<TResponse> parser, int maxReceiveBytes)
    {
        _message = message;
        _content = content;
        _response = response;
        _stream = stream;
        _parser = parser;
        _maxReceiveBytes = maxReceiveBytes;
    }

    public static async Task<GrpcDuplexCall<TRequest, TResponse>> StartAsync(
        HttpRequestMessage message, GrpcDuplexContent content, HttpResponseMessage response, MessageParser<TResponse> parser, int maxReceiveBytes, CancellationToken cancellationToken)
    {
        try
        {
            GrpcException.ThrowIfRefused(response);
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            return new(message, content, response, stream, parser, maxReceiveBytes);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Send(TRequest request)
    {
        if (!_content.Send(GrpcFrame.Encode(request)))
            throw new GrpcException(GrpcCode.Unavailable, "The stream takes no more requests");
    }

    /// <summary>The next answer. Throws when the server ends the stream: it never does so of its own accord in peace.</summary>
    public async Task<TResponse> ReadAsync(CancellationToken cancellationToken)
    {
        if (await GrpcFrame.ReadAsync(_stream, _parser, _maxReceiveBytes, cancellationToken) is { } answer)
            return answer;
        GrpcException.ThrowIfFailed(_response);
        throw new GrpcException(GrpcCode.Unavailable, "The server closed the stream");
    }

    public void Dispose()
    {
        _content.Complete();
        _response.Dispose();
        _message.Dispose();
    }
}
