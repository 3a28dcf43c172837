using System.Net;
using System.Threading.Channels;

namespace LpmOs.Core.Store.Etcd;

/// <summary>A request body that stays open and sends each frame as it comes.</summary>
internal sealed class GrpcDuplexContent : HttpContent
{
    // A watch sends its creation and one progress request at a time.
    private readonly Channel<byte[]> _frames = Channel.CreateBounded<byte[]>(4);

    public bool Send(byte[] frame) => _frames.Writer.TryWrite(frame);

    public void Complete() => _frames.Writer.TryComplete();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await foreach (var frame in _frames.Reader.ReadAllAsync(cancellationToken))
        {
            await stream.WriteAsync(frame, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        Complete();
        base.Dispose(disposing);
    }
}
