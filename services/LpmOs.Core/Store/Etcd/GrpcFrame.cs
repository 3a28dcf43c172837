using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace LpmOs.Core.Store.Etcd;

/// <summary>gRPC's length-prefixed messages: one byte "compressed", four bytes length (big-endian), the message.</summary>
internal static class GrpcFrame
{
    private const int PrefixLength = 5;
    private const int PieceBytes = 64 * 1024;

    public static byte[] Encode(IMessage message)
    {
        var size = message.CalculateSize();
        var frame = new byte[PrefixLength + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(PrefixLength));
        return frame;
    }

    /// <summary>The next message, or null at the end of the stream.</summary>
    public static async Task<T?> ReadAsync<T>(Stream stream, MessageParser<T> parser, int maxBytes, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var prefix = new byte[PrefixLength];
        var read = await stream.ReadAtLeastAsync(prefix, PrefixLength, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
            return null;
        if (read < PrefixLength)
            throw new GrpcException(GrpcCode.Internal, "The answer broke off inside a message prefix");
        if (prefix[0] != 0)
            throw new GrpcException(GrpcCode.Internal, "The answer is compressed, which was not asked for");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > (uint)maxBytes)
            throw new GrpcException(GrpcCode.Internal, $"The answer has {length} bytes; at most {maxBytes} are accepted");

        // In pieces: a page of a large listing in one array would go to the large object heap, and stay there.
        var pieces = new List<byte[]>();
        try
        {
            Piece? first = null, last = null;
            for (var left = (int)length; left > 0;)
            {
                var piece = ArrayPool<byte>.Shared.Rent(Math.Min(left, PieceBytes));
                pieces.Add(piece);
                var filled = Math.Min(left, piece.Length);
                await stream.ReadExactlyAsync(piece.AsMemory(0, filled), cancellationToken);
                last = new Piece(piece.AsMemory(0, filled), last);
                first ??= last;
                left -= filled;
            }
            return parser.ParseFrom(first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length));
        }
        finally
        {
            foreach (var piece in pieces)
                ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}
