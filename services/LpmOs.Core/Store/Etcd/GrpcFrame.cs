using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace LpmOs.Core.Store.Etcd;

/// <summary>gRPC's length-prefixed messages: one byte "compressed", four bytes length (big-endian), the message.</summary>
internal static class GrpcFrame
{
    private const int PrefixLength = 5;

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

        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, (int)length), cancellationToken);
            return parser.ParseFrom(buffer, 0, (int)length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
